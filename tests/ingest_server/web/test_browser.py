"""What people do on the pages in a real browser, by keyboard."""

import threading
from collections.abc import Iterator
from dataclasses import replace as replaced

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from ingest_server.charts.chart import Chart, Form
from ingest_server.charts.drawing import drawn
from ingest_server.store.accounts import Account, add_account
from ingest_server.vocabulary import Role
from ingest_server.web.drawings import Drawings
from tests.chromium import close, logged_in, press, serving, shut_out, tab_to, too_wide
from tests.ingest_server.web.conftest import PASSWORD, Web, put, quickly_hashed
from tests.ingest_server.web.visits import MISSING, rich_visit
from tests.visit_record.examples import KEY

NARROW = 390
pytestmark = pytest.mark.browser


def test_charts_come_by_themselves_into_the_place_that_was_kept_for_them(filled_web: Web, browser: Browser) -> None:
    may_draw, complaints = threading.Event(), list[str]()

    def held(chart: Chart, form: Form, id_: str) -> str:
        may_draw.wait(30)
        return drawn(chart, form, id_)

    filled_web.app.state.parts = replaced(filled_web.app.state.parts, drawings=Drawings(held))
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "supervisor-a", PASSWORD)
        context.on("console", lambda message: complaints.append(message.text))
        page = context.new_page()
        page.goto(f"{address}/overview")
        assert page.locator(".undrawn").count() == 3
        page.locator("details summary").first.click()
        page.locator("details summary").first.focus()
        height = page.evaluate("document.documentElement.scrollHeight")
        may_draw.set()
        page.wait_for_selector("svg.chart.wide[role=img]")
        assert page.locator(".undrawn").count() == 0
        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.evaluate("document.activeElement.closest('details').open")
        assert complaints == []
        close(context)


@pytest.fixture
def desk(filled_web: Web, browser: Browser) -> Iterator[Page]:
    """A supervisor's own desk, on the queue, with visits that may be decided about."""
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "supervisor-a", PASSWORD)
        page = context.new_page()
        page.goto(f"{address}/")
        yield page
        close(context)


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
    assert "期限" not in page.inner_text(".standing"), "what is closed is due no more"
    press(page, "u")
    page.wait_for_selector(".standing .pending")


def test_enter_in_a_date_puts_off_and_closes_nothing(desk: Page) -> None:
    page = opened(desk)
    page.fill("#note", "the family calls back on Friday")
    page.fill("#until", "2026-09-25")
    page.press("#until", "Enter")
    page.wait_for_selector(".standing .pending")
    assert "2026-09-25" in page.inner_text(".standing")
    assert "the family calls back on Friday" in page.inner_text(".history"), "what was typed beside it is kept"


