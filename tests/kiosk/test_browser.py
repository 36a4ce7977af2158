"""The screen in a real browser: it fits, it is quiet, and hands, keys and eyes of all kinds can use it."""

from collections.abc import Iterator
from typing import Literal

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page

from edge_agent.desk.asks import BeginItem, Leave, ShowOtherwise
from edge_agent.desk.past_view import DoorView
from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.screens import MOVES_ON_S
from edge_agent.kiosk.serving import served
from tests.chromium import close, shut_out, tab_to
from tests.desk.room import ZONE
from tests.kiosk.drawn import drawn
from tests.kiosk.fake import IDLE, OPENED, PAST_VISIT, SHUT, VIEWS, FakeDesk
from visit_record.vocabulary import IdentityMethod

pytestmark = pytest.mark.browser
BESIDE = {
    "orders": ["/consent/order-1", "/past"],
    "not recognised": [
        "/refuse/oral_care",
        "/slip/feeding",
        "/other-way",
        "/other-way/pin",
        "/consents",
        "/leave",
        "/orders",
    ],
}
PAST = ["/past", f"/past/{PAST_VISIT}", f"/past/{PAST_VISIT}/contest"]
PAGES = [(name, path) for name in VIEWS for path in ["/", *BESIDE.get(name, [])]]
LEAST_TOUCHED_PX = 56
LINES_OF_NAMES = """[...document.querySelectorAll('.item h2')].map(
    it => Math.round(it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).lineHeight)))"""
LEFT_OF = """([place, name]) => {
    const texts = document.createTreeWalker(document.querySelector(place), NodeFilter.SHOW_TEXT), range = new Range();
    while (texts.nextNode() && !texts.currentNode.data.includes(name));
    range.setStart(texts.currentNode, texts.currentNode.data.indexOf(name));
    return range.getBoundingClientRect().left;
}"""
TARGETS = "[...document.querySelectorAll('a, button, .choice span, textarea, input[type=password]')]"


@pytest.fixture(scope="module")
def desk() -> FakeDesk:
    return FakeDesk(sees=lambda: drawn(0))


@pytest.fixture(scope="module")
def address(desk: FakeDesk) -> Iterator[str]:
    with served(kiosk_app(desk, ZONE), 0) as found:
        yield found


def window(
    browser: Browser, address: str, language: str, width: int, *, height: int | None = None, dark: bool = False
) -> BrowserContext:
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    size = {"width": width, "height": height or (600 if width > 600 else 844)}
    context = browser.new_context(viewport=size, color_scheme=scheme, has_touch=True)  # type: ignore[arg-type]
    context.add_cookies([{"name": "carewitness-language", "value": language, "url": address}])
    return context


@pytest.mark.parametrize(("path", "place"), [("/", "h1"), ("/orders", ".order .who"), ("/consent/order-2", "h1")])
def test_names_written_from_the_right_turn_nobody_into_whom_they_care_for(
    desk: FakeDesk, address: str, browser: Browser, path: str, place: str
) -> None:
    caregiver, recipient = "אבג", "דהו"
    visit = VIEWS["recognised"].visit
    assert visit is not None
    order = replace(visit.order, caregiver_name=caregiver, recipient_name=recipient)
    desk.refuses = None
    desk.shown = replace(IDLE, orders=(order, replace(order, order="order-2")), visit=replace(visit, order=order))
    context = window(browser, address, "zh", 1024)
    page = context.new_page()
    page.goto(address + path)
    assert page.evaluate(LEFT_OF, [place, caregiver]) < page.evaluate(LEFT_OF, [place, recipient])
    close(context)


def shown(page: Page, desk: FakeDesk, name: str, url: str) -> None:
    # The page before would follow to where things stand now.
    page.goto("about:blank")
    desk.shown, desk.refuses = VIEWS[name], None
    page.goto(url)


