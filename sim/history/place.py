"""Position of a script as a device would have summed it up, without a receiver's sentences."""

from collections.abc import Iterator

import numpy as np

from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.place_cues import FEWEST_SIGNALS, FROZEN_FIXES, LARGEST_OFFSET_S
from edge_agent.sensors.nmea_epoch import RANGE_ERROR_M
from sim.history.watch import Stretch, Watch, joined, total_s
from sim.position import LEAP_M, METRES_A_DEGREE
from sim.script import Sky, Spoofer, VisitScript
from sim.staging.plan import Plan
from visit_record.record import Fix, NotObserved, Where
from visit_record.vocabulary import FixType, Modality, NotObservedReason, PlaceCue

# As the staged receiver speaks, and how near to check-in and check-out the device looks for a fix.
PERIOD_S, NEAR_S = 5.0, 120.0
# A fix needs four satellites for its height.
FEWEST_3D = 4
UNTOLD = (Spoofer.UNTOLD, Spoofer.NONE_HEARD)


def place_of(plan: Plan, script: VisitScript, watch: Watch, rng: np.random.Generator) -> Where:
    """Fixes at both ends as far as the receiver had one there, and the signs against them."""
    silence = watch.silent or NotObservedReason.SENSOR_FAULT
    ends = [_end(plan, script, watch, at_s, silence, rng) for at_s in (0.0, script.duration_s)]
    return Where(ends[0], ends[1], tuple(_cues(script)) if any(isinstance(end, Fix) for end in ends) else ())


def fixed_share(script: VisitScript, watch: Watch) -> float:
    """Share of the visit over which the receiver had a fix."""
    if script.sky.satellites == 0:
        return 0.0
    missing = joined([(start_s, min(end_s, script.duration_s)) for start_s, end_s in (*watch.gaps, *_fixless(script))])
    return max(0.0, 1 - total_s(missing) / script.duration_s)


def _fixless(script: VisitScript) -> list[Stretch]:
    """When the receiver spoke, but heard no satellites."""
    return [
        (max(0.0, one.start_s), one.end_s if one.end_s < script.duration_s else script.duration_s + 60)
        for one in script.conditions.outages
        if one.modality is Modality.POSITION
        and one.reason is NotObservedReason.NO_SATELLITES
        and max(0.0, one.start_s) < min(one.end_s, script.duration_s)
    ]


def _end(  # noqa: PLR0913, PLR0917 - what a fix is made of
    plan: Plan, script: VisitScript, watch: Watch, at_s: float, silence: NotObservedReason, rng: np.random.Generator
) -> Fix | NotObserved:
    if watch.silent or any(start_s <= 0 and end_s > script.duration_s for start_s, end_s in watch.gaps):
        return NotObserved(silence)
    near = _moments(script, at_s - NEAR_S, at_s + NEAR_S)
    spoke = [one for one in near if not watch.misses(one)]
    if not spoke:
        return NotObserved(NotObservedReason.SENSOR_FAULT)
    fixless = Watch(gaps=tuple(_fixless(script)))
    fixed = [one for one in spoke if script.sky.satellites and not fixless.misses(one)]
    if not fixed:
        return NotObserved(NotObservedReason.NO_SATELLITES)
    return _fix(plan, script, min(fixed, key=lambda one: abs(one - at_s)), rng)


def _moments(script: VisitScript, from_s: float, to_s: float) -> list[float]:
    first, last = max(0.0, from_s), min(script.duration_s, to_s)
    return [PERIOD_S * n for n in range(int(-(-first // PERIOD_S)), int(last // PERIOD_S) + 1)]


def _fix(plan: Plan, script: VisitScript, at_s: float, rng: np.random.Generator) -> Fix:
    sky, told = script.sky, script.sky.spoofer not in UNTOLD
    here = _at(script, at_s, rng)
    return Fix(
        at_ms=script.started_at_ms + round(1000 * at_s),
        latitude_deg=here.latitude_deg,
        longitude_deg=here.longitude_deg,
        fix_type=FixType.FIX_3D if told and sky.satellites >= FEWEST_3D else FixType.FIX_2D,
        accuracy_m=round(RANGE_ERROR_M * sky.hdop, 1) if told else None,
        satellites=sky.satellites if told else 0 if sky.spoofer is Spoofer.NONE_HEARD else None,
        hdop=sky.hdop if told else None,
        gps_minus_system_s=sky.gps_offset_s,
        distance_to_site_m=distance_m(here, Point(plan.home.latitude_deg, plan.home.longitude_deg)),
    )


def _at(script: VisitScript, at_s: float, rng: np.random.Generator) -> Point:
    sky = script.sky
    leaps_m = LEAP_M if sky.spoofer is Spoofer.LEAP and at_s < script.duration_s / 2 else 0.0
    north_m, east_m = (rng.normal(0.0, sky.jitter_m, 2) + leaps_m).tolist()
    across = METRES_A_DEGREE * float(np.cos(np.radians(sky.latitude_deg)))
    return Point(sky.latitude_deg + north_m / METRES_A_DEGREE, sky.longitude_deg + east_m / across)


def _cues(script: VisitScript) -> Iterator[PlaceCue]:
    """As :mod:`edge_agent.perception.place_cues` finds them in the staged receiver's sentences."""
    sky: Sky = script.sky
    if sky.spoofer is Spoofer.NONE_HEARD:
        yield PlaceCue.NO_SATELLITES_YET_FIX
    if sky.spoofer is Spoofer.LEAP:
        yield PlaceCue.POSITION_JUMP
    if sky.jitter_m == 0 and sky.spoofer not in UNTOLD and script.duration_s >= PERIOD_S * (FROZEN_FIXES - 1):
        yield PlaceCue.FROZEN_JITTER
    if abs(sky.gps_offset_s) > LARGEST_OFFSET_S:
        yield PlaceCue.TIME_OFFSET
    if sky.spoofer is Spoofer.GENERATOR and sky.satellites >= FEWEST_SIGNALS:
        yield PlaceCue.FLAT_SIGNALS
