"""Who checks in at a desk: let in at once, when the witness is there, or turned away.

Called under the desk's lock, and takes none itself. The lock is reentrant: a signal may close the desk in the midst of
any of it, and touches nothing here.
"""

from collections.abc import Callable

from edge_agent.actions import CheckIn, HandOver, VisitEvent
from edge_agent.day_orders import Order, Orders
from edge_agent.desk.asks import Arrive, Pair
from edge_agent.desk.view import VisitView
from edge_agent.errors import DeskError, Refusal
from edge_agent.visit_state import TRANSITIONS
from visit_record.vocabulary import IdentityMethod

# Who was told that they are checked in reads that they are not, and why.
TURNED_AWAY_SHOWN_MS = 60_000


class Arrivals:
    """One at a time: ``opening`` is who has checked in and whose visit is not shown yet.

    ``clock`` is the monotonic clock in ms. What somebody does is returned, for the witness to be told.
    """

    def __init__(self, clock: Callable[[], int], orders: Callable[[], Orders]) -> None:
        self._clock, self._orders = clock, orders
        self._turned_away: tuple[int, Refusal] | None = None
        self._awaited = False
        self.opening: Arrive | None = None

    def arrive(self, ask: Arrive, visit: VisitView | None) -> VisitEvent | None:
        """Somebody checks in while a visit stands so; ``None`` where the witness is told later.

        Raises:
            DeskError: they cannot, and nothing changed.
        """
        order = self._ordered(ask)
        if self.opening is not None or (visit is not None and visit.order.order == ask.order):
            raise DeskError(Refusal.NOT_NOW)
        self.opening, self._turned_away = ask, None
        if self._awaited:
            return self._let_in(ask, order)
        if visit is not None and HandOver in TRANSITIONS[visit.state]:
            return HandOver(self._clock(), order.caregiver)
        return None

    def wait(self) -> None:
        """The witness waits for whoever comes next."""
        self._awaited = True

    def let_in_late(self, ask: Arrive) -> CheckIn | None:
        """Whoever waited until the witness was there; ``None`` where they are turned away.

        What they checked in to may be ordered no more, or of others.
        """
        try:
            return self._let_in(ask, self._ordered(ask))
        except DeskError as error:
            self.opening, self._turned_away = None, (self._clock(), error.refusal)
            return None

    def begin(self) -> bool:
        """A visit goes on; whether it has only begun: who was let in waits no more."""
        begun, self._awaited = self._awaited, False
        if begun:
            self.opening = None
        return begun

    def turned_away(self) -> Refusal | None:
        """Why nothing came of a check-in a moment ago."""
        at_ms, refusal = self._turned_away or (0, None)
        return refusal if self._clock() - at_ms < TURNED_AWAY_SHOWN_MS else None

    def _let_in(self, ask: Arrive, order: Order) -> CheckIn:
        at_ms, face = self._clock(), IdentityMethod.FACE
        return CheckIn(at_ms, order.caregiver, order.recipient, order.planned, ask.consents, face)

    def _ordered(self, ask: Arrive) -> Order:
        order = self._orders().named(ask.order)
        if order is None:
            raise DeskError(Refusal.UNKNOWN_ORDER, ask.order)
        if Pair(order.caregiver, order.recipient) != ask.asked:
            raise DeskError(Refusal.OTHERS_ORDER, ask.order)
        return order
