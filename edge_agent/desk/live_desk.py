"""The desk of a running device: screens ask at it, the witness serves it, and neither waits for the other."""

import threading
from collections.abc import Callable, Iterator, Set
from queue import SimpleQueue

from edge_agent.actions import CodeRefused, VisitEvent
from edge_agent.desk.arrivals import Arrivals
from edge_agent.desk.asks import AboutThePast, Arrive, Ask, ShowOtherwise
from edge_agent.desk.awaiting import awaited
from edge_agent.desk.granting import granted
from edge_agent.desk.looking_back import LookingBack
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.past_view import PastView
from edge_agent.desk.sealings import Sealings
from edge_agent.desk.showing import Showing
from edge_agent.desk.view import DeskView, VisitView
from edge_agent.desk.wrong_codes import Tried
from edge_agent.errors import DeskError, Refusal
from edge_agent.outbox import WaitingRecord
from edge_agent.readings import CameraFrame
from edge_agent.visit_session import VisitSession

# A screen need not know of every reading.
SHOW_EVERY_MS = 250


class LiveDesk:
    """Behind :class:`edge_agent.ports.Desk` for screens; for the witness, :meth:`people` and :meth:`look_on`.

    What people ask is checked against the table of states as the last view has it, so that a screen is answered at
    once; the visit itself decides, a moment later.

    One lock guards what screens and the witness share: the visit that is shown, the version, the turn, and all that
    :class:`Arrivals`, :class:`Sealings` and :class:`LookingBack` keep, which take no lock themselves. Screens' threads
    hold it to ask and to look, the witness's to open a turn and to show, a signal to close. Nobody holds it while they
    wait, and :meth:`view` reads orders and outbox without it.
    """

    def __init__(self, parts: DeskParts, cut: Set[int] = frozenset()) -> None:
        """``cut`` is the records that this start sealed of visits which were cut short.

        Raises:
            OutboxError: what was sealed before cannot be read.
        """
        self._parts = parts
        self._showing = Showing(parts)
        self._back = LookingBack(parts)
        self._arrivals = Arrivals(parts.clock, parts.orders)
        self._sealings = Sealings(self._showing, cut)
        # Reentrant, as SimpleQueue is: a signal may close the desk in a thread that is at it.
        self._changed = threading.Condition(threading.RLock())
        self._turn: SimpleQueue[VisitEvent | None] = SimpleQueue()
        self._visit: VisitView | None = None
        self._shown: tuple[int, object] = (0, None)
        self._version = 0
        self.closed = False

    def view(self) -> DeskView:
        """The device as it stands now."""
        # Before anything else: that nothing is left unsealed is true only of orders that say so.
        unsealed = self._parts.unsealed()
        with self._changed:
            visit, version = self._visit, self._version
            opening, turned_away = self._arrivals.opening, self._arrivals.turned_away()
            sealed = self._sealings.last()
        now_ms, is_set = self._parts.wall_ms(self._parts.clock()), self._parts.clock_is_set()
        return DeskView(
            version=version,
            now_ms=now_ms,
            orders=self._showing.orders_to_choose(now_ms, self._sealings.of_orders, is_set=is_set),
            opening=self._showing.ordered(opening) if opening else None,
            turned_away=turned_away,
            visit=visit,
            sealed=self._showing.with_receipt(sealed) if sealed else None,
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
            self._arrivals.wait()
            if self.closed:
                turn.put(None)
            elif self._arrivals.opening is not None:
                self._let_in_late(self._arrivals.opening)
        first = awaited(turn, beat)
        if first is not None:
            yield first
            yield from iter(turn.get, None)

    def look_on(self, session: VisitSession) -> None:
        """Show screens how a visit stands; called by the witness after whatever happened."""
        course = session.course
        mark = (course.state, course.book.taps, course.method, session.looks.left, len(session.lost.told))
        shown_ms, shown = self._shown
        if mark == shown and 0 <= course.now_ms - shown_ms < SHOW_EVERY_MS:
            return
        self._shown = course.now_ms, mark
        seen = self._showing.visit(session)
        with self._changed:
            self._visit = seen
            if self._arrivals.begin():
                self._sealings.begin()
                self._back.begin()
                self._parts.mirror.begin()
            self._parts.mirror.look(self._showing.mirrored(session))
            # Whoever came after closed the book, and the end of a visit shows nobody.
            if self._arrivals.opening is None and not course.over:
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
                self._sealings.take(ended, record)
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
        event = self._arrivals.arrive(ask, self._visit)
        self._back.close()
        if event is not None:
            self._turn.put(event)

    def _let_in_late(self, ask: Arrive) -> None:
        event = self._arrivals.let_in_late(ask)
        if event is None:
            self._touch()
        else:
            self._turn.put(event)

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
