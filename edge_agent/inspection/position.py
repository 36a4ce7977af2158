"""What a receiver's log says, for ``edge-agent inspect gps``."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from edge_agent.errors import SensorError
from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.geofence import SiteVerdict, judge
from edge_agent.perception.place_cues import place_cues
from edge_agent.perception.position import observe_position, point_of, step_m
from edge_agent.ports import ReceiverDecoder
from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea_file import NmeaFile, log_format
from edge_agent.sensors.receiver_format import NMEA, UNKNOWN_TEXT


@dataclass(frozen=True)
class Geofence:
    """A circle of ``radius_m`` metres around a site."""

    site: Point
    radius_m: float

    def judged(self, fixes: Sequence[PositionObservation]) -> dict[str, Any]:
        """``site`` and ``distance_m`` of the most accurate fix, the first of equals; ``cannot_tell`` without one."""
        best = min(fixes, key=lambda fix: math.inf if fix.accuracy_m is None else fix.accuracy_m, default=None)
        point = point_of(best) if best else None
        if best is None or point is None:
            return {"site": SiteVerdict.CANNOT_TELL.value, "distance_m": None}
        verdict = judge(best, self.site, self.radius_m)
        return {"site": verdict.value, "distance_m": round(distance_m(point, self.site), 1)}


def inspect_gps(
    path: Path,
    fence: Geofence | None = None,
    decoder: ReceiverDecoder | None = None,
    tell: Callable[[str], object] = lambda _why: None,
) -> dict[str, Any]:
    """Format, number of fixes, first and last of them, the longest step between two in metres, and cues.

    ``first`` and ``last`` are ``[latitude, longitude, UTC]`` in degrees and ISO 8601, the time ``null`` where the log
    gives no date; ``null`` without a fix. A binary format is no error: it is named, and read by ``decoder``;
    without one, or where it fails, which ``tell`` is told, there are 0 fixes. Cues come from the log alone, so the
    receiver's time is not compared with a clock. With a fence, also ``site`` (``inside``, ``outside`` or
    ``cannot_tell``) and ``distance_m``.

    Raises:
        UnreadableFileError: as :func:`log_format`.
    """
    found = log_format(path)
    readings = list(NmeaFile(path).readings()) if found == NMEA else _decoded(path, found, decoder, tell)
    fixes = [reading for reading in readings if reading.latitude_deg is not None]
    observations = [observe_position(reading, None) for reading in fixes]
    return {
        "format": found,
        "fixes": len(fixes),
        "first": _place(fixes[:1]),
        "last": _place(fixes[-1:]),
        "max_jump_m": round(max((step_m(*pair) for pair in pairwise(observations)), default=0.0), 3),
        "cues": [cue.value for cue in place_cues(observations)],
    } | (fence.judged(observations) if fence else {})


def _decoded(
    path: Path, found: str, decoder: ReceiverDecoder | None, tell: Callable[[str], object]
) -> Sequence[PositionReading]:
    if decoder is None or found == UNKNOWN_TEXT:
        return []
    try:
        return decoder.readings(path)
    except SensorError as error:
        tell(error.told)
        return []


def _place(fix: Sequence[PositionReading]) -> list[float | str | None] | None:
    for reading in fix:
        return [reading.latitude_deg, reading.longitude_deg, _iso(reading.gps_utc_ms)]
    return None


def _iso(utc_ms: int | None) -> str | None:
    if utc_ms is None:
        return None
    return datetime.fromtimestamp(utc_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
