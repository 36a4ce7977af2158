"""Who may see past visits at a desk, and what they may write of them. Called under the desk's lock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from edge_agent.desk.asks import AboutThePast, Contest, LookAway, LookBack, ReadOn
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.past_view import DoorView, PastView, ReaderView
from edge_agent.desk.view import VisitView
from edge_agent.desk.wrong_codes import Tried
from edge_agent.errors import DeskError, OutboxError, Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.note_writing import Written
from edge_agent.past_visits import KeptVisit
from edge_agent.visit_state import VisitState
from visit_record.errors import RefusedError
from visit_record.note import MOST_TEXT, kept_text
from visit_record.vocabulary import ContestReason, IdentityMethod

# Whoever goes away without a word leaves an open book behind.
READ_FOR_S: Final = 180.0
# Of one visit: some kilobytes of chain at most.
MOST_NOTES: Final = 10


@dataclass(frozen=True)
class Reader:
    """Somebody who has shown who they are, and until when of the program's own clock that holds."""

    caregiver: str
    shown_by: IdentityMethod
    until_s: float


_Showing = tuple[IdentityMethod, tuple[int, bool] | None]


class LookingBack:
    """One reader at a time: a device has one screen."""

    def __init__(self, parts: DeskParts, now_s: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._now_s = now_s
        self._reader: Reader | None = None
        self._taken: set[_Showing] = set()

    def begin(self) -> None:
        """Another visit begins: what was shown in the one before is not what is shown in this."""
        # Not told by when it began, which the wall clock says a little differently at each look.
        self._taken = set()

    def follow(self, visit: VisitView) -> None:
        """Whoever shows in their visit who they are may look back, for a little while."""
        method, shown = shown_by(visit), _showing(visit)
        if method is not None and shown not in self._taken:
            # Once for each time that somebody shows it: who has closed the book, or left it, does not find it open.
            self._taken.add(shown)
            self._reader = Reader(visit.order.caregiver, method, self._now_s() + READ_FOR_S)

    def close(self) -> None:
        """Somebody else comes to the screen."""
        self._reader = None

    def view(self) -> PastView:
        """The reader's visits; whoever reads on goes on reading.

        Raises:
            DeskError: they cannot be read.
        """
        reader, orders = self._current(), self._parts.orders()
        if reader is None:
            doors = (DoorView(one.id, one.name) for one in orders.caregiver if one.pin)
            return PastView(None, doors=tuple(doors))
        told = ReaderView(reader.caregiver, orders.name_of_caregiver(reader.caregiver), reader.shown_by)
        visits = self._visits_of(reader)
        names = {one.said.recipient: orders.name_of_recipient(one.said.recipient) for one in visits}
        return PastView(told, tuple(visits), names)

    def ask(self, ask: AboutThePast, at_utc_ms: int) -> None:
        """Let somebody in, out, read on, or write.

        Raises:
            DeskError: it cannot be had, and nothing changed.
        """
        match ask:
            case LookBack(caregiver=caregiver, code=code):
                self._admit(caregiver, code, at_utc_ms)
            case LookAway():
                self._reader = None
            case ReadOn():
                self._current()
            case Contest():
                self._contest(ask, at_utc_ms)

    def _admit(self, caregiver: str, code: str, at_utc_ms: int) -> None:
        kept = self._parts.orders().pin_of(caregiver)
        tried = Tried.WRONG if kept is None else self._parts.wrong_codes.tried(code, kept, at_utc_ms)
        if tried is not Tried.RIGHT:
            raise DeskError(Refusal.WAIT_WITH_PINS if tried is Tried.RESTS else Refusal.WRONG_PIN)
        self._reader = Reader(caregiver, IdentityMethod.PIN, self._now_s() + READ_FOR_S)

    def _current(self) -> Reader | None:
        if self._reader is not None and self._reader.until_s < self._now_s():
            self._reader = None
        if self._reader is not None:
            self._reader = Reader(self._reader.caregiver, self._reader.shown_by, self._now_s() + READ_FOR_S)
        return self._reader

    def _contest(self, ask: Contest, at_utc_ms: int) -> None:
        reader = self._current()
        if reader is None:
            raise DeskError(Refusal.SHOW_WHO)
        text = kept_text(ask.text)
        if text is None and ask.reason is ContestReason.OTHER:
            raise DeskError(Refusal.SAY_WHAT)
        if text is not None and len(text) > MOST_TEXT:
            raise DeskError(Refusal.TOO_LONG)
        kept = self._own(reader, ask.visit)
        if any((one.note.reason, one.note.text) == (ask.reason, text) for one in kept.notes):
            # A form that was sent twice is one note.
            return
        if len(kept.notes) >= MOST_NOTES:
            raise DeskError(Refusal.NOTES_FULL)
        self._write(Written(kept.said, reader.shown_by, ask.reason, text), at_utc_ms)

    def _own(self, reader: Reader, visit: str) -> KeptVisit:
        for kept in self._visits_of(reader):
            if kept.said.visit == visit:
                return kept
        raise DeskError(Refusal.NOT_YOURS)

    def _visits_of(self, reader: Reader) -> list[KeptVisit]:
        try:
            return self._parts.notes.past.of_caregiver(reader.caregiver)
        except OutboxError as cause:
            raise DeskError(Refusal.NOT_NOW, str(cause)) from cause

    def _write(self, written: Written, at_utc_ms: int) -> None:
        try:
            self._parts.notes.write(written, at_utc_ms)
        except RefusedError as cause:
            raise DeskError(Refusal.UNREADABLE, str(cause)) from cause
        except OutboxError as cause:
            raise DeskError(Refusal.NOT_STORED, str(cause)) from cause


def _showing(visit: VisitView) -> _Showing:
    """One time of showing who one is: a face is looked at again whenever somebody checks in, tries again or goes."""
    if visit.method is not IdentityMethod.FACE or visit.look is None:
        return visit.method, None
    return visit.method, (visit.look.looks_left, visit.state is VisitState.CHECKING_OUT)


def shown_by(visit: VisitView) -> IdentityMethod | None:
    """How the caregiver of a visit has shown who they are; ``None`` where that would not do to open anybody's past.

    A voice is reported and not judged on the device, so that anybody's would do.
    """
    match visit.method:
        case IdentityMethod.PIN | IdentityMethod.SUPERVISOR_CODE:
            return visit.method
        case IdentityMethod.FACE:
            seen = visit.look is not None and visit.look.recognition is Recognition.EXPECTED
            return IdentityMethod.FACE if seen else None
        case _:
            return None
