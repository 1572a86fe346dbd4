"""Takes the pictures of the README from a server that lives, such as the demo.

Its arguments are the server's URL, and an account's name and password.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "dashboard"
PLACES = {
    "overview": "",
    "computers": "computers",
    "computer": "computers/1/targets",
    "deployments": "deployments",
    "deployment": "deployments/1",
    "packages": "packages?store__isnull=false",
    "catalogue": "catalogue/apps",
    "events": "events/errors",
    "settings": "settings/formulas",
}
SETTLING = 2000
"""Milliseconds until a place has everything that it loads."""


def sign_in(page: Page, url: str, username: str, password: str) -> None:
    """Sign in and wait for the first place."""
    page.goto(url)
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("button.main")
    page.get_by_role("heading", name="Overview").wait_for()


def main(url: str, username: str, password: str) -> None:
    """Write one picture for each place."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
        sign_in(page, url, username, password)
        for name, place in PLACES.items():
            page.goto(f"{url}/#/{place}")
            page.wait_for_timeout(SETTLING)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
