"""The dashboard, as somebody with a browser uses it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from agent import Agent, request
from api import Api, signed_in
from axe_playwright_python.sync_playwright import Axe
from browser import Visitor, chromium
from conftest import ADMIN, RunningServer
from factories_deb import make_deb
from playwright.sync_api import Browser, expect

PLACES = {
    "": "Overview",
    "computers": "Computers",
    "computers/syncs": "Computers",
    "deployments": "Deployments",
    "deployments/new": "New deployment",
    "packages": "Packages",
    "catalogue": "Catalogue and devices",
    "catalogue/devices": "Catalogue and devices",
    "events/errors": "Errors and faults",
    "events/faults": "Errors and faults",
    "settings": "Settings",
    "settings/formulas": "Settings",
    "settings/users": "Settings",
    "settings/jobs": "Settings",
}
PHONE = {"viewport": {"width": 390, "height": 844}}
FIRST_PAINT = 1000
"""Milliseconds, from a cold load on the same machine."""
FIRST_CONTENTFUL_PAINT = """
() => new Promise(resolve => new PerformanceObserver(list => {
    const [paint] = list.getEntriesByName("first-contentful-paint");
    if (paint) resolve(paint.startTime);
}).observe({type: "paint", buffered: true}))
"""
"""Waits for it: the field stands in the document a moment before it is on the screen."""
MOST_BYTES = 300_000
"""Of all files together, compressed."""
PLAIN = {"Accept-Encoding": "identity"}
READER = ("reader", "only-looking-9")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def agent(server: RunningServer) -> Agent:
    one = Agent(server.url, project="pages", name="pc-pages").enrol()
    one.sync()
    return one


@pytest.fixture(scope="module")
def api(server: RunningServer, agent: Agent) -> Api:
    return signed_in(server, "admin")


@pytest.fixture
def visitor(browser: Browser, server: RunningServer, agent: Agent) -> Iterator[Visitor]:
    one = Visitor(browser, server).sign_in()
    yield one
    one.context.close()
    assert one.complaints == []
    assert all(url.startswith((server.url, "blob:", "data:")) for url in one.requests)


def parts(server: RunningServer) -> list[str]:
    """The files that the page loads."""
    page = request(server.url, "GET", "/", None, PLAIN).body.decode()
    folder = re.search(r'src="(/dashboard/[0-9a-f]+)/app.js"', page)[1]
    return [f"{folder}/{name}" for name in names()]


def names() -> list[str]:
    root = Path("handlers/dashboard/assets")
    return [
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.name != "index.html"
    ]


def test_the_page_allows_no_script_but_its_own(server):
    answer = request(server.url, "GET", "/", None, PLAIN)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert re.findall(rb"<script[^>]*>([^<]+)", answer.body) == []
    assert re.findall(rb"\son\w+=|style=", answer.body) == []


def test_files_are_small_and_kept_for_ever(server):
    total = 0
    for path in parts(server):
        answer = request(server.url, "GET", path)
        assert answer.status == 200, path
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.body
        total += int(answer.headers["content-length"])
    assert total < MOST_BYTES


def test_files_of_another_version_are_not_mixed_in(server):
    assert request(server.url, "GET", "/dashboard/0123456789abcdef/app.js").status == 404
    assert request(server.url, "GET", f"{parts(server)[0]}/../../../pyproject.toml").status == 404


def test_a_site_with_another_dashboard_switches_it_off(own_server):
    server = own_server(dashboard="false")
    answer = request(server.url, "GET", "/", None, PLAIN)
    assert answer.status == 200  # which checks of health ask for
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"/docs/" in answer.body and b"<" not in answer.body
    head = request(server.url, "HEAD", "/", None, PLAIN)
    assert (head.status, head.body) == (200, b"")


def test_a_session_lives_in_a_cookie_that_no_script_reads(server):
    body = f'{{"username": "{ADMIN[0]}", "password": "{ADMIN[1]}"}}'.encode()
    answer = request(server.url, "POST", "/session/", body, {"Content-Type": "application/json"})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/session/" in cookie
    assert answer.json()["user"]["username"] == ADMIN[0]
    value = {"Cookie": cookie.split(";")[0]}
    renewed = request(server.url, "GET", "/session/", None, value)
    bearer = {"Authorization": f"Bearer {renewed.json()['access']}"}
    assert request(server.url, "GET", "/api/v1/token/computers/", None, bearer).status == 200
    assert request(server.url, "GET", "/session/").status == 401
    assert "migas_session=" in request(server.url, "DELETE", "/session/").headers["set-cookie"]
    assert request(server.url, "GET", "/api/v1/token/computers/", None, value).status == 401


def test_a_wrong_password_is_told_in_words(browser, server, agent):
    visitor = Visitor(browser, server)
    visitor.page.goto(server.url)
    visitor.page.get_by_label("User name").fill("admin")
    visitor.page.get_by_label("Password").fill("not-this-one")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_role("alert")).to_have_text(
        "Name and password do not belong together."
    )
    visitor.context.close()


def test_a_reload_keeps_the_session_and_signing_out_ends_it(visitor):
    visitor.page.reload()
    visitor.page.get_by_role("heading", name="Overview").wait_for()
    visitor.page.get_by_role("button", name="admin").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.get_by_label("User name").wait_for()
    visitor.page.reload()
    visitor.page.get_by_label("User name").wait_for()


@pytest.mark.alone
def test_the_first_paint_comes_at_once(browser, server, agent):
    visitor = Visitor(browser, server)
    visitor.page.goto(server.url)
    visitor.page.get_by_label("User name").wait_for()
    painted = visitor.page.evaluate(FIRST_CONTENTFUL_PAINT)
    visitor.context.close()
    assert painted < FIRST_PAINT


def test_a_synchronization_appears_by_itself(visitor, server):
    visitor.page.locator("h2", has_text="Synchronizing now").wait_for()
    tile = visitor.page.locator(".headline li", has_text="Computers synchronized this hour")
    before = int(tile.locator("strong").inner_text())
    Agent(server.url, project="pages").enrol().sync()
    expect(tile.locator("strong")).to_have_text(str(before + 1))


def test_a_running_synchronization_is_seen_while_it_runs(visitor, server):
    running = Agent(server.url, project="pages", name="pc-running").enrol()
    running.identify()
    running.call("computers/properties/")
    card = visitor.page.locator(
        "section", has=visitor.page.locator("h2", has_text="Synchronizing now")
    )
    expect(card.get_by_role("link", name="pc-running")).to_be_visible()


def test_a_computer_shows_what_it_has_and_why_it_receives(visitor, agent, api):
    project = api.results("projects/?name=pages")[0]["id"]
    api.post("deployments/", name="Why", project=project, included_attributes=[1])
    visitor.go("computers?search=pc-pages", "Computers")
    visitor.page.get_by_role("link", name="pc-pages").click()
    visitor.page.get_by_role("heading", name="pc-pages").wait_for()
    page = visitor.page
    expect(page.get_by_text(agent.uuid)).to_be_visible()
    tabs = page.get_by_role("navigation", name="pc-pages")
    tabs.get_by_role("link", name="What it receives").click()
    row = page.get_by_role("row", name=re.compile("Why"))
    expect(row).to_contain_text("SET-All Systems")
    tabs.get_by_role("link", name="Software").click()
    expect(page.get_by_text("bash_5.2.15-2+b7_amd64.deb")).to_be_visible()
    tabs.get_by_role("link", name="Hardware").click()
    expect(page.get_by_text("Intel(R) Core(TM) i5")).to_be_visible()
    api("DELETE", f"deployments/{api.results('deployments/?name=Why')[0]['id']}/")


def test_an_uploaded_package_reaches_a_computer(visitor, server, agent, api, tmp_path):
    project = api.results("projects/?name=pages")[0]
    api.post("stores/", name="main", project=project["id"])
    page = visitor.page
    visitor.go("packages", "Packages")
    page.locator("#store").select_option(label="main · pages")
    file = make_deb(tmp_path / "acme-tool_1.0-1_all.deb", "acme-tool")
    page.locator("input[type=file]").set_input_files(str(file))
    expect(page.locator(".drop + ul .good")).to_have_text("uploaded")
    visitor.go("deployments/new", "New deployment")
    page.get_by_label("Name *").fill("Tools")
    page.get_by_label("Project *").select_option(label="pages")
    page.get_by_role("combobox", name="Included attributes").fill("SET-All")
    page.get_by_role("option", name="SET-All Systems").click()
    page.get_by_role("combobox", name="Packages of its repository").fill("acme-tool")
    page.get_by_role("option", name=re.compile("acme-tool_1.0")).click()
    page.get_by_label("Packages to install").fill("acme-tool")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Tools").wait_for()
    received = agent.sync()
    assert "tools" in [one["name"] for one in received["repositories"].data]
    assert received["mandatory"].data["install"] == ["acme-tool"]


def test_a_bad_package_is_refused_in_words(visitor, api, agent, tmp_path):
    page = visitor.page
    visitor.go("packages", "Packages")
    page.locator("#store option").nth(1).wait_for(state="attached")
    page.locator("#store").select_option(index=1)
    broken = tmp_path / "broken_1.0_all.deb"
    broken.write_bytes(b"no package")
    page.locator("input[type=file]").set_input_files(str(broken))
    expect(page.locator(".drop + ul .bad")).to_contain_text(re.compile("package", re.IGNORECASE))
    visitor.complaints.clear()  # the console tells of the refused upload


def test_errors_are_checked_off_many_at_once(visitor, agent, api):
    for number in range(3):
        agent.call("computers/errors/", description=f"dpkg failed {number}")
    visitor.go("events/errors?checked=false&search=dpkg", "Errors and faults")
    page = visitor.page
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_label("Choose all of this page").check()
    page.get_by_role("button", name="Check off").click()
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    assert {one["checked"] for one in api.results("errors/?search=dpkg")} == {True}


def test_mistakes_stand_by_their_field(visitor, api):
    visitor.go("settings/formulas?open=new", "Settings")
    page = visitor.page
    page.get_by_label("Prefix *").fill("HST")
    page.get_by_label("Name *").fill("Another")
    page.get_by_label("Code *").fill("echo")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field.wrong small")).to_contain_text("prefix")
    visitor.complaints.clear()  # the console tells of the 400


def test_who_may_only_look_is_offered_nothing_else(browser, server, api):
    key = api.results("user-profiles/?username=reader")[0]["id"]
    passwords = {"password": READER[1], "password2": READER[1]}
    assert api("PUT", f"user-profiles/{key}/change-password/", passwords).status == 200
    visitor = Visitor(browser, server).sign_in(*READER)
    visitor.go("deployments", "Deployments")
    assert visitor.page.get_by_role("link", name="New deployment").count() == 0
    visitor.go("packages", "Packages")
    assert visitor.page.locator(".drop").count() == 0
    visitor.go("settings/projects", "Settings")
    assert visitor.page.get_by_role("button", name=re.compile("^New")).count() == 0
    visitor.context.close()
    assert visitor.complaints == []


def test_a_failure_is_told_and_tried_again(visitor):
    visitor.page.route("**/api/v1/token/deployments/?*", lambda route: route.abort())
    visitor.go("deployments", "Deployments")
    expect(visitor.page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    visitor.page.unroute("**/api/v1/token/deployments/?*")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("table", name="Deployments")).to_be_visible()
    visitor.complaints.clear()  # the console tells of the broken request


def test_a_lost_connection_shows_itself_and_heals(browser, own_server):
    server = own_server()
    Agent(server.url, project="lost").enrol().sync()
    port = server.url.rpartition(":")[2]
    visitor = Visitor(browser, server).sign_in()
    offline = visitor.page.locator(".offline")
    server.stop()
    expect(offline).to_be_visible()
    server.settings["port"] = port
    server.start()
    expect(offline).to_have_count(0, timeout=30_000)
    visitor.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_places_are_accessible(browser, server, agent, api, scheme):
    visitor = Visitor(browser, server, color_scheme=scheme).sign_in()
    for place, heading in {**PLACES, f"computers/{agent.id}": "pc-pages"}.items():
        visitor.go(place, heading)
        violations = [
            (one["id"], one["nodes"][0]["html"])
            for one in Axe().run(visitor.page).response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert violations == [], place
    visitor.context.close()
    assert visitor.complaints == []


def test_places_fit_on_a_phone(browser, server, agent, api):
    visitor = Visitor(browser, server, **PHONE).sign_in()
    for place, heading in {**PLACES, f"computers/{agent.id}": "pc-pages"}.items():
        visitor.go(place, heading)
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["viewport"]["width"], place
    visitor.page.get_by_role("button", name="Menu").click()
    expect(visitor.page.get_by_role("link", name="Packages", exact=True)).to_be_visible()
    visitor.context.close()


@pytest.mark.parametrize(("locale", "heading"), [("es-ES", "Vista general"), ("fr-FR", "Aperçu")])
def test_the_language_is_the_browsers(browser, server, agent, locale, heading):
    visitor = Visitor(browser, server, locale=locale)
    visitor.page.goto(server.url)
    visitor.page.locator("#username").fill(ADMIN[0])
    visitor.page.locator("#password").fill(ADMIN[1])
    visitor.page.locator("button.main").click()
    visitor.page.get_by_role("heading", name=heading, level=1).wait_for()
    visitor.context.close()


def test_every_text_has_its_translations():
    root = Path("handlers/dashboard/assets")
    sources = "\n".join(path.read_text() for path in root.glob("*.js") if path.name != "vendor.js")
    sources += "\n".join(path.read_text() for path in [*root.glob("p*/*.js")])
    texts = set(re.findall(r'\bt\(\s*"((?:[^"\\]|\\.)*)"', sources))
    assert len(texts) > 250
    for code in ("es", "fr"):
        known = (root / "texts" / f"{code}.js").read_text()
        missing = [text for text in sorted(texts) if f'"{text}":' not in known]
        assert missing == [], code