def test_case_is_handed_over_and_given_a_day_by_keyboard_alone(desk: Page, filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        add_account(connection, Account("second-a", Role.SUPERVISOR, "agency-a"), quickly_hashed(PASSWORD))
    desk.goto(f"{desk.url.rstrip('/')}/cases/{filled_web.cases['agency-a']}")
    to(desk, ".apart > summary")
    desk.keyboard.press("Enter")
    to(desk, "#assignee")
    choose(desk, "second-a")
    to(desk, "button[value=assign]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".history >> text=→ second-a")
    to(desk, ".apart > summary")
    desk.keyboard.press("Enter")
    desk.fill("#due", "2026-10-20")
    desk.press("#due", "Enter")
    desk.wait_for_selector(".history >> text=2026-10-20")
    assert "2026-10-20" in desk.inner_text(".standing")


def test_visit_is_added_to_an_open_case_by_keyboard_alone_on_a_narrow_screen(desk: Page, filled_web: Web) -> None:
    desk.set_viewport_size({"width": 390, "height": 900})
    desk.goto(f"{desk.url.rstrip('/')}/visits/{filled_web.visits['rich']}")
    to(desk, "a[href^='/cases/new']")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/cases/new?**")
    to(desk, "#into")
    wide = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{wide} px too wide"
    choose(desk, f"{filled_web.cases['agency-a']}:1")
    to(desk, "button[value=add]")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/cases/{filled_web.cases['agency-a']}")
    assert desk.locator(".held tbody tr").count() == 2


def test_money_is_entered_by_keyboard_alone(filled_web: Web, browser: Browser) -> None:
    case = filled_web.cases["agency-a"]
    for who, taken in (
        ("supervisor-a", {"action": "propose", "note": "a photo was held up", "seen_version": 1}),
        ("auditor", {"action": "approve", "seen_version": 2}),
    ):
        assert filled_web.client(who).post(f"/api/v1/cases/{case}/steps", json=taken).status_code == 200
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "auditor", PASSWORD)
        page = context.new_page()
        page.goto(f"{address}/cases/{case}")
        to(page, ".apart > summary")
        page.keyboard.press("Enter")
        to(page, "#recovered")
        page.keyboard.type("58.50")
        page.fill("#recovered-on", "2026-09-22")
        to(page, "button[value=recover]")
        page.keyboard.press("Enter")
        page.wait_for_selector(".standing >> text=¥58.50")
        assert "¥58.50" in page.inner_text(".history")
        close(context)


def test_paper_shows_what_was_done_and_no_form(desk: Page) -> None:
    page = opened(desk)
    page.keyboard.press("t")
    page.wait_for_selector(".standing .investigating")
    assert page.locator("#until").is_visible()
    page.wait_for_load_state()
    page.emulate_media(media="print")
    shown = [one for one in page.locator("form, textarea, button").all() if one.is_visible()]
    assert shown == []
    assert page.locator(".deciding .history").is_visible()


def test_all_that_is_for_information_is_taken_note_of_by_keys(empty_web: Web, browser: Browser) -> None:
    quiet = replace(rich_visit(), voice=MISSING)
    put(empty_web, [quiet, quiet], "device-1", "agency-a", KEY)
    with serving(empty_web.app) as address:
        context = logged_in(browser, address, "supervisor-a", PASSWORD)
        page = context.new_page()
        page.goto(f"{address}/?band=credible&class=info")
        ticks = page.locator("input.pick")
        for chosen in (2, 0, 2):
            page.keyboard.press("a")
            assert sum(tick.is_checked() for tick in ticks.all()) == chosen
        page.keyboard.press("c")
        page.wait_for_url("**/cases/new**")
        page.keyboard.press("y")
        page.wait_for_url("**/?band=credible&class=info")
        assert ticks.count() == 0
        close(context)


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
    to(page, ".finding > a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/*")
    assert page.locator("h1").is_visible()
    close(context)


def to(page: Page, selector: str) -> None:
    """Go on by Tab alone to what a selector names."""
    there = "(wanted) => document.activeElement.matches(wanted)"
    tab_to(page, selector, lambda: bool(page.evaluate(there, selector)))


def choose(page: Page, value: str) -> None:
    """Choose in the list that has the focus by arrow keys."""
    for _ in range(100):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not to be chosen")


def test_visit_is_corrected_and_the_edit_withdrawn_by_keyboard_alone(desk: Page, filled_web: Web) -> None:
    address = desk.url.rstrip("/")
    desk.goto(f"{address}/visits/{filled_web.visits['rich']}")
    to(desk, ".correct > summary")
    desk.keyboard.press("Enter")
    to(desk, "input[value=bed_making]")
    desk.keyboard.press("Space")
    to(desk, "#edit-codes")
    choose(desk, "wrong_item:order_compared")
    to(desk, "#edit-memo")
    desk.keyboard.type("1 pressed the line above")
    to(desk, ".edit button")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".edits > li")
    assert "1 pressed the line above" in desk.inner_text(".edits")
    to(desk, ".edits summary")
    desk.keyboard.press("Enter")
    to(desk, "#memo-1")
    desk.keyboard.type("slip of the finger")
    to(desk, ".edits button")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".edits > li:nth-child(2)")
    assert desk.locator(".facts .edited").count() == 0
    for width in (1280, NARROW):
        desk.set_viewport_size({"width": width, "height": 900})
        assert too_wide(desk) == 0, width
    assert shut_out(desk) == []


@pytest.fixture
def office(filled_web: Web, browser: Browser) -> Iterator[Page]:
    """An administrator's own desk, on the people of a server that may be changed."""
    with serving(filled_web.app) as address:
        context = logged_in(browser, address, "administrator", PASSWORD)
        page = context.new_page()
        page.goto(f"{address}/people")
        yield page
        close(context)


def test_person_is_added_by_keyboard_alone_and_chooses_their_own_password(office: Page, browser: Browser) -> None:
    to(office, "#name")
    office.keyboard.type("newcomer")
    for key in ("Tab", "ArrowDown", "Tab", "Enter"):
        office.keyboard.press(key)
    given = office.wait_for_selector(".secret")
    assert given is not None
    address = office.url.removesuffix("/people")
    context = logged_in(browser, address, "newcomer", given.inner_text())
    page = context.new_page()
    page.goto(address)
    page.wait_for_url("**/me")
    for field, typed in (
        ("#old", given.inner_text()),
        ("#new", "a password of my own"),
        ("#again", "a password of my own"),
    ):
        to(page, field)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me?changed=1")
    page.goto(address)
    assert page.url == f"{address}/"
    close(context)


def test_sessions_of_somebody_are_ended_by_keyboard_alone(office: Page, browser: Browser) -> None:
    address = office.url.removesuffix("/people")
    context = logged_in(browser, address, "supervisor-a", PASSWORD)
    page = context.new_page()
    page.goto(address)
    to(office, 'a[href="/people/supervisor-a"]')
    office.keyboard.press("Enter")
    office.wait_for_url("**/people/supervisor-a")
    to(office, 'button[value="end_all"]')
    office.keyboard.press("Enter")
    office.wait_for_selector("text=没有打开的会话或令牌")
    page.goto(address)
    assert "/login" in page.url
    close(context)
