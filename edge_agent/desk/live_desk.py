"""The desk of a running device: screens ask at it, the witness serves it, and neither waits for the other."""

import threading
from collections.abc import Callable, Iterable, Iterator, Set
from queue import SimpleQueue

from edge_agent.actions import CheckIn, CodeRefused, HandOver, VisitEvent
from edge_agent.day_orders import Order
from edge_agent.desk.asks import AboutThePast, Arrive, Ask, Pair, ShowOtherwise
from edge_agent.desk.awaiting import awaited
from edge_agent.desk.granting import granted
from edge_agent.desk.looking_back import LookingBack
from edge_agent.desk.order_views import LastSealed, ordered
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.past_view import PastView
from edge_agent.desk.showing import Showing
from edge_agent.desk.view import DeskView, SealedView, VisitView
from edge_agent.desk.wrong_codes import Tried
from edge_agent.errors import DeskError, Refusal
from edge_agent.outbox import WaitingRecord
from edge_agent.past_visit import PastVisit
from edge_agent.readings import CameraFrame
from edge_agent.visit_session import VisitSession
from edge_agent.visit_state import ENDINGS, TRANSITIONS
from visit_record.vocabulary import Ending, IdentityMethod

# A stop that cut a visit is told of at the next start, unless that is this much later: then nobody waits for it.
STOP_TOLD_MS = 900_000
# A screen need not know of every reading.
SHOW_EVERY_MS = 250
# Who was told that they are checked in reads that they are not, and why.
TURNED_AWAY_SHOWN_MS = 60_000


