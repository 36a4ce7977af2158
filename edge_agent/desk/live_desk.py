"""The desk of a running device: screens ask at it, the witness serves it, and neither waits for the other."""

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from edge_agent.actions import CheckIn, CodeRefused, HandOver, VisitEvent
from edge_agent.desk.asks import AboutThePast, Arrive, Ask, ShowOtherwise
from edge_agent.desk.granting import granted
from edge_agent.desk.looking_back import LookingBack
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.past_view import PastView
from edge_agent.desk.showing import Showing
from edge_agent.desk.view import DeskView, SealedView, VisitView
from edge_agent.desk.wrong_codes import Tried
from edge_agent.errors import DeskError, Refusal
from edge_agent.visit_session import VisitSession
from edge_agent.visit_state import ENDINGS, TRANSITIONS
from edge_agent.witness import SealedVisit
from visit_record.vocabulary import IdentityMethod

# A screen need not know of every reading.
SHOW_EVERY_MS = 250
BEAT_EVERY_S = 0.5


class LiveDesk:
    """Behind :class:`edge_agent.ports.Desk` for screens; for the witness, :meth:`people` and :meth:`look_on`.

    What people ask is checked against the table of states as the last view has it, so that a screen is answered at
    once; the visit itself decides, a moment later.
    """

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._showing = Showing(parts)
        self._back = LookingBack(parts)
        # Reentrant, as SimpleQueue is: a signal may close the desk in a thread that is at it.
        self._changed = threading.Condition(threading.RLock())
        self._turn: SimpleQueue[VisitEvent | None] = SimpleQueue()
        self._arriving: Arrive | None = None
        self._visit: VisitView | None = None
        self._sealed: SealedView | None = None
        self._seqs: dict[str, int] = {}
        self._shown: tuple[int, object] = (0, None)
        self._version = 0
        self._idle = False
        self.closed = False

    def view(self) -> DeskView:
        """The device as it stands now."""
        with self._changed:
            visit, sealed, arriving, version = self._visit, self._sealed, self._arriving, self._version
        now_ms = self._parts.wall_ms(self._parts.clock())
        return DeskView(
            version=version,
            now_ms=now_ms,
            orders=self._showing.orders_of_day(now_ms, self._seqs),
            opening=self._showing.ordered(arriving) if arriving else None,
            visit=visit,
            sealed=self._showing.with_receipt(sealed) if sealed else None,
            waiting=self._parts.outbox.count(),
            closed=self.closed,
        )

    def ask(self, ask: Ask) -> None:
        """Ask for something.

        Raises:
            DeskError: it cannot be had, and nothing changed.
        """
        with self._changed:
            if self.closed:
                raise DeskError(Refusal.CLOSED)
            if isinstance(ask, Arrive):
                self._arrive(ask)
            elif isinstance(ask, AboutThePast):
                self._back.ask(ask, self._parts.wall_ms(self._parts.clock()))
            else:
                self._turn.put(self._granted(ask))
            self._touch()

    def past(self) -> PastView:
        """The past visits of whoever has just shown who they are."""
        with self._changed:
            return self._back.view()

    def await_change(self, version: int, timeout_s: float) -> int:
        """Wait until the view's version is another than this, or the time is up; the version then."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self._version != version, timeout_s)
            return self._version

    def people(self, beat: Callable[[], None] = lambda: None) -> Iterator[VisitEvent]:
        """What people do in the next visit, as they do it; ends when the desk is closed or a later visit begins.

        ``beat`` is called again and again while nobody has come yet: whoever waits is at work.
        """
        with self._changed:
            self._turn.put(None)
            turn = self._turn = SimpleQueue()
            self._idle = True
            if self.closed:
                turn.put(None)
            elif self._arriving is not None:
                self._let_in(self._arriving)
        first = _awaited(turn, beat)
        if first is not None:
            yield first
            yield from iter(turn.get, None)

    def look_on(self, session: VisitSession) -> None:
        """Show screens how a visit stands; called by the witness after whatever happened."""
        mark = (session.state, session.book.taps, session.method, session.looks_left, len(session.lost))
        shown_ms, shown = self._shown
        if mark == shown and 0 <= session.now_ms - shown_ms < SHOW_EVERY_MS:
            return
        self._shown = session.now_ms, mark
        seen = self._showing.visit(session)
        with self._changed:
            self._visit = seen
            if self._idle:
                self._idle, self._arriving, self._sealed = False, None, None
                self._back.begin()
            # Whoever came after closed the book, and the end of a visit shows nobody.
            if self._arriving is None and not session.over:
                self._back.follow(seen)
            self._touch()

    def sealed(self, visit: SealedVisit) -> None:
        """The visit that was shown last is in the outbox."""
        with self._changed:
            ended, self._visit = self._visit, None
            if ended is not None:
                at_ms, seq = self._parts.wall_ms(self._parts.clock()), visit.record.seq
                self._seqs[ended.order.order] = seq
                self._sealed = SealedView(ended.order, at_ms, seq, ENDINGS[ended.state], ended.elapsed_s, waiting=True)
            self._touch()

    def refresh(self) -> None:
        """Something changed beside the visit: a receipt came."""
        with self._changed:
            self._touch()

    def close(self) -> None:
        """Let no visit begin any more, and end the one that is under way."""
        with self._changed:
            self.closed = True
            self._turn.put(None)
            self._touch()

    def _touch(self) -> None:
        self._version += 1
        self._changed.notify_all()

    def _arrive(self, ask: Arrive) -> None:
        order = self._parts.orders().named(ask.order)
        if order is None:
            raise DeskError(Refusal.UNKNOWN_ORDER, ask.order)
        if self._arriving is not None or (self._visit is not None and self._visit.order.order == ask.order):
            raise DeskError(Refusal.NOT_NOW)
        self._arriving = ask
        self._back.close()
        if self._idle:
            self._let_in(ask)
        elif self._visit is not None and HandOver in TRANSITIONS[self._visit.state]:
            self._turn.put(HandOver(self._parts.clock(), order.caregiver))

    def _let_in(self, ask: Arrive) -> None:
        order = self._parts.orders().named(ask.order)
        if order is None:
            self._arriving = None
            return
        at_ms, face = self._parts.clock(), IdentityMethod.FACE
        self._turn.put(CheckIn(at_ms, order.caregiver, order.recipient, order.planned, ask.consents, face))

    def _granted(self, ask: Ask) -> VisitEvent:
        if self._visit is None:
            raise DeskError(Refusal.NOT_NOW)
        at_ms = self._parts.clock()
        try:
            return granted(ask, self._visit, at_ms, self._parts.orders(), self._tried)
        except DeskError as error:
            if error.refusal is Refusal.WRONG_CODE and isinstance(ask, ShowOtherwise):
                self._turn.put(CodeRefused(at_ms, ask.method))
            raise

    def _tried(self, code: str, kept: str) -> Tried:
        return self._parts.wrong_codes.tried(code, kept, self._parts.wall_ms(self._parts.clock()))


def _awaited(turn: SimpleQueue[VisitEvent | None], beat: Callable[[], None]) -> VisitEvent | None:
    while True:
        try:
            return turn.get(timeout=BEAT_EVERY_S)
        except Empty:
            beat()
