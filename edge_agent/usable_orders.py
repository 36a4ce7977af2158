"""All of an ``orders.toml`` that can be used. What cannot is told in the log: by its place, and without its words."""

import tomllib
from collections.abc import Iterator
from typing import TypeVar

import msgspec
import structlog
from msgspec import structs

from edge_agent.day_orders import SAYS_NOTHING, Known, KnownCaregiver, Order, Orders
from edge_agent.section import Section
from visit_record.catalogue import service_items
from visit_record.first_use import known

T = TypeVar("T", bound=Section)


def usable_orders(content: bytes) -> Orders:
    """What can be used of a file's content.

    Raises:
        ValueError: it is no TOML, or has no order that can be used and does not say that there is none.
    """
    orders = usable_part(content)
    if not orders.order and _told(content).get("order") != []:
        raise ValueError(f"it has no order that can be used, or {SAYS_NOTHING}")
    return orders


def usable_part(content: bytes) -> Orders:
    """The same, whether or not an order is in it: its people are people all the same.

    Raises:
        ValueError: it is no TOML.
    """
    told = _told(content)
    for name in told.keys() - {field.name for field in structs.fields(Orders)}:
        _left_out(name, None, "there is no such part")
    return Orders(
        order=tuple(_known_items(order) for order in _each_once(_usable(told, "order", Order))),
        caregiver=tuple(one for _, one in _usable(told, "caregiver", KnownCaregiver)),
        recipient=tuple(one for _, one in _usable(told, "recipient", Known)),
    )


def _told(content: bytes) -> dict[str, object]:
    return tomllib.loads(content.decode("utf-8"))


def _usable(told: dict[str, object], name: str, kind: type[T]) -> Iterator[tuple[int, T]]:
    given = told.get(name, [])
    if not isinstance(given, list):
        _left_out(name, None, f"each is headed [[{name}]], with two brackets")
        return
    for number, entry in enumerate(given, 1):
        try:
            yield number, msgspec.convert(entry, known(kind))
        except msgspec.ValidationError as error:
            _left_out(name, number, str(error))


def _each_once(orders: Iterator[tuple[int, Order]]) -> Iterator[Order]:
    """Screens tell orders apart by their ids: of two alike the first stays."""
    places: dict[str, int] = {}
    for number, order in orders:
        first = places.setdefault(order.order, number)
        if first == number:
            yield order
        else:
            _left_out("order", number, f"its id is that of number {first}")


def _known_items(order: Order) -> Order:
    """An item that this device's catalogue lacks is no reason to keep a caregiver from checking in."""
    items = tuple(item for item in order.items if item in service_items())
    if items != order.items:
        structlog.get_logger().error("items_left_out", order=order.order)
    return structs.replace(order, items=items)


def _left_out(kind: str, number: int | None, reason: str) -> None:
    structlog.get_logger().error("order_left_out", kind=kind, number=number, reason=reason)
