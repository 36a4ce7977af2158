"""From what a desk stands on to what screens see of it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from edge_agent.check_plan import CheckWindow
from edge_agent.consent import Permissions
from edge_agent.day_orders import Orders, local
from edge_agent.desk.asks import Arrive
from edge_agent.desk.order_views import LastSealed, Ordered, of_check_in, of_order, of_past, with_last
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.view import OrderView, SealedView, VisitView
from edge_agent.desk.viewing import mirrored_look, visit_view
from edge_agent.desk.ways import ways_of
from edge_agent.past_visit import PastVisit
from edge_agent.visit_session import VisitSession
from visit_record.vocabulary import IdentityMethod, Modality


@dataclass(frozen=True)
class Showing:
    """Keeps nothing of its own."""

    parts: DeskParts

    def visit(self, session: VisitSession) -> VisitView:
        """The visit under way, as it stands."""
        orders = self.parts.orders()
        began_ms = self.parts.wall_ms(session.check_in.at_ms)
        order = of_check_in(session.check_in, orders)
        return visit_view(session, order, began_ms, self.parts.fitted, self._ways(session, order, orders))

    def mirrored(self, session: VisitSession) -> CheckWindow | None:
        """The look in which a screen may show what the camera sees, where there is one now."""
        return mirrored_look(session, self.parts.fitted)

    def orders_to_choose(
        self, now_ms: int, last: Mapping[Ordered, LastSealed], *, is_set: bool
    ) -> tuple[OrderView, ...]:
        """Today's orders, or all where the clock is not set; ``last`` is what was sealed for each, if anything was."""
        orders = self.parts.orders()
        # A clock that began anew at boot knows no today: nobody may be kept from checking in by it.
        chosen = orders.of_day(local(now_ms, self.parts.zone)) if is_set else orders.by_time()
        return tuple(with_last(of_order(order, orders), last) for order in chosen)

    def ordered(self, ask: Arrive) -> OrderView | None:
        """The order that somebody checks in to."""
        orders = self.parts.orders()
        order = orders.named(ask.order)
        return of_order(order, orders) if order else None

    def sealed_before(self, said: PastVisit) -> SealedView:
        """A visit that was sealed before any screen was there."""
        order = of_past(said, self.parts.orders())
        return SealedView(order, 0, said.seq, said.ending, round(said.duration_s), waiting=True)

    def with_receipt(self, sealed: SealedView) -> SealedView:
        """What was sealed last, as it stands with the server now."""
        first = self.parts.outbox.pending(1, sealed.seq - 1)
        return structs.replace(sealed, waiting=bool(first) and first[0].seq == sealed.seq)

    def _ways(self, session: VisitSession, order: OrderView, orders: Orders) -> Sequence[IdentityMethod]:
        may_hear = self.parts.fitted.why_unused(Modality.VOICE, Permissions.of(session.check_in.consents)) is None
        voice = may_hear and not session.lost.has(Modality.VOICE) and self.parts.has_voice(order.caregiver)
        return ways_of(order.caregiver, order.order, orders, voice=voice)
