"""What is ordered of a home's device, and by which ways its caregivers may come in: ``orders.toml`` in its folder."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta

from edge_agent.errors import SettingsError
from edge_agent.section import Section
from edge_agent.toml_file import read_toml
from visit_record.catalogue import service_items
from visit_record.record import Identifier, PlannedOrder, ShortText

# Narrower than a record's: every zone can write its start and its end as dates, and its visit fits a sealed record.
# Care around the clock is ordered by the day.
OrderedSeconds = Annotated[float, Meta(gt=0, le=86_400)]
TimeWithOffset = Annotated[datetime, Meta(tz=True)]
OrderedItems = Annotated[tuple[Identifier, ...], Meta(max_length=64)]
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_BEFORE: Final = datetime(2100, 1, 1, tzinfo=UTC)
# A power cut leaves such a file; nobody is to lose their visits by it.
SAYS_NOTHING: Final = "says nothing; order = [] says that nothing is ordered"


class Order(Section, frozen=True):
    """One visit that is ordered."""

    order: Identifier
    """The agency's id of it."""

    caregiver: Identifier
    """Who is to come."""

    recipient: Identifier
    """To whom."""

    planned_start: TimeWithOffset
    """When it is to begin, with its offset from UTC."""

    planned_duration_s: OrderedSeconds
    """Seconds that it is to take."""

    items: OrderedItems
    """Ids of the catalogue."""

    supervisor_code: str | None = None
    """Hash of the code that a supervisor gives by telephone, for this order alone; `edge-agent code` makes one."""

    def __post_init__(self) -> None:
        """Hold the start to its bounds.

        Raises:
            ValueError: it is without offset, or of another century.
        """
        check_start(self.planned_start)

    @property
    def planned(self) -> PlannedOrder:
        """The order as a record names it."""
        start_ms = round(self.planned_start.timestamp() * 1000)
        return PlannedOrder(self.order, start_ms, self.planned_duration_s, self.items)


class Known(Section, frozen=True):
    """Somebody whom the screen calls by a name."""

    id: Identifier
    """Their id."""

    name: ShortText
    """What the screen calls them."""


class KnownCaregiver(Known, frozen=True):
    """A caregiver."""

    pin: str | None = None
    """Hash of their PIN; `edge-agent code` makes one."""


class Orders(Section, frozen=True):
    """The whole file."""

    order: tuple[Order, ...] = ()
    caregiver: tuple[KnownCaregiver, ...] = ()
    recipient: tuple[Known, ...] = ()

    def named(self, order: str) -> Order | None:
        """The order of an id."""
        return next((one for one in self.order if one.order == order), None)

    def name_of_caregiver(self, caregiver: str) -> str:
        """What the screen calls a caregiver: their id where it knows no name."""
        return _name_of(caregiver, self.caregiver)

    def name_of_recipient(self, recipient: str) -> str:
        """What the screen calls a recipient, whose id may be that of a caregiver too."""
        return _name_of(recipient, self.recipient)

    def people(self) -> set[str]:
        """The ids of everybody in the file and of their orders, and what the screen calls them."""
        ordered = {one for order in self.order for one in (order.order, order.caregiver, order.recipient)}
        return ordered | {one for known in (*self.caregiver, *self.recipient) for one in (known.id, known.name)}

    def pin_of(self, caregiver: str) -> str | None:
        """The hash of somebody's PIN."""
        return next((one.pin for one in self.caregiver if one.id == caregiver), None)

    def by_time(self) -> tuple[Order, ...]:
        """All of them, in order of their time."""
        return tuple(sorted(self.order, key=lambda order: order.planned_start))

    def of_day(self, at: datetime) -> tuple[Order, ...]:
        """The orders that touch the local day of a moment, which has its zone; in order of their time."""
        return tuple(order for order in self.by_time() if _touches(order, at))


def read_orders(path: Path) -> Orders:
    """Read the file.

    Raises:
        SettingsError: missing, no TOML, a name that is not known, a value out of its bounds, an order that stands
            twice, an item that the catalogue does not have, or nothing at all.
    """
    if not read_toml(path, dict):
        raise SettingsError(f"{path} {SAYS_NOTHING}", f"{path} 是空的；没有工单时写 order = []")
    orders = read_toml(path, Orders)
    counts = Counter(order.order for order in orders.order)
    for order in orders.order:
        if counts[order.order] > 1:
            raise SettingsError(
                f"{path}: the order {order.order} stands twice; each has an id of its own",
                f"{path}：工单 {order.order} 写了两次，编号不能相同",
            )
        unknown = [item for item in order.items if item not in service_items()]
        if unknown:
            raise SettingsError(
                f"{path}: the order {order.order} names {unknown[0]}, which is not in the catalogue",
                f"{path}：工单 {order.order} 的服务项目 {unknown[0]} 不在目录中",
            )
    return orders


def check_start(planned_start: datetime) -> None:
    """Hold a planned start to what a record, and a clock of any zone, can name.

    Raises:
        ValueError: it is without offset, or of another century.
    """
    if planned_start.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, as in 2026-01-05T09:00:00+08:00")
    if not _EARLIEST <= planned_start < _BEFORE:
        raise ValueError("a planned start is of the years 2000 to 2099")


def local(at_utc_ms: int, zone: tzinfo) -> datetime:
    """A moment on the clocks of a zone."""
    return datetime.fromtimestamp(at_utc_ms / 1000, zone)


def _name_of(person: str, known: Iterable[Known]) -> str:
    return next((one.name for one in known if one.id == person), person)


def _touches(order: Order, at: datetime) -> bool:
    start = order.planned_start.astimezone(at.tzinfo)
    end = start + timedelta(seconds=order.planned_duration_s)
    return start.date() <= at.date() <= end.date()