@pytest.mark.parametrize(
    ("width", "language", "dark"), [(1024, "zh", False), pytest.param(390, "en", True, marks=pytest.mark.long)]
)
def test_every_page_fits_is_quiet_and_shuts_nobody_out(  # noqa: PLR0917 - each is a fixture or a case
    desk: FakeDesk, address: str, browser: Browser, width: int, language: str, dark: bool
) -> None:
    context = window(browser, address, language, width, dark=dark)
    hosts: set[str] = set()
    complaints: list[str] = []
    context.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for name, path, book in [*((*one, SHUT) for one in PAGES), *(("orders", path, OPENED) for path in PAST)]:
        desk.looking_back = book
        shown(page, desk, name, address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, f"{name} {path} is {wide} px too wide"
        low = page.evaluate(
            f"{TARGETS}.filter(it => it.offsetParent && it.getBoundingClientRect().height < {LEAST_TOUCHED_PX})"
            ".map(it => it.outerHTML)"
        )
        assert low == [], f"{name} {path}"
        assert shut_out(page) == [], f"{name} {path}"
    assert complaints == []
    assert hosts == {address.removeprefix("http://")}
    close(context)


@pytest.mark.parametrize(("width", "height"), [(1024, 600), (800, 480)])
@pytest.mark.parametrize(
    ("name", "language"),
    [
        *((name, "zh") for name in ("orders", "looking", "leaving", "not recognised", "sealed")),
        *((name, "en") for name in ("looking", "leaving", "not recognised")),
    ],
)
def test_what_a_hand_needs_is_on_the_device_s_screen_without_scrolling(  # noqa: PLR0917 - each is a fixture or a case
    desk: FakeDesk, address: str, browser: Browser, name: str, language: str, width: int, height: int
) -> None:
    context = window(browser, address, language, width, height=height)
    page = context.new_page()
    shown(page, desk, name, address)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    close(context)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/other-way", "/other-way/pin", "/other-way/supervisor_code", "/past"])
def test_a_code_is_typed_and_confirmed_without_scrolling_however_many_people_there_are(
    desk: FakeDesk, address: str, browser: Browser, language: str, path: str
) -> None:
    context = window(browser, address, language, 800, height=480)
    page = context.new_page()
    desk.looking_back = replace(SHUT, doors=tuple(DoorView(f"caregiver-{n}", "护理员" * 2) for n in range(9)))
    shown(page, desk, "not recognised", address + path)
    assert page.evaluate("document.documentElement.scrollHeight") <= 480
    if path == "/past":
        page.locator("#door-caregiver-7").click()
        page.locator('button[data-key="0"]').wait_for()
        assert page.evaluate("document.documentElement.scrollHeight") <= 480
    close(context)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "refusals"),
    [
        ("/other-way/pin", (Refusal.WRONG_CODE, Refusal.TOO_MANY_CODES)),
        ("/other-way/supervisor_code", (Refusal.WRONG_CODE, Refusal.TOO_MANY_CODES)),
        ("/past?caregiver=caregiver-1", (Refusal.WRONG_PIN, Refusal.WAIT_WITH_PINS)),
    ],
)
def test_after_a_wrong_code_the_way_back_is_in_sight_too(  # noqa: PLR0917 - each is a fixture or a case
    desk: FakeDesk, address: str, browser: Browser, language: str, path: str, refusals: tuple[Refusal, ...]
) -> None:
    context = window(browser, address, language, 800, height=480)
    page = context.new_page()
    desk.looking_back = SHUT
    for refusal in refusals:
        shown(page, desk, "not recognised", address + path)
        desk.refuses = DeskError(refusal)
        page.locator('input[name="code"]').fill("0000")
        page.keyboard.press("Enter")
        page.locator(".problem").wait_for()
        assert page.evaluate("document.documentElement.scrollHeight") <= 480, refusal
    desk.refuses = None
    close(context)


@pytest.mark.parametrize("width", [390, 800])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_item_s_name_is_never_letter_under_letter_beside_its_buttons(
    desk: FakeDesk, address: str, browser: Browser, width: int, language: str
) -> None:
    context = window(browser, address, language, width)
    page = context.new_page()
    shown(page, desk, "not recognised", address)
    lines = page.evaluate(LINES_OF_NAMES)
    assert max(lines) <= 3, lines
    close(context)


def test_the_page_follows_the_visit_by_itself(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = window(browser, address, "zh", 1024)
    page = context.new_page()
    shown(page, desk, "orders", address)
    for name, said in (
        ("looking", "请向左转头"),
        ("recognised", "已认出本人"),
        ("sealed", "等待发送"),
        ("received", "服务器已收到"),
    ):
        desk.shown = VIEWS[name]
        page.get_by_text(said).wait_for(timeout=10_000)
    close(context)


def test_who_is_at_a_button_by_keyboard_stays_there_while_the_page_changes(
    desk: FakeDesk, address: str, browser: Browser
) -> None:
    context = window(browser, address, "en", 1024)
    page = context.new_page()
    shown(page, desk, "not recognised", address)
    desk.asked.clear()
    tab_to(page, "begin", lambda: page.evaluate("document.activeElement.id") == "act-oral_care")
    desk.shown = VIEWS["recognised"]
    page.get_by_text("You are recognised").wait_for()
    visit = VIEWS["recognised"].visit
    assert visit is not None
    assert page.evaluate("document.activeElement.id") == "act-oral_care"
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.asked == [BeginItem("oral_care")])
    arrived(page, f"{address}/")
    close(context)


def test_a_code_is_typed_by_touch_alone(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = window(browser, address, "zh", 1024)
    page = context.new_page()
    shown(page, desk, "not recognised", f"{address}/other-way/pin")
    desk.asked.clear()
    pad = page.locator('.keypad[data-for="code-pin"]')
    for key in "47115":
        pad.locator(f'[data-key="{key}"]').tap()
    pad.locator('[data-key="clear"]').tap()
    page.locator('button[value="pin"]').tap()
    wait_until(page, lambda: desk.asked == [ShowOtherwise(IdentityMethod.PIN, "4711")])
    arrived(page, f"{address}/")
    close(context)


def test_a_finger_that_taps_twice_asks_once(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = window(browser, address, "zh", 1024)
    page = context.new_page()
    shown(page, desk, "not recognised", f"{address}/leave")
    desk.asked.clear()
    page.evaluate("() => { const it = document.getElementById('check-out'); it.click(); it.click(); }")
    wait_until(page, lambda: desk.asked != [])
    page.wait_for_timeout(300)
    assert desk.asked == [Leave()]
    close(context)


def test_nothing_is_lost_without_scripts(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    shown(page, desk, "not recognised", address)
    desk.asked.clear()
    page.locator("#act-oral_care").click()
    assert desk.asked == [BeginItem("oral_care")]
    desk.shown = IDLE
    close(context)


@pytest.mark.parametrize(("name", "due"), [("opening", "recognised"), ("leaving", "sealed")])
def test_what_lasts_a_moment_leads_on_without_scripts_too(
    desk: FakeDesk, address: str, browser: Browser, name: str, due: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    shown(page, desk, name, address)
    desk.shown = VIEWS[due]
    page.locator("#leave, #to-orders").wait_for(timeout=1_000 * (MOVES_ON_S + 5))
    desk.shown = IDLE
    close(context)


def wait_until(page: Page, true: object) -> None:
    for _ in range(100):
        if true():  # type: ignore[operator]
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true in time")


def arrived(page: Page, url: str) -> None:
    """A window that is closed on its way to another page may never close."""
    wait_until(page, lambda: page.url == url)
    page.wait_for_load_state()
