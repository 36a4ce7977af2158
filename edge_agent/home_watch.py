"""Whether the device is still in the home that a visit began in, by its position. Pure."""

from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point
from edge_agent.perception.geofence import SiteVerdict, judge
from edge_agent.perception.position import point_of

# Indoors a fix wanders by a street or two; nobody's home is this large.
FAR_M = 500.0
HELD_MS = 60_000
# A fix that knows its own place no better than this is no home to be away from.
SURE_M = 100.0


class HomeWatch:
    """Follows one visit's positions: home is where the first good fix was, whatever site is set."""

    def __init__(self) -> None:
        self._home: Point | None = None
        self._away_since_ms: int | None = None
        self._told = False

    def left(self, seen: PositionObservation) -> bool:
        """Whether it is certain now, and was not before, that the device has left: far off, for a minute, in every fix.

        Fixes that cannot tell neither begin a minute nor end one.
        """
        if self._home is None:
            self._home = _sure_place(seen)
            return False
        match judge(seen, self._home, FAR_M):
            case SiteVerdict.INSIDE:
                self._away_since_ms = None
            case SiteVerdict.OUTSIDE:
                return self._away(seen.at_ms)
            case SiteVerdict.CANNOT_TELL:
                pass
        return False

    def _away(self, at_ms: int) -> bool:
        if self._away_since_ms is None:
            self._away_since_ms = at_ms
        if self._told or at_ms - self._away_since_ms < HELD_MS:
            return False
        self._told = True
        return True


def _sure_place(seen: PositionObservation) -> Point | None:
    sure = seen.accuracy_m is not None and seen.accuracy_m <= SURE_M
    return point_of(seen) if sure else None
