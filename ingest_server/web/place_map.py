"""Where a device was at check-in and check-out, to scale: no map, and no place that nobody measured. Pure.

A record tells where each fix is, how exact it claims to be, and how far from the home; not where the home is. It lies
somewhere on the circle of that distance, which is drawn: where circles of several fixes meet.
"""

from collections.abc import Iterator, Sequence
from math import cos, radians
from typing import Final

from msgspec import Struct

from visit_record.record import Fix, VisitRecord
from visit_record.vocabulary import CheckMoment

# Mean radius of the earth (IUGG), on whose sphere a home's surroundings are flat enough.
_EARTH_M: Final = 6_371_009
_STEPS: Final = (1, 2, 5)
# So far from each other no picture tells anything; the figures do.
MOST_APART_M: Final = 100_000


class Spot(Struct, frozen=True):
    """A fix in the drawing, whose sides are 100 long; radii are to the same scale, ``None`` where not known."""

    moment: CheckMoment
    x: float
    y: float
    accuracy: float | None
    home: float | None


class PlaceMap(Struct, frozen=True):
    """The fixes, north up, and the length of a bar that is so many metres long."""

    spots: tuple[Spot, ...]
    bar_m: int
    bar: float


def place_map(record: VisitRecord) -> PlaceMap | None:
    """The drawing of a record's fixes; ``None`` where there is none, or where they lie too far from each other."""
    where = record.where
    fixes = [
        (moment, fix)
        for moment, fix in ((CheckMoment.CHECK_IN, where.check_in), (CheckMoment.CHECK_OUT, where.check_out))
        if isinstance(fix, Fix)
    ]
    if not fixes:
        return None
    flat = list(_flat([fix for _, fix in fixes]))
    reach_m = max(max(abs(x), abs(y)) + _around(fix) for (x, y), (_, fix) in zip(flat, fixes, strict=True))
    if reach_m > MOST_APART_M:
        return None
    scale = 47 / max(reach_m, 5.0)
    spots = [_spot(moment, fix, place, scale) for place, (moment, fix) in zip(flat, fixes, strict=True)]
    bar_m = _bar_m(25 / scale)
    return PlaceMap(tuple(spots), bar_m, round(bar_m * scale, 2))


def _flat(fixes: Sequence[Fix]) -> Iterator[tuple[float, float]]:
    """Metres east and north of their middle."""
    middle_lat = sum(fix.latitude_deg for fix in fixes) / len(fixes)
    first = fixes[0].longitude_deg
    # East of the date line and west of it are neighbours.
    offsets = [(fix.longitude_deg - first + 180) % 360 - 180 for fix in fixes]
    middle_lon = sum(offsets) / len(offsets)
    degree_m = radians(1) * _EARTH_M
    for fix, offset in zip(fixes, offsets, strict=True):
        yield (offset - middle_lon) * degree_m * cos(radians(middle_lat)), (fix.latitude_deg - middle_lat) * degree_m


def _around(fix: Fix) -> float:
    return max(fix.accuracy_m or 0.0, fix.distance_to_site_m or 0.0)


def _spot(moment: CheckMoment, fix: Fix, place: tuple[float, float], scale: float) -> Spot:
    east_m, north_m = place
    radii = [
        None if metres is None else round(metres * scale, 2) for metres in (fix.accuracy_m, fix.distance_to_site_m)
    ]
    return Spot(moment, round(50 + east_m * scale, 2), round(50 - north_m * scale, 2), *radii)


def _bar_m(most_m: float) -> int:
    """The longest round length that is no longer."""
    lengths = [step * 10**power for power in range(6) for step in _STEPS]
    return max((length for length in lengths if length <= most_m), default=1)
