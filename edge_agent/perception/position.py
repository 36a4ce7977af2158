"""From receiver readings to observations, the geofence, and signs that a position was not come by honestly.

The cues ask for much before they speak, since a receiver at rest is a dull thing: many round their coordinates, some
hold them still on purpose (static navigation), and a cold start wanders. A cue is weighed with the rest; it proves
nothing: of 59 NMEA logs of honest receivers one (a marine compass that counts no satellites) shows a cue.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import median, pstdev

from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.readings import PositionReading
from visit_record.vocabulary import FixType, PlaceCue

# Faster than the fastest train in service (97 m/s); beyond it, and beyond both accuracies, nobody travelled.
FASTEST_M_S = 120.0
# Stands in where a receiver gives no accuracy: a cold start under roofs wanders this far.
UNKNOWN_ACCURACY_M = 500.0
# So long must place and signal strengths both stand still. Heard satellites flicker by a decibel within seconds.
FROZEN_FIXES = 60
FROZEN_S = 60.0
FEWEST_FIXES = 3
# A month without network lets a crystal of 20 ppm drift by 52 s, so less is no sign of anything.
LARGEST_OFFSET_S = 60.0
# GPS counts weeks in ten bits: an old receiver may honestly be wrong by whole multiples of 1024 weeks.
WEEK_ROLLOVER_S = 1024 * 7 * 86_400.0


class SiteVerdict(StrEnum):
    """Whether a fix lies within the radius of a site, as far as its accuracy can tell."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    CANNOT_TELL = "cannot_tell"


def observe_position(reading: PositionReading, utc_ms: int | None) -> PositionObservation:
    """What a reading says; ``utc_ms`` is the device's wall clock at that moment, ``None`` where it is not known."""
    offset_s = None
    if reading.gps_utc_ms is not None and utc_ms is not None:
        offset_s = (reading.gps_utc_ms - utc_ms) / 1000
    return PositionObservation(
        at_ms=reading.at_ms,
        fix_type=reading.fix_type,
        latitude_deg=reading.latitude_deg,
        longitude_deg=reading.longitude_deg,
        accuracy_m=reading.accuracy_m,
        satellites=reading.satellites,
        hdop=reading.hdop,
        gps_minus_system_s=offset_s,
        snr_spread_db=pstdev(reading.snr_db) if reading.snr_db else None,
    )


def point_of(observation: PositionObservation) -> Point | None:
    """The place of a fix; ``None`` without one."""
    if observation.fix_type is FixType.NONE or observation.latitude_deg is None or observation.longitude_deg is None:
        return None
    return Point(observation.latitude_deg, observation.longitude_deg)


def judge(fix: PositionObservation, site: Point, radius_m: float) -> SiteVerdict:
    """Geofence that knows what it cannot know: inside or outside only where the whole circle of accuracy is."""
    point = point_of(fix)
    if point is None or fix.accuracy_m is None:
        return SiteVerdict.CANNOT_TELL
    away_m = distance_m(point, site)
    if away_m + fix.accuracy_m <= radius_m:
        return SiteVerdict.INSIDE
    return SiteVerdict.OUTSIDE if away_m - fix.accuracy_m > radius_m else SiteVerdict.CANNOT_TELL


def place_cues(observations: Sequence[PositionObservation]) -> tuple[PlaceCue, ...]:
    """Signs against the honesty of a stretch of positions, in the vocabulary's order; observations in order of time."""
    fixes = [observation for observation in observations if point_of(observation)]
    found = {
        PlaceCue.NO_SATELLITES_YET_FIX: _no_satellites(fixes),
        PlaceCue.POSITION_JUMP: any(_is_jump(before, after) for before, after in pairwise(fixes)),
        PlaceCue.FROZEN_JITTER: _is_frozen(fixes),
        PlaceCue.TIME_OFFSET: _is_offset(fixes),
    }
    return tuple(cue for cue in PlaceCue if found[cue])


def step_m(before: PositionObservation, after: PositionObservation) -> float:
    """Distance between two fixes; 0.0 where either has no place."""
    start, end = point_of(before), point_of(after)
    return distance_m(start, end) if start and end else 0.0


def _no_satellites(fixes: Sequence[PositionObservation]) -> bool:
    """Most fixes say 0 satellites: one alone happens to honest receivers between two epochs."""
    without = sum(fix.satellites == 0 for fix in fixes)
    return without >= FEWEST_FIXES and 2 * without > len(fixes)


def _is_jump(before: PositionObservation, after: PositionObservation) -> bool:
    slack_m = sum(UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m for fix in (before, after))
    # NMEA times may repeat, and a second is the least that two fixes of a receiver are apart in earnest.
    elapsed_s = max(1.0, (after.at_ms - before.at_ms) / 1000)
    return step_m(before, after) - slack_m > FASTEST_M_S * elapsed_s


def _is_frozen(fixes: Sequence[PositionObservation]) -> bool:
    """Place and signal strengths both stand still; without strengths, a still place alone says nothing."""
    heard = [fix for fix in fixes if fix.snr_spread_db is not None]
    runs = (list(run) for _, run in groupby(heard, lambda fix: (point_of(fix), fix.snr_spread_db, fix.hdop)))
    return any(len(run) >= FROZEN_FIXES and run[-1].at_ms - run[0].at_ms >= FROZEN_S * 1000 for run in runs)


def _is_offset(fixes: Sequence[PositionObservation]) -> bool:
    offsets_s = [fix.gps_minus_system_s for fix in fixes if fix.gps_minus_system_s is not None]
    if len(offsets_s) < FEWEST_FIXES:
        return False
    return abs(math.remainder(median(offsets_s), WEEK_ROLLOVER_S)) > LARGEST_OFFSET_S
