"""What a device told in one hour, and hours folded into days. Pure."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.fleet.throttling import of_now
from ingest_server.local_days import day_of
from visit_record.health import Health

# A message names so many sensors at most; so do an hour, a day and a page, whatever names were said in them.
MOST_SENSORS: Final = 16


class ToldHour(Struct, frozen=True):
    """An hour since ``hour_ms``: how often it was told, and the extremes of what was.

    ``throttled`` are the firmware's bits of the moment, any of them; ``unsynchronised`` how many messages said that the
    clock is not; ``amiss`` the sensors that were told not to work. ``None`` is what the device cannot tell.
    """

    hour_ms: int
    heard: int
    temperature_max_c: float | None
    disk_free_min_mb: float | None
    throttled: int | None
    waiting_max: int
    unsynchronised: int
    amiss: tuple[str, ...]


class ToldDay(Struct, frozen=True):
    """A local day, and the same of its hours, ``hours`` of which had a word of the device."""

    day: str
    hours: int
    heard: int
    temperature_max_c: float | None
    disk_free_min_mb: float | None
    throttled: int | None
    waiting_max: int
    unsynchronised: int
    amiss: tuple[str, ...]


def beginning(hour_ms: int) -> ToldHour:
    """An hour in which nothing was told yet."""
    return ToldHour(hour_ms, 0, None, None, None, 0, 0, ())


def grown(hour: ToldHour, health: Health, sick: Iterable[str]) -> ToldHour:
    """The hour with one more message, which tells that the sensors ``sick`` do not work."""
    machine, queue = health.machine, health.queue
    return replace(
        hour,
        heard=hour.heard + 1,
        temperature_max_c=_largest((hour.temperature_max_c, machine.temperature_c)),
        disk_free_min_mb=_smallest((hour.disk_free_min_mb, machine.disk_free_mb)),
        throttled=_any((hour.throttled, of_now(machine.throttled))),
        waiting_max=max(hour.waiting_max, queue.waiting),
        unsynchronised=hour.unsynchronised + (not machine.clock_synchronised),
        amiss=tuple(sorted({*hour.amiss, *sick}))[:MOST_SENSORS],
    )


def days_of(hours: Iterable[ToldHour], zone: tzinfo) -> tuple[ToldDay, ...]:
    """Hours, which are in order, by the local day in which each began; the days in the same order."""
    by_day = groupby(hours, lambda hour: day_of(hour.hour_ms, zone))
    return tuple(_day(day.isoformat(), list(of_day)) for day, of_day in by_day)


def _day(day: str, hours: Sequence[ToldHour]) -> ToldDay:
    return ToldDay(
        day=day,
        hours=len(hours),
        heard=sum(hour.heard for hour in hours),
        temperature_max_c=_largest(hour.temperature_max_c for hour in hours),
        disk_free_min_mb=_smallest(hour.disk_free_min_mb for hour in hours),
        throttled=_any(hour.throttled for hour in hours),
        waiting_max=max(hour.waiting_max for hour in hours),
        unsynchronised=sum(hour.unsynchronised for hour in hours),
        amiss=tuple(sorted({sensor for hour in hours for sensor in hour.amiss}))[:MOST_SENSORS],
    )


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _smallest(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _any(bits: Iterable[int | None]) -> int | None:
    known = [some for some in bits if some is not None]
    return reduce(or_, known) if known else None
