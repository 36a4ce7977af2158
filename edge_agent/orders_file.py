"""``orders.toml`` as it is now. Whoever wrote it may err: that costs what is written wrongly, and nobody else."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog
from msgspec import structs

from edge_agent.day_orders import Known, KnownCaregiver, Order, Orders
from edge_agent.section import Section
from edge_agent.whole_files import OWNER_ALONE, write_whole
from visit_record.catalogue import service_items

T = TypeVar("T", bound=Section)


class OrdersFile:
    """Read again when it has changed. What is no TOML changes nothing; at a start the last that was is taken for it."""

    def __init__(self, path: Path) -> None:
        """Read it; a device without one has no orders yet."""
        self._path, self._copy = path, path.with_name(f".{path.name}.last")
        self._changed_ns: int | None = None
        self._orders = Orders()

    def __call__(self) -> Orders:
        """What is ordered now."""
        changed_ns = self._stamp()
        if changed_ns != self._changed_ns:
            is_first, self._changed_ns = self._changed_ns is None, changed_ns
            if changed_ns:
                self._read(is_first=is_first)
        return self._orders

    def _read(self, *, is_first: bool) -> None:
        try:
            content = self._path.read_bytes()
            self._orders = usable_orders(content)
        except (OSError, ValueError) as error:
            structlog.get_logger().error("orders_unusable", reason=str(error))
            if is_first:
                self._take_the_last()
        else:
            self._keep(content)

    def _take_the_last(self) -> None:
        try:
            self._orders = usable_orders(self._copy.read_bytes())
        except (OSError, ValueError) as error:
            structlog.get_logger().error("last_orders_unusable", reason=str(error))

    def _keep(self, content: bytes) -> None:
        try:
            write_whole(self._copy, content, OWNER_ALONE)
        except OSError as error:
            structlog.get_logger().error("last_orders_not_kept", reason=str(error.strerror))

    def _stamp(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def usable_orders(content: bytes) -> Orders:
    """All of a file that can be used; what cannot is told in the log, by its place and without its words.

    Raises:
        ValueError: it is no TOML.
    """
    told = tomllib.loads(content.decode("utf-8"))
    orders = {one.order: one for one in reversed([*_usable(told, "order", Order)]) if one.planned_start.tzinfo}
    return Orders(
        order=tuple(_known_items(order) for order in reversed(orders.values())),
        caregiver=tuple(_usable(told, "caregiver", KnownCaregiver)),
        recipient=tuple(_usable(told, "recipient", Known)),
    )


def _usable(told: dict[str, object], name: str, kind: type[T]) -> Iterator[T]:
    given = told.get(name)
    for number, entry in enumerate(given if isinstance(given, list) else [], 1):
        try:
            yield msgspec.convert(entry, kind)
        except msgspec.ValidationError as error:
            structlog.get_logger().error("order_left_out", kind=name, number=number, reason=str(error))


def _known_items(order: Order) -> Order:
    """An item that this device's catalogue lacks is no reason to keep a caregiver from checking in."""
    items = tuple(item for item in order.items if item in service_items())
    if items != order.items:
        structlog.get_logger().error("items_left_out", order=order.order)
    return structs.replace(order, items=items)
