"""Who may see past visits at a desk, for how long, and what comes of what they write."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.actions import CheckIn, CheckOut
from edge_agent.codes import hashed
from edge_agent.day_orders import KnownCaregiver
from edge_agent.desk.asks import Contest, Leave, LookAway, LookBack, ReadOn, ShowOtherwise
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.desk.looking_back import MOST_NOTES, READ_FOR_S, LookingBack, shown_by
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.viewing import Fitted
from edge_agent.desk.wrong_codes import FIRST_REST_MS, FREE_TRIES, WrongCodes
from edge_agent.errors import DeskError, Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.identity import Identity
from edge_agent.mirror import Mirror
from edge_agent.outbox import Outbox
from edge_agent.past_visits import Delivery
from edge_agent.readings import CameraFrame
from edge_agent.timeline import Happening, TimePassed
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import VisitState
from tests.desk.room import GRANTED, ORDERS, PIN, ZONE, Room, arrive
from tests.edge_agent.stage import BLACK, staged_senses
from tests.edge_agent.test_past_visits import Home
from tests.kiosk.fake import ORDER, UNKNOWN, VISIT
from visit_record.note import MOST_TEXT
from visit_record.vocabulary import ContestReason, IdentityMethod, Modality

TWO = replace(
    ORDERS, caregiver=(*ORDERS.caregiver, KnownCaregiver("caregiver-2", "护理员丙", hashed("9999", bytes(16))))
)
RECOGNISED = replace(VISIT, look=replace(UNKNOWN, recognition=Recognition.EXPECTED))
AT_MS = 1_767_600_000_000
OPEN = LookBack("caregiver-1", PIN)


@dataclass
class Book:
    """What lies open at a desk, and a clock that stands still until a test moves it."""

    home: Home
    folder: Path
    now_s: float = 0.0
    parts: DeskParts = field(init=False)
    back: LookingBack = field(init=False)

    def __post_init__(self) -> None:
        self.parts = DeskParts(
            lambda: 0, lambda at_ms: AT_MS + at_ms, ZONE, lambda: TWO, self.home.outbox, Fitted(set(Modality)),
            lambda _: False, self.home.writer, Mirror(), lambda: 0, lambda: True,
            WrongCodes(self.folder / "wrong_codes.json"),
        )  # fmt: skip
        self.back = LookingBack(self.parts, lambda: self.now_s)

    def reader(self) -> str | None:
        told = self.back.view().reader
        return told.caregiver if told else None

    def refused(self, ask: LookBack | Contest) -> Refusal:
        with pytest.raises(DeskError) as error:
            self.back.ask(ask, AT_MS)
        return error.value.refusal


@pytest.fixture
def book(identity: Identity, outbox: Outbox, tmp_path: Path) -> Book:
    return Book(Home(identity, outbox), tmp_path)


def test_a_pin_opens_ones_own_visits_and_a_wrong_one_opens_nothing(book: Book) -> None:
    kept = book.home.visit()
    assert book.refused(LookBack("caregiver-1", "9999")) is Refusal.WRONG_PIN
    assert book.refused(LookBack("nobody", PIN)) is Refusal.WRONG_PIN
    assert (book.reader(), book.back.view().visits) == (None, ())
    book.back.ask(OPEN, AT_MS)
    assert book.back.view().named(kept.said.visit) is not None
    book.back.ask(LookBack("caregiver-2", "9999"), AT_MS)
    assert (book.reader(), book.back.view().visits) == ("caregiver-2", ())


def test_pins_are_not_guessed(book: Book) -> None:
    for _ in range(FREE_TRIES):
        assert book.refused(LookBack("caregiver-1", "0000")) is Refusal.WRONG_PIN
    assert book.refused(OPEN) is Refusal.WAIT_WITH_PINS
    book.back.ask(LookBack("caregiver-2", "9999"), AT_MS)
    assert book.reader() == "caregiver-2", "nobody else waits"
    book.back.ask(OPEN, AT_MS + FIRST_REST_MS)
    assert book.reader() == "caregiver-1"


def test_whoever_goes_away_without_a_word_leaves_no_open_book(book: Book) -> None:
    book.back.ask(OPEN, AT_MS)
    for _ in range(3):
        book.now_s += READ_FOR_S - 1
        assert book.reader() == "caregiver-1", "whoever reads on goes on reading"
    book.now_s += READ_FOR_S + 1
    assert book.reader() is None


def test_who_touches_the_page_reads_on_and_a_book_that_was_closed_stays_closed(book: Book) -> None:
    book.back.ask(OPEN, AT_MS)
    for _ in range(3):
        book.now_s += READ_FOR_S - 1
        book.back.ask(ReadOn(), AT_MS)
    book.now_s += READ_FOR_S - 1
    assert book.reader() == "caregiver-1"
    book.now_s += READ_FOR_S + 1
    book.back.ask(ReadOn(), AT_MS)
    assert book.reader() is None


def test_who_shows_their_face_may_look_once_for_each_time_they_show_it(book: Book) -> None:
    book.back.follow(VISIT)
    assert book.reader() is None, "not recognised"
    book.back.follow(RECOGNISED)
    assert book.back.view().reader is not None
    book.back.ask(LookAway(), AT_MS)
    book.back.follow(RECOGNISED)
    assert book.reader() is None, "the visit goes on, and somebody else may stand at the screen"
    book.back.follow(replace(RECOGNISED, state=VisitState.CHECKING_OUT))
    assert book.reader() == "caregiver-1", "looked at again as she goes"


def test_a_wall_clock_that_wavers_shows_nobody_anew(book: Book) -> None:
    book.back.follow(RECOGNISED)
    book.back.ask(LookAway(), AT_MS)
    for by_ms in (1, -1, 0, 250):
        book.back.follow(replace(RECOGNISED, began_ms=RECOGNISED.began_ms + by_ms))
        assert book.reader() is None
    book.back.ask(LookBack("caregiver-2", "9999"), AT_MS)
    book.back.follow(replace(RECOGNISED, began_ms=RECOGNISED.began_ms + 2))
    assert book.reader() == "caregiver-2"


def test_in_the_next_visit_a_face_is_shown_anew(book: Book) -> None:
    book.back.follow(RECOGNISED)
    book.back.close()
    book.back.begin()
    book.back.follow(RECOGNISED)
    assert book.reader() == "caregiver-1"


def test_in_somebody_elses_visit_a_pin_opens_all_the_same(book: Book) -> None:
    other = replace(VISIT, order=replace(ORDER, caregiver="caregiver-2"), began_ms=VISIT.began_ms + 1)
    book.back.ask(OPEN, AT_MS)
    book.back.follow(other)
    assert book.reader() == "caregiver-1"


def test_whoever_comes_to_check_in_finds_no_open_book(book: Book) -> None:
    book.back.ask(OPEN, AT_MS)
    book.back.close()
    assert book.reader() is None


@pytest.mark.parametrize(
    ("method", "opens"),
    [
        (IdentityMethod.PIN, True),
        (IdentityMethod.SUPERVISOR_CODE, True),
        # Anybody's voice is taken as the way in, and judged by the server alone.
        (IdentityMethod.VOICE, False),
        (IdentityMethod.FACE, False),
    ],
)
def test_the_way_in_counts(method: IdentityMethod, opens: bool) -> None:
    assert (shown_by(replace(VISIT, method=method)) is not None) is opens


def test_a_note_says_how_its_writer_was_known_and_is_sealed_at_once(book: Book) -> None:
    kept = book.home.visit()
    book.back.follow(RECOGNISED)
    book.back.ask(Contest(kept.said.visit, ContestReason.TIME, "  late\r\nvery\t"), AT_MS)
    (seen,) = book.back.view().visits
    (note,) = seen.notes
    assert (note.note.text, note.note.shown_by, note.note.iat) == ("late\nvery", IdentityMethod.FACE, AT_MS // 1000)
    assert (note.delivery, book.home.outbox.head().seq) == (Delivery.WAITING, 2)


def test_a_form_that_was_sent_twice_is_one_note(book: Book) -> None:
    kept = book.home.visit()
    book.back.ask(OPEN, AT_MS)
    for _ in range(2):
        book.back.ask(Contest(kept.said.visit, ContestReason.TIME, "late"), AT_MS)
    assert len(book.home.kept()[0].notes) == 1


def test_what_cannot_be_written_says_why_and_writes_nothing(book: Book) -> None:
    visit = book.home.visit().said.visit
    assert book.refused(Contest(visit, ContestReason.TIME)) is Refusal.SHOW_WHO
    book.back.ask(OPEN, AT_MS)
    refused = {
        Contest(visit, ContestReason.OTHER, " \n "): Refusal.SAY_WHAT,
        Contest(visit, ContestReason.TIME, "x" * (MOST_TEXT + 1)): Refusal.TOO_LONG,
        Contest(visit, ContestReason.TIME, "a\x00"): Refusal.UNREADABLE,
        Contest("nowhere", ContestReason.TIME): Refusal.NOT_YOURS,
    }
    for ask, why in refused.items():
        assert book.refused(ask) is why
    book.back.ask(LookBack("caregiver-2", "9999"), AT_MS)
    assert book.refused(Contest(visit, ContestReason.TIME)) is Refusal.NOT_YOURS
    assert book.home.outbox.head().seq == 1


def test_a_visit_has_room_for_so_many_notes(book: Book) -> None:
    visit = book.home.visit().said.visit
    book.back.ask(OPEN, AT_MS)
    for number in range(MOST_NOTES):
        book.back.ask(Contest(visit, ContestReason.TIME, f"{number}"), AT_MS)
    assert book.refused(Contest(visit, ContestReason.TIME, "one more")) is Refusal.NOTES_FULL


def test_after_a_visit_at_the_desk_its_caregiver_sees_it_and_contests_it(room: Room) -> None:
    room.desk.ask(arrive("order-1", GRANTED))
    room.visit(lambda visit: visit.look is not None and visit.look.recognition is Recognition.EXPECTED)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    past = room.desk.past()
    assert past.reader is not None
    (kept,) = past.visits
    room.desk.ask(Contest(kept.said.visit, ContestReason.NOT_SEEN))
    assert room.desk.view().waiting == 2
    room.desk.ask(arrive("order-2", ()))
    room.wait(lambda view: view.visit is not None)
    assert room.desk.past().reader is None


def test_a_note_is_written_while_a_visit_goes_on_and_takes_its_place_before_it(room: Room) -> None:
    room.desk.ask(arrive("order-1", GRANTED))
    room.any_visit()
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    room.desk.ask(arrive("order-1", ()))
    room.any_visit()
    room.desk.ask(ShowOtherwise(IdentityMethod.PIN, PIN))
    room.visit(lambda visit: visit.method is IdentityMethod.PIN)
    (kept,) = room.desk.past().visits
    room.desk.ask(Contest(kept.said.visit, ContestReason.TIME, "late"))
    room.desk.ask(Leave())
    assert room.wait(lambda view: view.sealed is not None).sealed.seq == 3  # type: ignore[union-attr]


@dataclass
class Leaving:
    """A visit that a test lives by hand, shown to a desk after each thing that happens in it."""

    desk: LiveDesk
    session: VisitSession

    def happen(self, *happenings: Happening) -> None:
        for one in happenings:
            self.session.happen(one)
            self.desk.look_on(self.session)

    def reader(self) -> str | None:
        told = self.desk.past().reader
        return told.caregiver if told else None


@pytest.fixture
def leaving(book: Book) -> Leaving:
    """Nobody was looked at before the check-out, which is under way."""
    desk = LiveDesk(book.parts)
    desk.ask(arrive("order-1", GRANTED))
    arrival = next(desk.people())
    assert isinstance(arrival, CheckIn)
    leaving = Leaving(desk, VisitSession(arrival, staged_senses(), CheckSettings(settle_s=0), VisitSettings()))
    leaving.happen(TimePassed(60_000), CheckOut(60_000))
    assert leaving.reader() is None
    return leaving


def looks(*at_ms: int) -> list[CameraFrame]:
    return [CameraFrame(one, BLACK) for one in at_ms]


def test_a_face_that_is_shown_in_going_opens_the_book_until_it_is_closed(leaving: Leaving) -> None:
    leaving.happen(*looks(61_000, 62_000, 63_000))
    assert leaving.reader() == "caregiver-1"
    leaving.desk.ask(LookAway())
    leaving.happen(TimePassed(120_000))
    assert leaving.session.course.over
    assert leaving.reader() is None, "the end of a visit shows nobody"


def test_the_book_that_the_next_check_in_closed_stays_closed(leaving: Leaving) -> None:
    leaving.desk.ask(arrive("order-2", ()))
    leaving.happen(*looks(61_000, 62_000, 63_000), TimePassed(120_000))
    assert leaving.session.course.over
    assert leaving.reader() is None
