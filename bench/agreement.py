"""Whether the fixes that are read from an NMEA log are gpsd's own, by the receiver's time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.gpsfake import Tpv
from edge_agent.readings import PositionReading

DAY_MS = 86_400_000
TICK_MS = 10
SAME_PLACE_DEG = 1e-6


class Found(StrEnum):
    """What became of one of our fixes among gpsd's."""

    AT_ITS_TIME = "at its time"
    """gpsd tells a fix of that time of day."""

    ELSEWHEN = "at another time"
    """gpsd tells that place, and one side has no time for it or rounds it to another."""

    UNUSED = "0 satellites"
    """gpsd takes a fix that uses 0 satellites for none."""

    MISSING = "not found"


@dataclass(frozen=True)
class Agreement:
    """Of one log: what became of our fixes, how far apart those of one time are, and what gpsd alone has."""

    ours: Counter[Found]
    apart_deg: tuple[float, ...]
    """For each fix found at its time: to the nearest that gpsd tells of it, the larger of latitude and longitude."""

    theirs: int
    theirs_alone: int
    """Places of gpsd that are not among ours."""


def compare(readings: Iterable[PositionReading], theirs: Sequence[Tpv]) -> Agreement:
    """Hold the fixes among our readings against gpsd's. gpsd guesses the date, so only the time of day counts."""
    at_moment = defaultdict[int, list[Tpv]](list)
    for tpv in theirs:
        if tpv.utc_ms is not None:
            at_moment[_moment(tpv.utc_ms)].append(tpv)
    fixes, found, apart_deg = [], Counter[Found](), list[float]()
    for reading in readings:
        fix = _tpv(reading)
        if fix is None:
            continue
        fixes.append(fix)
        same = at_moment.get(_moment(fix.utc_ms), []) if fix.utc_ms is not None else []
        apart_deg += [_nearest_deg(fix, same)] if same else []
        found[_found(reading, fix, same, theirs)] += 1
    places = {(tpv.latitude_deg, tpv.longitude_deg) for tpv in theirs}
    alone = sum(_nearest_deg(Tpv(None, *place), fixes) > SAME_PLACE_DEG for place in places)
    return Agreement(found, tuple(apart_deg), len(theirs), alone)


def _found(reading: PositionReading, fix: Tpv, same: Sequence[Tpv], theirs: Sequence[Tpv]) -> Found:
    if same:
        return Found.AT_ITS_TIME
    if _nearest_deg(fix, theirs) <= SAME_PLACE_DEG:
        return Found.ELSEWHEN
    return Found.UNUSED if reading.satellites == 0 else Found.MISSING


def _tpv(reading: PositionReading) -> Tpv | None:
    if reading.latitude_deg is None or reading.longitude_deg is None:
        return None
    return Tpv(reading.gps_utc_ms, reading.latitude_deg, reading.longitude_deg)


def _moment(utc_ms: int) -> int:
    return round(utc_ms % DAY_MS / TICK_MS)


def _nearest_deg(fix: Tpv, others: Iterable[Tpv]) -> float:
    return min(
        (
            max(abs(fix.latitude_deg - other.latitude_deg), abs(fix.longitude_deg - other.longitude_deg))
            for other in others
        ),
        default=float("inf"),
    )
