"""The pages in a real browser: they fit, they are quiet, and they ask nobody else for anything."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.ingest_server.web.chromium import EXECUTABLE, chromium, logged_in, serving
from tests.ingest_server.web.conftest import PASSWORD, Web

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not EXECUTABLE.exists(), reason=f"no {EXECUTABLE}: install Debian's chromium"),
]


@pytest.fixture(scope="module")
def address(web: Web) -> Iterator[str]:
    with serving(web.app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def pages_of(web: Web) -> list[str]:
    """Every page that an auditor may look at, the fullest of its kind."""
    visits = [f"/visits/{web.visits[kind]}" for kind in ("rich", "long", "proxy")]
    subjects = [f"/caregivers/{'c' * 64}", "/agencies/agency-a", "/recipients/recipient-1", "/devices/device-1"]
    return [
        "/",
        "/?band=all&work=all",
        "/rules",
        "/trail",
        "/cases",
        "/cases/1",
        "/overview",
        "/overview/devices",
        "/query",
        "/query/visits",
        "/query/cases?c0=state&o0=in&do=add&new=due",
        "/query/trail",
        *visits,
        *subjects,
        "/login",
    ]


@pytest.mark.parametrize("width", [1920, 1280, 1000, 390])
def test_pages_fit_are_quiet_and_stay_on_this_host(web: Web, address: str, browser: Browser, width: int) -> None:
    context = logged_in(browser, address, "auditor", PASSWORD, width=width)
    hosts: set[str] = set()
    complaints: list[str] = []
    context.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for path in pages_of(web):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(found => found.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{path} is {wide} px too wide at {width}"
    assert complaints == []
    assert hosts == {address.removeprefix("http://")}
    context.close()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_nothing_on_a_page_shuts_anybody_out(web: Web, address: str, browser: Browser, width: int, dark: bool) -> None:
    context = logged_in(browser, address, "auditor", PASSWORD, width=width, dark=dark)
    page = context.new_page()
    for path in pages_of(web):
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        grave = [one for one in found if one["impact"] in {"serious", "critical"}]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in grave]
        assert told == [], path
    context.close()


@pytest.fixture
def desk(filled_web: Web, browser: Browser) -> Iterator[Page]:
    """A supervisor's own desk, on the queue, with visits that may be decided about."""
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "supervisor-a", PASSWORD)
        page = context.new_page()
        page.goto(f"{address}/")
        yield page
        context.close()


def opened(desk: Page) -> Page:
    """The desk, on the first visit of the queue."""
    for key in ("j", "Enter"):
        desk.keyboard.press(key)
    desk.wait_for_url("**/visits/*")
    return desk


def test_visit_is_cleared_by_three_keys_and_the_clearing_undone_by_one(desk: Page) -> None:
    page = opened(desk)
    page.keyboard.press("1")
    page.wait_for_selector(".standing .closed")
    page.keyboard.press("u")
    page.wait_for_selector(".standing .pending")


def test_enter_in_a_date_puts_off_and_closes_nothing(desk: Page) -> None:
    page = opened(desk)
    page.fill("#until", "2026-09-25")
    page.press("#until", "Enter")
    page.wait_for_selector(".standing .pending")
    assert "2026-09-25" in page.inner_text(".standing")


def test_keys_do_nothing_behind_the_sheet_that_lists_them(desk: Page) -> None:
    page = opened(desk)
    page.click(".keys")
    page.keyboard.press("1")
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()
    assert page.locator(".standing").count() == 0


def test_key_that_wants_a_reason_goes_to_the_note_and_types_nothing(desk: Page) -> None:
    page = opened(desk)
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "note"
    page.keyboard.type("1 2 3 j k ?")
    assert page.input_value("#note") == "1 2 3 j k ?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_visit_is_reached_by_keyboard_alone(address: str, browser: Browser) -> None:
    context = logged_in(browser, address, None, PASSWORD)
    page = context.new_page()
    page.goto(f"{address}/?band=all")
    # The browser gives the first field the focus when it first paints the page, which may be after it has loaded.
    page.wait_for_selector("input[autofocus]:focus")
    page.keyboard.type("supervisor-a")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?band=all")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.finding') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/*")
    assert page.locator("h1").is_visible()
    context.close()
