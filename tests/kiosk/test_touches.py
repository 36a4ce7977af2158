"""A wet finger that taps twice, in a real browser: its second tap decides nothing on the page that came meanwhile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator

from edge_agent.desk.asks import Contest, Leave, ReadOn
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.consent_texts import VERSION
from edge_agent.kiosk.serving import served
from tests.chromium import close
from tests.desk.room import ZONE, arrive
from tests.kiosk.fake import IDLE, OPENED, PAST_VISIT, SHUT, VIEWS, FakeDesk
from tests.kiosk.test_browser import arrived, shown, wait_until
from visit_record.record import Consent
from visit_record.vocabulary import ContestReason, Modality

pytestmark = pytest.mark.browser
SIZES = [(800, 480), (1024, 600), (390, 844)]
OFTEN = [SIZES[0], *(pytest.param(size, marks=pytest.mark.long) for size in SIZES[1:])]
# What is touched, and the page that it leads to.
LEADS = {
    "#order-order-1": ("orders", "/consent/order-1"),
    "#order-order-2": ("orders", "/consent/order-2"),
    "#order-order-4": ("many orders", "/consent/order-4"),
    "#order-order-7": ("many orders", "/consent/order-7"),
    "#leave": ("recognised", "/leave"),
    "#not-oral_care": ("recognised", "/refuse/oral_care"),
    "#not-bathing": ("recognised", "/refuse/bathing"),
    "#slip-feeding": ("recognised", "/slip/feeding"),
}
FEW = ("#order-order-1", "#leave", "#not-bathing", "#slip-feeding")
# Without scripts one of each page that is left is enough by day.
TAPPED = [
    pytest.param(touched, scripts, marks=[] if scripts or touched in FEW else [pytest.mark.long])
    for touched in LEADS
    for scripts in (True, False)
]
# A second tap of a wet finger comes so long after the first; the page after it takes no touch for longer.
BOUNCES_MS = 250
SETTLED_MS = 700
BUTTONS = "main form[method=post] button:not([type=button])"


@pytest.fixture(scope="module")
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture(scope="module")
def address(desk: FakeDesk) -> Iterator[str]:
    with served(kiosk_app(desk, ZONE), 0) as found:
        yield found


def panel(browser: Browser, size: tuple[int, int], *, scripts: bool = True) -> BrowserContext:
    width, height = size
    return browser.new_context(viewport={"width": width, "height": height}, has_touch=True, java_script_enabled=scripts)


def middle_of(found: Locator) -> tuple[float, float]:
    found.evaluate("it => it.scrollIntoView({block: 'center'})")
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("size", OFTEN)
@pytest.mark.parametrize(("touched", "scripts"), TAPPED)
def test_a_second_tap_decides_nothing_on_the_page_that_came_meanwhile(  # noqa: PLR0917 - each is a fixture or a case
    desk: FakeDesk, address: str, browser: Browser, size: tuple[int, int], touched: str, scripts: bool
) -> None:
    name, path = LEADS[touched]
    context = panel(browser, size, scripts=scripts)
    page = context.new_page()
    shown(page, desk, name, address)
    desk.asked.clear()
    page.wait_for_timeout(SETTLED_MS)
    at = middle_of(page.locator(touched))
    page.touchscreen.tap(*at)
    page.wait_for_timeout(BOUNCES_MS)
    page.touchscreen.tap(*at)
    # Not wait_for_url: a second tap on a link that is slow begins its journey anew.
    wait_until(page, lambda: page.url == address + path)
    page.wait_for_timeout(SETTLED_MS)
    assert (desk.asked, page.url) == ([], address + path)
    close(context)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_page_takes_no_touch_until_it_can_have_been_seen(
    desk: FakeDesk, address: str, browser: Browser, scripts: bool
) -> None:
    context = panel(browser, SIZES[0], scripts=scripts)
    page = context.new_page()
    shown(page, desk, "recognised", f"{address}/leave")
    at = middle_of(page.locator("#check-out"))
    page.wait_for_timeout(SETTLED_MS)
    desk.asked.clear()
    page.goto(f"{address}/leave")
    page.touchscreen.tap(*at)
    page.wait_for_timeout(SETTLED_MS)
    assert desk.asked == []
    page.touchscreen.tap(*at)
    wait_until(page, lambda: desk.asked == [Leave()])
    arrived(page, f"{address}/")
    close(context)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_button_that_decides_lies_where_a_finger_just_was(
    desk: FakeDesk, address: str, browser: Browser, size: tuple[int, int], language: str
) -> None:
    context = panel(browser, size)
    context.add_cookies([{"name": "carewitness-language", "value": language, "url": address}])
    page = context.new_page()
    for touched, (name, path) in LEADS.items():
        shown(page, desk, name, address)
        x, y = middle_of(page.locator(touched))
        page.goto(address + path)
        boxes = [found.bounding_box() for found in page.locator(BUTTONS).all()]
        for box in boxes:
            assert box is not None
            under = 0 <= x - box["x"] <= box["width"] and 0 <= y - box["y"] <= box["height"]
            assert not under, (touched, x, y, box)
        assert boxes, touched
    close(context)


def test_what_appears_under_a_finger_while_the_page_stays_takes_no_touch_either(
    desk: FakeDesk, address: str, browser: Browser
) -> None:
    context = panel(browser, (1024, 600))
    page = context.new_page()
    shown(page, desk, "recognised", address)
    desk.asked.clear()
    page.wait_for_timeout(SETTLED_MS)
    at = middle_of(page.locator("#act-oral_care"))
    page.evaluate("document.querySelector('[data-region=items]').innerHTML = ''")
    desk.shown = VIEWS["by PIN"]
    page.evaluate("show({items: '<p>' + '<button>x</button>'.repeat(99) + '</p>'})")
    page.touchscreen.tap(*at)
    assert page.evaluate(f"document.elementFromPoint({at[0]}, {at[1]}).localName") != "button"
    page.wait_for_timeout(SETTLED_MS)
    assert page.evaluate(f"document.elementFromPoint({at[0]}, {at[1]}).localName") == "button"
    close(context)


def test_enter_on_a_note_sends_it_and_changes_no_language(desk: FakeDesk, address: str, browser: Browser) -> None:
    context = panel(browser, (800, 480))
    page = context.new_page()
    desk.looking_back = OPENED
    shown(page, desk, "orders", f"{address}/past/{PAST_VISIT}/contest")
    desk.asked.clear()
    page.locator("#reason-time").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    note = Contest(PAST_VISIT, ContestReason.TIME, "")
    wait_until(page, lambda: note in desk.asked)
    assert set(desk.asked) == {note, ReadOn()}
    arrived(page, f"{address}/past/{PAST_VISIT}")
    desk.looking_back = SHUT
    close(context)


def test_enter_on_the_page_of_consent_takes_what_was_chosen_and_withholds_what_was_withheld(
    desk: FakeDesk, address: str, browser: Browser
) -> None:
    context = panel(browser, (800, 480))
    page = context.new_page()
    shown(page, desk, "orders", f"{address}/consent/order-1")
    desk.asked.clear()
    for sense in Modality:
        page.locator(f'input[name="{sense.value}"][value="no"]').focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    wait_until(page, lambda: desk.asked != [])
    assert desk.asked == [arrive("order-1", tuple(Consent(sense, False, VERSION) for sense in Modality))]
    arrived(page, f"{address}/")
    desk.shown = IDLE
    close(context)
