"""Ninety days of a device's own word as strips of bars, a day a bar, each with its figure. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from math import inf
from typing import Final, NamedTuple

from msgspec import Struct

from ingest_server.fleet.told_amiss import full, hot, strained
from ingest_server.fleet.told_hours import MOST_SENSORS, ToldDay

BAR: Final = 8
HEIGHT: Final = 24
# Of a day that was told of, and on which there was nothing: seen to be none, and not to be missing.
LEAST: Final = 1.5
# Of one with something amiss, which is to be seen: the fuller a disk, the lower its bar.
LEAST_AMISS: Final = 8.0
HOTTEST_C: Final = 100.0


class Measure(StrEnum):
    """What a strip shows."""

    HEARD = "heard"
    TEMPERATURE = "temperature"
    DISK = "disk"
    WAITING = "waiting"
    THROTTLED = "throttled"
    CLOCK = "clock"
    SENSOR = "sensor"


class Bar(Struct, frozen=True):
    """A day: where its bar stands, and whether it tells of something amiss; no bar where nothing was told."""

    x: int
    y: float
    height: float
    amiss: bool
    day: str
    value: float


class Strip(Struct, frozen=True):
    """One figure by days; ``sensor`` where it is a sensor's. ``least`` and ``most`` are of its values."""

    measure: Measure
    sensor: str | None
    bars: tuple[Bar, ...]
    least: float | None
    most: float | None


class Strips(Struct, frozen=True):
    """All of them over the same days."""

    width: int
    first: str
    last: str
    strips: tuple[Strip, ...]


class _Figure(NamedTuple):
    """What a strip shows of a day, and whether a value of it is amiss."""

    measure: Measure
    value_of: Callable[[ToldDay], float | None]
    amiss: Callable[[float], bool]
    sensor: str | None = None


# The value of a bar of full height; of the others it is the largest that is shown.
_FULL: Final[Mapping[Measure, float]] = {Measure.HEARD: 24, Measure.TEMPERATURE: HOTTEST_C}


def strips_of(
    days: Sequence[ToldDay], today: str, count: int, sensors: Sequence[str], disk_total_mb: float = inf
) -> Strips:
    """So many days up to today, each in its place; a strip for each figure that was ever told, and each sensor.

    ``disk_total_mb`` is what the device's disk holds, as it was told last.
    """
    first = date.fromisoformat(today) - timedelta(days=count - 1)
    named = list(dict.fromkeys([*sensors, *(name for day in days for name in day.amiss)]))[:MOST_SENSORS]
    strips = (_strip(figure, days, first) for figure in _figures(named, disk_total_mb))
    return Strips(count * BAR, first.isoformat(), today, tuple(strip for strip in strips if strip.bars))


def _figures(sensors: Sequence[str], disk_total_mb: float) -> Iterator[_Figure]:
    # By the limits of what is out of order, but at any moment of the day: how long it lasted a day does not tell.
    yield _Figure(Measure.HEARD, lambda day: day.hours, _never)
    yield _Figure(Measure.TEMPERATURE, lambda day: day.temperature_max_c, hot)
    yield _Figure(Measure.DISK, lambda day: day.disk_free_min_mb, lambda free_mb: full(free_mb, disk_total_mb))
    yield _Figure(Measure.WAITING, lambda day: day.waiting_max, _never)
    yield _Figure(Measure.THROTTLED, _strained, bool)
    yield _Figure(Measure.CLOCK, lambda day: day.unsynchronised, bool)
    for name in sensors:
        yield _Figure(Measure.SENSOR, partial(_did_not_work, name), bool, name)


def _never(_value: float) -> bool:
    """How many records wait is no trouble, but how long; when a device is heard is no fault of it."""
    return False


def _strained(day: ToldDay) -> float | None:
    return None if day.throttled is None else float(strained(day.throttled))


def _did_not_work(sensor: str, day: ToldDay) -> float:
    return float(sensor in day.amiss)


def _strip(figure: _Figure, days: Sequence[ToldDay], first: date) -> Strip:
    found = [(day.day, value) for day in days if (value := figure.value_of(day)) is not None]
    values = [value for _, value in found]
    highest = _FULL.get(figure.measure, max(values, default=0.0)) or 1.0
    bars = tuple(_bar(figure, day, value, highest, first) for day, value in found)
    return Strip(figure.measure, figure.sensor, bars, min(values, default=None), max(values, default=None))


def _bar(figure: _Figure, day: str, value: float, highest: float, first: date) -> Bar:
    place = (date.fromisoformat(day) - first).days
    amiss = figure.amiss(value)
    height = round(max(LEAST_AMISS if amiss else LEAST, HEIGHT * min(1.0, max(0.0, value) / highest)), 1)
    return Bar(BAR * place, HEIGHT - height, height, amiss, day, value)
