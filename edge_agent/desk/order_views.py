"""Orders as a screen sees them, with the names of their people. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import structs

from edge_agent.actions import CheckIn
from edge_agent.day_orders import Order, Orders
from edge_agent.desk.view import OrderView
from edge_agent.past_visit import PastVisit
from visit_record.record import PlannedOrder
from visit_record.vocabulary import Ending

_UNPLANNED = PlannedOrder("", 0, 0.0, ())


class LastSealed(NamedTuple):
    """The record that was sealed last for an order, and how its visit ended."""

    seq: int
    ending: Ending


# An order's id, and its planned start in UTC milliseconds.
Ordered = tuple[str, int]


def of_order(order: Order, orders: Orders) -> OrderView:
    """An order."""
    return _view(order.planned, order.caregiver, order.recipient, orders)


def with_last(seen: OrderView, last: Mapping[Ordered, LastSealed]) -> OrderView:
    """The same, and what was sealed for it last, if anything was."""
    done = last.get(ordered(seen))
    return structs.replace(seen, seq=done.seq, ending=done.ending) if done else seen


def ordered(seen: OrderView) -> Ordered:
    """Which order it is."""
    return seen.order, seen.planned_start_ms


def of_check_in(told: CheckIn, orders: Orders) -> OrderView:
    """What somebody checked in to, whether or not it is still ordered."""
    return _view(told.order or _UNPLANNED, told.caregiver, told.recipient, orders)


def of_past(said: PastVisit, orders: Orders) -> OrderView:
    """What was ordered of a visit that is over."""
    return _view(said.order or _UNPLANNED, said.caregiver, said.recipient, orders)


def _view(planned: PlannedOrder, caregiver: str, recipient: str, orders: Orders) -> OrderView:
    return OrderView(
        order=planned.order,
        caregiver=caregiver,
        caregiver_name=orders.name_of_caregiver(caregiver),
        recipient=recipient,
        recipient_name=orders.name_of_recipient(recipient),
        planned_start_ms=planned.planned_start_ms,
        planned_duration_s=planned.planned_duration_s,
        items=planned.items,
    )
