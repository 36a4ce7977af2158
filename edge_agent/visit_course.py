"""How one visit goes by what happens in it: where it stands, how late it is, and what is given. Pure.

Nothing is sensed, drawn or written here: a journal that is read again goes the same way.
"""

from edge_agent.actions import (
    CheckIn,
    CheckOut,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
    LookAgain,
    OtherWayIn,
    VisitEvent,
)
from edge_agent.befallings import Befallings
from edge_agent.looks import Looks
from edge_agent.service_book import ServiceBook
from edge_agent.visit_settings import VisitSettings
from edge_agent.visit_state import (
    ENDINGS,
    START,
    TRANSITIONS,
    CarriedOff,
    CheckOutForgotten,
    ChecksDone,
    PowerLost,
    VisitState,
    next_state,
)


class VisitCourse:
    """Follows the table of states from check-in to one of the endings; times are monotonic."""

    def __init__(self, check_in: CheckIn, bounds: VisitSettings, looks: Looks, befallings: Befallings) -> None:
        """``looks`` and ``befallings`` are told of the events that are theirs."""
        self.state = next_state(START, check_in)
        self.method = check_in.method
        self.book = ServiceBook()
        self.now_ms = check_in.at_ms
        self._looks, self._befallings = looks, befallings
        self._forgotten_at_ms = check_in.at_ms + round(1000 * bounds.forgotten_after_s)
        self._ended_ms: int | None = None

    @property
    def over(self) -> bool:
        """Whether the visit has come to an ending, and can be sealed."""
        return self.state in ENDINGS

    @property
    def ended_ms(self) -> int:
        """When the visit ended: at check-out, else when the device noticed."""
        return self.now_ms if self._ended_ms is None else self._ended_ms

    def allows(self, kind: type[VisitEvent]) -> bool:
        """Whether such an event may happen now."""
        return kind in TRANSITIONS[self.state]

    def due(self, until_ms: int) -> VisitEvent | None:
        """What time alone brings next, up to a moment."""
        event = self._next()
        return event if event is not None and event.at_ms <= until_ms else None

    def pass_time(self, until_ms: int) -> None:
        """It is later now; after the ending no more time passes."""
        if not self.over:
            self.now_ms = max(self.now_ms, until_ms)

    def follow(self, event: VisitEvent) -> None:
        """Something happened.

        Raises:
            VisitStateError: the visit's state forbids it; nothing changed.
        """
        state = next_state(self.state, event)
        self._take(event)
        self.state = state
        self.now_ms = max(self.now_ms, event.at_ms)
        if self.over and self._ended_ms is None:
            self._ended_ms = event.at_ms

    def _next(self) -> VisitEvent | None:
        match self.state:
            case VisitState.CHECKING_IN | VisitState.CHECKING_OUT:
                return ChecksDone(self._looks.done_ms)
            case VisitState.IN_VISIT:
                return CheckOutForgotten(self._forgotten_at_ms)
            case _:
                return None

    def _take(self, event: VisitEvent) -> None:
        match event:
            case ItemStarted() | ItemFinished() | ItemTakenBack() | ItemRefused():
                self.book.enter(event)
            case LookAgain():
                self._looks.follow(event)
            case OtherWayIn():
                self.method = event.method
            case CheckOut():
                self._looks.follow(event)
                self._ended_ms = event.at_ms
            case CarriedOff() | PowerLost():
                self._befallings.take(event)
            case _:
                pass
