"""Where the device was at check-in and at check-out."""

from collections.abc import Sequence

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.place_cues import place_cues
from edge_agent.perception.position import point_of
from visit_record.record import Fix, NotObserved, Where
from visit_record.vocabulary import NotObservedReason

# A receiver that slept needs half a minute under open sky, and longer at a window.
NEAR_S = 120.0


def place_evidence(
    observations: Sequence[PositionObservation],
    visit: VisitClock,
    site: Point | None,
    silence: NotObservedReason = NotObservedReason.SENSOR_ABSENT,
) -> Where:
    """The best fix near check-in and near check-out, and the cues of the whole visit.

    Best is the most accurate within :data:`NEAR_S` of the moment, the nearer of equals. ``silence`` is why there is
    no reading at all: absent, switched off (``location_off``) or withheld. A receiver that spoke near the moment, but
    had no fix, is ``no_satellites``; one that spoke at another time only is ``sensor_fault``.
    """
    return Where(
        check_in=_fix_near(visit.check_in_monotonic_ms, observations, visit, site, silence),
        check_out=_fix_near(visit.check_out_monotonic_ms, observations, visit, site, silence),
        cues=place_cues([observation for observation in observations if visit.holds(observation.at_ms)]),
    )


def _fix_near(
    moment_ms: int,
    observations: Sequence[PositionObservation],
    visit: VisitClock,
    site: Point | None,
    silence: NotObservedReason,
) -> Fix | NotObserved:
    near = [seen for seen in observations if abs(seen.at_ms - moment_ms) <= NEAR_S * 1000]
    fixes = [seen for seen in near if point_of(seen)]
    if fixes:
        return _fix(min(fixes, key=lambda seen: _rank(seen, moment_ms)), visit, site)
    if near:
        return NotObserved(NotObservedReason.NO_SATELLITES)
    return NotObserved(NotObservedReason.SENSOR_FAULT if observations else silence)


def _rank(seen: PositionObservation, moment_ms: int) -> tuple[float, int]:
    return (float("inf") if seen.accuracy_m is None else seen.accuracy_m, abs(seen.at_ms - moment_ms))


def _fix(seen: PositionObservation, visit: VisitClock, site: Point | None) -> Fix:
    point = point_of(seen)
    if point is None:
        raise ValueError("an observation without a fix has no place")
    return Fix(
        at_ms=visit.utc_ms(seen.at_ms),
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        fix_type=seen.fix_type,
        accuracy_m=seen.accuracy_m,
        satellites=seen.satellites,
        hdop=seen.hdop,
        gps_minus_system_s=seen.gps_minus_system_s,
        distance_to_site_m=distance_m(point, site) if site else None,
    )
