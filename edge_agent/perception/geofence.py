"""The geofence: whether a position is at a site, as far as its accuracy can tell."""

from enum import StrEnum

from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.perception.position import point_of


class SiteVerdict(StrEnum):
    """Whether a fix lies within the radius of a site, as far as its accuracy can tell."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    CANNOT_TELL = "cannot_tell"


def judge(fix: PositionObservation, site: Point, radius_m: float) -> SiteVerdict:
    """Geofence that knows what it cannot know: inside or outside only where the whole circle of accuracy is."""
    point = point_of(fix)
    if point is None or fix.accuracy_m is None:
        return SiteVerdict.CANNOT_TELL
    away_m = distance_m(point, site)
    if away_m + fix.accuracy_m <= radius_m:
        return SiteVerdict.INSIDE
    return SiteVerdict.OUTSIDE if away_m - fix.accuracy_m > radius_m else SiteVerdict.CANNOT_TELL
