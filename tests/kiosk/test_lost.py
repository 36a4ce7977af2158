"""The screen whose program goes, in a real browser: it says so at once, sends nothing meanwhile, and comes back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from edge_agent.desk.asks import Arrive, Contest, ReadOn
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.mishaps import ASKED_AGAIN_AFTER_S
from edge_agent.kiosk.past import SHOWN_FOR_S
from edge_agent.kiosk.screens import TYPED_FOR_S, UNTOUCHED_FOR_S
from edge_agent.kiosk.serving import served
from tests.chromium import close, shut_out
from tests.desk.room import ZONE
from tests.kiosk.fake import IDLE, NOW_MS, OPENED, PAST_VISIT, SHUT, VIEWS, FakeDesk
from tests.kiosk.test_browser import arrived, wait_until
from tests.kiosk.test_touches import SETTLED_MS
from tests.whole import free_port

pytestmark = pytest.mark.browser
BESIDE = ["/consent/order-1", "/refuse/oral_care", "/other-way", "/other-way/pin", "/consents", "/leave", "/orders"]
# How long a page waits for a word of its device: see static/kiosk.js.
SILENT_MS = 15_000
# How long before a page goes it asks whether somebody is there.
ASKED_BEFORE_S = 30
PANEL = {"width": 800, "height": 480}


@dataclass
class Device(FakeDesk):
    """A desk whose program can be ended, begun again, and hang."""

    port: int = field(default_factory=free_port)
    goes_on: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[str]:
        self.closes, self.shown = False, replace(self.shown, closed=False)
        self.goes_on.set()
        with served(kiosk_app(self, ZONE), self.port) as address:
            yield address
            self.closes = True
            self.goes_on.set()

    def await_change(self, version: int, timeout_s: float) -> int:
        self.goes_on.wait(60)
        return super().await_change(version, timeout_s)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PANEL, has_touch=True)  # type: ignore[arg-type]
    yield context.new_page()
    close(context)


def ready(page: Page, url: str) -> None:
    """A page that follows, and that a worker stands behind."""
    page.goto(url)
    wait_until(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def left_alone(page: Page, url: str) -> None:
    """A page whose clock may leap: it follows nothing, or a leap would be a loss."""
    page.goto(url)
    page.evaluate("leave()")


def assert_lost(page: Page) -> None:
    page.get_by_text("屏幕和设备断开了，正在等它回来").wait_for(timeout=3_000)
    assert page.evaluate("[...document.querySelectorAll('header, main')].every(it => it.inert)")


def test_what_stood_there_is_said_to_be_lost_and_the_page_comes_back_to_how_things_stand(
    device: Device, page: Page
) -> None:
    device.shown = VIEWS["recognised"]
    with device.running() as address:
        ready(page, address)
    assert_lost(page)
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "body", "what is gone is not to be touched"
    device.shown = VIEWS["interrupted"]
    with device.running():
        page.get_by_text("服务被中断").wait_for()
        assert page.locator("#lost").is_hidden()
        page.locator("#to-orders").tap()
        page.locator("#order-order-1").wait_for()


def test_a_program_that_hangs_is_lost_too(device: Device, page: Page) -> None:
    page.clock.install()
    with device.running() as address:
        ready(page, address)
        device.goes_on.clear()
        page.wait_for_timeout(300)
        page.clock.fast_forward(SILENT_MS)
        assert_lost(page)
        device.goes_on.set()
        page.locator("#lost").wait_for(state="hidden")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_that_is_sent_as_the_device_goes_ends_on_no_page_of_the_browser_and_comes_back(
    device: Device, page: Page, language: str
) -> None:
    with device.running() as address:
        page.context.add_cookies([{"name": "carewitness-language", "value": language, "url": address}])
        ready(page, f"{address}/consent/order-1")
        page.evaluate("leave()")
        page.wait_for_timeout(SETTLED_MS)
    page.locator("#nothing").tap()
    told_that_it_may_not_have_arrived(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(247, 246, 242)", "no sheet of ours"
    assert not any(isinstance(one, Arrive) for one in device.asked)
    with device.running():
        page.locator("#order-order-1").wait_for()


def told_that_it_may_not_have_arrived(page: Page) -> None:
    page.get_by_text("刚才按的、写的不一定收到了").wait_for()
    page.get_by_text("where it does not stand there touch or write it again").wait_for()


def test_whoever_sent_a_note_as_the_device_went_is_told_to_write_it_again_until_it_is_back(
    device: Device, page: Page
) -> None:
    device.looking_back = OPENED
    with device.running() as address:
        ready(page, f"{address}/past/{PAST_VISIT}/contest")
        page.evaluate("leave()")
        page.wait_for_timeout(SETTLED_MS)
        page.locator("#reason-time").check(force=True)
    page.locator("#send").tap()
    told_that_it_may_not_have_arrived(page)
    with page.expect_navigation(timeout=1_000 * (ASKED_AGAIN_AFTER_S + 5)):
        pass
    told_that_it_may_not_have_arrived(page)
    assert not any(isinstance(one, Contest) for one in device.asked)


def test_what_was_typed_waits_for_the_device_and_can_be_sent_then(device: Device, page: Page) -> None:
    device.looking_back = OPENED
    with device.running() as address:
        ready(page, f"{address}/past/{PAST_VISIT}/contest")
        page.wait_for_timeout(SETTLED_MS)
        page.locator("#reason-time").check(force=True)
        page.locator("#text").fill("十点半")
    assert_lost(page)
    with device.running():
        page.locator("#lost").wait_for(state="hidden")
        assert page.evaluate("document.activeElement.id") == "text"
        page.keyboard.type("走的")
        page.locator("#send").tap()
        wait_until(page, lambda: any(isinstance(one, Contest) for one in device.asked))
        arrived(page, f"{address}/past/{PAST_VISIT}")
    (text,) = (one.text for one in device.asked if isinstance(one, Contest))
    assert text == "十点半走的"


@pytest.mark.parametrize("path", [*BESIDE[1:], "/past"])
def test_a_page_beside_a_visit_that_is_no_more_comes_back_to_how_things_stand(
    device: Device, page: Page, path: str
) -> None:
    device.shown = VIEWS["not recognised"]
    with device.running() as address:
        ready(page, address + path)
    assert_lost(page)
    device.shown = VIEWS["interrupted"]
    with device.running():
        page.wait_for_url(f"{address}/")
        page.get_by_text("服务被中断").wait_for()


def test_what_was_chosen_before_check_in_waits_for_the_device(device: Device, page: Page) -> None:
    with device.running() as address:
        ready(page, f"{address}/consent/order-1")
        page.wait_for_timeout(SETTLED_MS)
        page.locator('input[name="face"][value="no"]').check(force=True)
    assert_lost(page)
    with device.running():
        page.locator("#lost").wait_for(state="hidden")
        assert page.locator('input[name="face"][value="no"]').is_checked()


@pytest.mark.parametrize("path", [*BESIDE, "/past"])
def test_a_page_beside_the_visit_has_a_clock_that_goes(device: Device, page: Page, path: str) -> None:
    device.shown = VIEWS["not recognised"]
    with device.running() as address:
        page.goto(address + path)
        device.shown = replace(device.shown, now_ms=NOW_MS + 60_000)
        page.locator(".time", has_text="09:21").wait_for()


@pytest.mark.parametrize("path", [*BESIDE, "/past"])
def test_what_somebody_walked_away_from_goes_by_itself_and_never_under_a_hand(
    device: Device, page: Page, path: str
) -> None:
    device.shown = VIEWS["not recognised"]
    page.clock.install()
    with device.running() as address:
        left_alone(page, address + path)
        last_ms = 1_000 * (TYPED_FOR_S if path.startswith("/consent/") else UNTOUCHED_FOR_S) - 1_000
        page.clock.fast_forward(last_ms)
        page.keyboard.press("Shift")
        page.clock.fast_forward(last_ms)
        page.wait_for_timeout(300)
        assert page.url == address + path
        page.clock.fast_forward(2_000)
        page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("path", ["/past", f"/past/{PAST_VISIT}"])
def test_what_somebody_reads_goes_three_minutes_after_the_last_touch_of_which_the_desk_is_told(
    device: Device, page: Page, path: str
) -> None:
    device.looking_back = OPENED
    page.clock.install()
    with device.running() as address:
        left_alone(page, address + path)
        for times in (1, 2):
            page.clock.fast_forward(1_000 * (SHOWN_FOR_S - 2))
            for _ in range(3):
                page.keyboard.press("Shift")
            wait_until(page, lambda times=times: device.asked == times * [ReadOn()])
        device.looking_back = SHUT
        page.clock.fast_forward(1_000 * (SHOWN_FOR_S - 2))
        page.wait_for_timeout(300)
        assert page.url == address + path
        page.clock.fast_forward(2_500)
        page.get_by_text("看自己过去的服务").wait_for()
        assert (page.url, device.asked) == (f"{address}/past", 2 * [ReadOn()])


@pytest.mark.parametrize(("language", "answer"), [("zh", "还在"), ("en", "I am here")])
def test_whoever_is_still_there_is_asked_before_the_page_goes_and_any_touch_keeps_it(
    device: Device, page: Page, language: str, answer: str
) -> None:
    page.clock.install()
    with device.running() as address:
        page.context.add_cookies([{"name": "carewitness-language", "value": language, "url": address}])
        left_alone(page, f"{address}/consent/order-1")
        touches: list[Callable[[], None]] = [
            lambda: page.get_by_role("button", name=answer).tap(),
            lambda: page.keyboard.press("Shift"),
        ]
        for touch in touches:
            page.clock.fast_forward(1_000 * (TYPED_FOR_S - ASKED_BEFORE_S) - 1_000)
            assert page.locator("#still").is_hidden()
            page.clock.fast_forward(2_000)
            page.locator("#still").wait_for()
            assert shut_out(page) == []
            page.wait_for_timeout(SETTLED_MS)
            touch()
            assert page.locator("#still").is_hidden()
        page.clock.fast_forward(1_000 * ASKED_BEFORE_S)
        page.wait_for_timeout(300)
        assert (page.url, device.asked) == (f"{address}/consent/order-1", [])


def test_who_seeks_for_words_has_longer(device: Device, page: Page) -> None:
    device.looking_back = OPENED
    page.clock.install()
    path = f"/past/{PAST_VISIT}/contest"
    with device.running() as address:
        left_alone(page, address + path)
        page.clock.fast_forward(1_000 * TYPED_FOR_S - 1_000)
        page.wait_for_timeout(300)
        assert page.url == address + path
        page.clock.fast_forward(2_000)
        page.wait_for_url(f"{address}/")


def test_orders_that_stand_by_themselves_stay(device: Device, page: Page) -> None:
    device.shown = IDLE
    page.clock.install()
    with device.running() as address:
        page.goto(address)
        assert page.locator('meta[name="untouched"]').count() == 0
