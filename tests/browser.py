"""A real browser for the pages: Debian's chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import ADMIN, RunningServer
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
EXPECTED = ("401 (Unauthorized)",)
"""Told by the console when nobody is signed in yet, which is how the page finds out."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser; without one the test is skipped, but not in CI."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser; `complaints` has what its console told of errors."""

    def __init__(self, browser: Browser, server: RunningServer, **options: object) -> None:
        usual = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
        self.context = browser.new_context(**{**usual, **options})
        self.server = server
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._console)

    def _console(self, message) -> None:
        if message.type == "error" and not any(one in message.text for one in EXPECTED):
            self.complaints.append(message.text)

    def sign_in(self, username: str = ADMIN[0], password: str = ADMIN[1]) -> "Visitor":
        self.page.goto(self.server.url)
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", name="Overview").wait_for()
        return self

    def go(self, place: str, heading: str | None = None) -> None:
        self.page.goto(f"{self.server.url}/#/{place}")
        if heading:
            self.page.get_by_role("heading", name=heading, level=1).wait_for()
        self.page.wait_for_load_state("networkidle")
