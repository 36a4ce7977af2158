"""The whole way of a note: lived, seen, contested at the screen in a real browser, taken in by the server, received."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from edge_agent.desk.asks import BeginItem, Leave
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.identity import Identity, create_identity
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.serving import served as screen_of
from edge_agent.outbox import Outbox
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.devices import enrol
from ingest_server.store.scope import Everything
from ingest_server.store.visit_notes import NoteFilter, NoteLine, NoteStanding, notes_page
from tests.chromium import close, tab_to
from tests.desk.room import GRANTED, PIN, ZONE, Room, arrive, open_room
from tests.ingest_server.conftest import NOW_MS, SERVER_KEY, Served, arrival, enrolment, served_on
from tests.ingest_server.stores import new_store
from tests.kiosk.test_browser import window
from visit_record.receipts import open_receipt
from visit_record.vocabulary import ContestReason, IdentityMethod

pytestmark = pytest.mark.browser
WORDS = "我十点半才走。\nI left at half past ten."


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return create_identity(tmp_path / "identity", "device-1", "agency-a")


@pytest.fixture
def room(tmp_path: Path, identity: Identity) -> Iterator[Room]:
    """After a visit in which the caregiver was recognised, and before the next one."""
    with Outbox(tmp_path / "outbox.db", "device-1") as outbox, open_room(identity, outbox) as room:
        room.desk.ask(arrive("order-1", GRANTED))
        room.visit(lambda visit: visit.look is not None and visit.look.recognition is Recognition.EXPECTED)
        room.desk.ask(BeginItem("feeding"))
        room.desk.ask(Leave())
        room.wait(lambda view: view.sealed is not None)
        yield room


@pytest.fixture
def address(room: Room) -> Iterator[str]:
    with screen_of(kiosk_app(room.desk, ZONE), 0) as found:
        yield found


@pytest.fixture
def server(tmp_path: Path, identity: Identity) -> Iterator[Served]:
    database = new_store(tmp_path / "server.db")
    enter_shipped_rules(database)
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", identity.key)], NOW_MS)
    yield served_on(database)
    database.close()


def carried(room: Room, server: Served) -> list[NoteLine]:
    """All that waits goes to the server, whose receipts come back; the notes that it then has."""
    waiting = [one.sealed for one in room.outbox.pending(99)]
    replies = server.intake.take([arrival(sealed) for sealed in waiting])
    room.outbox.accept_all([open_receipt(one.receipt, SERVER_KEY.public_key()) for one in replies])
    room.desk.refresh()
    with server.database.reading() as connection:
        return [line for _, line in notes_page(connection, Everything(), NoteFilter(), 9)]


def test_a_caregiver_sees_what_was_said_contests_it_and_it_arrives(
    room: Room, address: str, browser: Browser, server: Served
) -> None:
    context = window(browser, address, "zh", 800)
    page = context.new_page()
    page.goto(address)
    page.locator("#past").tap()
    page.locator("#visit-1").tap()
    assert "协助进食、水" in page.locator(".told").inner_text()
    assert "已认出本人" in page.locator(".told").inner_text()
    page.locator("#contest").tap()
    page.locator("label:has(#reason-time)").tap()
    page.locator("#text").fill(WORDS)
    page.locator("#send").tap()
    page.locator(".notes").get_by_text("2 号 等待发送").wait_for()
    (line,) = carried(room, server)
    assert (line.text, line.reason, line.shown_by) == (WORDS, ContestReason.TIME, IdentityMethod.FACE)
    assert (line.standing, line.seq, line.about.seq) == (NoteStanding.OWN, 2, 1)
    page.reload()
    page.locator(".notes").get_by_text("2 号 ✓ 服务器已收到").wait_for()
    close(context)


def test_by_keyboard_in_english_with_a_pin_and_without_scripts(
    room: Room, address: str, browser: Browser, server: Served
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.add_cookies([{"name": "carewitness-language", "value": "en", "url": address}])
    page = context.new_page()
    page.goto(f"{address}/past")
    by_keys(page, "done")
    by_keys(page, "past")
    press_at(page, "code-past", PIN)
    by_keys(page, "visit-1")
    by_keys(page, "contest")
    press_at(page, "text", "It was dark.")
    by_keys(page, "send")
    # A reason is wanted: the form stays where it is.
    page.locator("#reason-not_seen").focus()
    page.keyboard.press("Space")
    by_keys(page, "send")
    assert "number 2" in page.locator(".notes").inner_text()
    (line,) = carried(room, server)
    assert (line.text, line.reason, line.shown_by) == ("It was dark.", ContestReason.NOT_SEEN, IdentityMethod.PIN)
    close(context)


def test_words_outlive_a_book_that_was_closed_while_they_were_typed(
    room: Room, address: str, browser: Browser, server: Served
) -> None:
    context = window(browser, address, "zh", 800)
    page = context.new_page()
    page.goto(f"{address}/past")
    page.locator("#visit-1").tap()
    page.locator("#contest").tap()
    page.locator("label:has(#reason-other)").tap()
    page.locator("#text").fill(WORDS)
    # Somebody else checks in meanwhile.
    room.desk.ask(arrive("order-2", ()))
    page.locator("#send").tap()
    page.get_by_text("请先证明是本人").wait_for()
    assert page.locator("#text").input_value() == WORDS
    for key in PIN:
        page.locator(f'.keypad [data-key="{key}"]').tap()
    page.locator("#send").tap()
    page.locator(".notes").wait_for()
    lines = carried(room, server)
    assert [(line.text, line.shown_by) for line in lines] == [(WORDS, IdentityMethod.PIN)]
    close(context)


def press_at(page: Page, id_: str, text: str) -> None:
    """Type into a field, and in a line of its own send it."""
    page.wait_for_selector(f"#{id_}")
    tab_to(page, id_, lambda: page.evaluate("document.activeElement.id") == id_)
    page.keyboard.type(text)
    if id_.startswith("code"):
        page.keyboard.press("Enter")


def by_keys(page: Page, id_: str) -> None:
    page.wait_for_selector(f"#{id_}")
    page.locator(f"#{id_}").focus()
    page.keyboard.press("Enter")
