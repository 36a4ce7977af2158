"""What a device told in one hour, and hours folded into days. Pure."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.local_days import day_of
from visit_record.health import Health

# Of `vcgencmd get_throttled` the bits that are of now: what was since the start is no word of this hour.
OF_NOW: Final = 0b1111
# A message names so many sensors at most, and an hour, whatever names were said in it.
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
    now = None if machine.throttled is None else machine.throttled & OF_NOW
    return replace(
        hour,
        heard=hour.heard + 1,
        temperature_max_c=_largest(hour.temperature_max_c, machine.temperature_c),
        disk_free_min_mb=_smallest(hour.disk_free_min_mb, machine.disk_free_mb),
        throttled=_either(hour.throttled, now),
        waiting_max=max(hour.waiting_max, queue.waiting),
        unsynchronised=hour.unsynchronised + (not machine.clock_synchronised),
        amiss=tuple(sorted({*hour.amiss, *sick}))[:MOST_SENSORS],
    )


def days_of(hours: Iterable[ToldHour], zone: tzinfo) -> tuple[ToldDay, ...]:
    """Hours by the local day in which each began, the days in the order of the hours."""
    days: dict[str, ToldDay] = {}
    for hour in hours:
        day = day_of(hour.hour_ms, zone).isoformat()
        known = days.get(day, ToldDay(day, 0, 0, None, None, None, 0, 0, ()))
        days[day] = _with(known, hour)
    return tuple(days.values())


def _with(day: ToldDay, hour: ToldHour) -> ToldDay:
    return ToldDay(
        day=day.day,
        hours=day.hours + 1,
        heard=day.heard + hour.heard,
        temperature_max_c=_largest(day.temperature_max_c, hour.temperature_max_c),
        disk_free_min_mb=_smallest(day.disk_free_min_mb, hour.disk_free_min_mb),
        throttled=_either(day.throttled, hour.throttled),
        waiting_max=max(day.waiting_max, hour.waiting_max),
        unsynchronised=day.unsynchronised + hour.unsynchronised,
        amiss=tuple(sorted({*day.amiss, *hour.amiss})),
    )


def _largest(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smallest(one: float | None, other: float | None) -> float | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _either(one: int | None, other: int | None) -> int | None:
    return other if one is None else one | (other or 0)
