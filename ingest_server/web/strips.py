"""Ninety days of a device's own word as strips of bars, a day a bar, each with its figure. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from ingest_server.fleet.told_amiss import TOO_HOT_C
from ingest_server.fleet.told_hours import MOST_SENSORS, ToldDay

BAR: Final = 8
HEIGHT: Final = 24
# Of a day that was told of, and on which there was nothing: seen to be none, and not to be missing.
LEAST: Final = 1.5
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


_Value = Callable[[ToldDay], float | None]
_VALUES: Final[Mapping[Measure, _Value]] = {
    Measure.HEARD: lambda day: day.hours,
    Measure.TEMPERATURE: lambda day: day.temperature_max_c,
    Measure.DISK: lambda day: day.disk_free_min_mb,
    Measure.WAITING: lambda day: day.waiting_max,
    Measure.THROTTLED: lambda day: None if day.throttled is None else float(day.throttled > 0),
    Measure.CLOCK: lambda day: day.unsynchronised,
}
# The value of a bar of full height; of the others it is the largest that is shown.
_FULL: Final[Mapping[Measure, float]] = {Measure.HEARD: 24, Measure.TEMPERATURE: HOTTEST_C}
_AMISS: Final[Mapping[Measure, Callable[[float], bool]]] = {
    Measure.TEMPERATURE: lambda value: value >= TOO_HOT_C,
    Measure.THROTTLED: lambda value: value > 0,
    Measure.CLOCK: lambda value: value > 0,
    Measure.SENSOR: lambda value: value > 0,
}


def strips_of(days: Sequence[ToldDay], today: str, count: int, sensors: Sequence[str]) -> Strips:
    """So many days up to today, each in its place; a strip for each figure that was ever told, and each sensor."""
    first = date.fromisoformat(today) - timedelta(days=count - 1)
    named = list(dict.fromkeys([*sensors, *(name for day in days for name in day.amiss)]))[:MOST_SENSORS]
    strips = [_strip(measure, None, days, first, value) for measure, value in _VALUES.items()]
    strips += [_strip(Measure.SENSOR, name, days, first, _amiss(name)) for name in named]
    shown = tuple(strip for strip in strips if strip.bars)
    return Strips(count * BAR, first.isoformat(), today, shown)


def _amiss(sensor: str) -> _Value:
    return lambda day: float(sensor in day.amiss)


def _strip(measure: Measure, sensor: str | None, days: Sequence[ToldDay], first: date, value_of: _Value) -> Strip:
    found = [(day.day, value) for day in days if (value := value_of(day)) is not None]
    values = [value for _, value in found]
    full = _FULL.get(measure, max(values, default=0.0)) or 1.0
    bars = tuple(_bar(measure, day, value, full, first) for day, value in found)
    return Strip(measure, sensor, bars, min(values, default=None), max(values, default=None))


def _bar(measure: Measure, day: str, value: float, full: float, first: date) -> Bar:
    place = (date.fromisoformat(day) - first).days
    height = round(max(LEAST, HEIGHT * min(1.0, max(0.0, value) / full)), 1)
    amiss = measure in _AMISS and _AMISS[measure](value)
    return Bar(BAR * place, HEIGHT - height, height, amiss, day, value)
