"""Orders as a screen sees them, with the names of their people. Pure."""

from edge_agent.actions import CheckIn
from edge_agent.day_orders import Order, Orders
from edge_agent.desk.view import OrderView
from visit_record.record import PlannedOrder

_UNPLANNED = PlannedOrder("", 0, 0.0, ())


def of_order(order: Order, orders: Orders, seq: int | None) -> OrderView:
    """An order; ``seq`` is the record that was sealed for it, if one was."""
    return _view(order.planned, order.caregiver, order.recipient, orders, seq)


def of_check_in(told: CheckIn, orders: Orders) -> OrderView:
    """What somebody checked in to, whether or not it is still ordered."""
    return _view(told.order or _UNPLANNED, told.caregiver, told.recipient, orders, None)


def _view(planned: PlannedOrder, caregiver: str, recipient: str, orders: Orders, seq: int | None) -> OrderView:
    return OrderView(
        order=planned.order,
        caregiver=caregiver,
        caregiver_name=orders.name_of(caregiver),
        recipient=recipient,
        recipient_name=orders.name_of(recipient),
        planned_start_ms=planned.planned_start_ms,
        planned_duration_s=planned.planned_duration_s,
        items=planned.items,
        seq=seq,
    )