class LiveDesk:
    """Behind :class:`edge_agent.ports.Desk` for screens; for the witness, :meth:`people` and :meth:`look_on`.

    What people ask is checked against the table of states as the last view has it, so that a screen is answered at
    once; the visit itself decides, a moment later.
    """

    def __init__(self, parts: DeskParts, cut: Set[int] = frozenset()) -> None:
        """``cut`` is the records that this start sealed of visits which were cut short: the last of them is shown.

        So is the last visit of all where the stop before this start cut it short and sealed it itself.

        Raises:
            OutboxError: what was sealed before cannot be read.
        """
        self._parts = parts
        self._showing = Showing(parts)
        self._back = LookingBack(parts)
        # Reentrant, as SimpleQueue is: a signal may close the desk in a thread that is at it.
        self._changed = threading.Condition(threading.RLock())
        self._turn: SimpleQueue[VisitEvent | None] = SimpleQueue()
        self._arriving: Arrive | None = None
        self._turned_away: tuple[int, Refusal] | None = None
        self._visit: VisitView | None = None
        # Who comes after a power cut is not asked to check in to what is done, and is told what was cut.
        before = parts.notes.past.last_of_orders()
        self._last = {order: LastSealed(said.seq, said.ending) for order, said in before.items()}
        told = _cut_last(before.values(), cut, parts.wall_ms(parts.clock()))
        self._sealed = self._showing.sealed_before(told) if told else None
        self._sealed_at_ms = parts.clock()
        self._shown: tuple[int, object] = (0, None)
        self._version = 0
        self._idle = False
        self.closed = False

    def view(self) -> DeskView:
        """The device as it stands now."""
        # Before anything else: that nothing is left unsealed is true only of orders that say so.
        unsealed = self._parts.unsealed()
        with self._changed:
            visit, sealed, arriving, version = self._visit, self._sealed, self._arriving, self._version
            ago_ms = self._parts.clock() - self._sealed_at_ms
        now_ms, is_set = self._parts.wall_ms(self._parts.clock()), self._parts.clock_is_set()
        return DeskView(
            version=version,
            now_ms=now_ms,
            orders=self._showing.orders_to_choose(now_ms, self._last, is_set=is_set),
            opening=self._showing.ordered(arriving) if arriving else None,
            turned_away=self._why_turned_away(),
            visit=visit,
            sealed=self._showing.with_receipt(sealed, ago_ms) if sealed else None,
            waiting=self._parts.outbox.count(),
            unsealed=unsealed,
            closed=self.closed,
            clock_is_set=is_set,
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
                event = self._granted(ask)
                self._parts.mirror.heed(event)
                self._turn.put(event)
            self._touch()

    def past(self) -> PastView:
        """The past visits of whoever has just shown who they are."""
        with self._changed:
            return self._back.view()

    def mirror(self) -> CameraFrame | None:
        """What the camera sees of whoever checks in or out; ``None`` where it has given no picture yet.

        Raises:
            DeskError: nobody is looked at now, or nobody may see it.
        """
        if self.closed:
            raise DeskError(Refusal.CLOSED)
        return self._parts.mirror.picture(self._parts.clock())

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
                self._let_in_late(self._arriving)
        first = awaited(turn, beat)
        if first is not None:
            yield first
            yield from iter(turn.get, None)

    def look_on(self, session: VisitSession) -> None:
        """Show screens how a visit stands; called by the witness after whatever happened."""
        mark = (session.state, session.book.taps, session.method, session.looks.left, len(session.lost.told))
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
                self._parts.mirror.begin()
            self._parts.mirror.look(self._showing.mirrored(session))
            # Whoever came after closed the book, and the end of a visit shows nobody.
            if self._arriving is None and not session.over:
                self._back.follow(seen)
            self._touch()

    def shown(self) -> VisitView | None:
        """The visit that is shown."""
        with self._changed:
            return self._visit

    def sealed(self, ended: VisitView | None, record: WaitingRecord) -> None:
        """A visit that was shown is in the outbox."""
        with self._changed:
            if ended is not None:
                last = self._last[ordered(ended.order)] = LastSealed(record.seq, ENDINGS[ended.state])
                self._sealed = SealedView(ended.order, 0, last.seq, last.ending, ended.elapsed_s, waiting=True)
                self._sealed_at_ms = self._parts.clock()
            self._touch()

    def ended(self) -> None:
        """The visit that is shown is over, and sealed or left open."""
        with self._changed:
            self._visit = None
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
        order = self._ordered(ask)
        if self._arriving is not None or (self._visit is not None and self._visit.order.order == ask.order):
            raise DeskError(Refusal.NOT_NOW)
        self._arriving, self._turned_away = ask, None
        self._back.close()
        if self._idle:
            self._let_in(ask, order)
        elif self._visit is not None and HandOver in TRANSITIONS[self._visit.state]:
            self._turn.put(HandOver(self._parts.clock(), order.caregiver))

    def _let_in_late(self, ask: Arrive) -> None:
        """Whoever waited until the witness was there; what they checked in to may be ordered no more, or of others."""
        try:
            self._let_in(ask, self._ordered(ask))
        except DeskError as error:
            self._arriving, self._turned_away = None, (self._parts.clock(), error.refusal)
            self._touch()

    def _let_in(self, ask: Arrive, order: Order) -> None:
        at_ms, face = self._parts.clock(), IdentityMethod.FACE
        self._turn.put(CheckIn(at_ms, order.caregiver, order.recipient, order.planned, ask.consents, face))

    def _ordered(self, ask: Arrive) -> Order:
        order = self._parts.orders().named(ask.order)
        if order is None:
            raise DeskError(Refusal.UNKNOWN_ORDER, ask.order)
        if Pair(order.caregiver, order.recipient) != ask.asked:
            raise DeskError(Refusal.OTHERS_ORDER, ask.order)
        return order

    def _why_turned_away(self) -> Refusal | None:
        with self._changed:
            at_ms, refusal = self._turned_away or (0, None)
        return refusal if self._parts.clock() - at_ms < TURNED_AWAY_SHOWN_MS else None

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


def _cut_last(before: Iterable[PastVisit], cut: Set[int], now_ms: int) -> PastVisit | None:
    """The visit that was cut last, by what this start found or by the stop just before it."""
    by_seq = sorted(before, key=lambda said: said.seq)
    # A clock that is not set yet stands where it was saved, before the stop: it may not hide what was cut.
    stopped = {
        said.seq
        for said in by_seq[-1:]
        if said.ending is Ending.INTERRUPTED and now_ms - said.check_out_ms < STOP_TOLD_MS
    }
    return next((said for said in reversed(by_seq) if said.seq in {*cut, *stopped}), None)
