"""A bedroom under the thermal array, measured in metres at the height of the bed."""

from dataclasses import dataclass

import numpy as np

from edge_agent.perception.bed import BedArea
from sim.script import Spot
from sim.thermal.furniture import Furnishing, furnished

Point = tuple[float, float]
# Empty bedrooms under a real 4x4 array stray by 0.13 to 0.42 K from an even slope; rooms staged so, by about as much.
FURNITURE_K = 0.5


@dataclass(frozen=True)
class ThermalHome:
    """What the array looks at. Points are (row, column) in metres from the view's upper left corner.

    ``bed_m`` is (row0, col0, row1, col1). ``blanket`` is the share of a lying body's heat that the bedding holds
    back, ``clothing`` the share of skin contrast that a dressed person shows, ``noise_k`` the noise of one cell.
    """

    view_m: Point
    bed_m: tuple[float, float, float, float]
    spots_m: dict[Spot, Point]
    ambient_c: float = 23.0
    drift_k: float = 0.4
    blanket: float = 0.5
    clothing: float = 0.5
    noise_k: float = 0.12
    furniture: tuple[Furnishing, ...] = ()

    @classmethod
    def seeded(cls, seed: int) -> "ThermalHome":
        """One of many homes: a view of 3 m by 4 m whose plan is mirrored and shifted by the seed."""
        rng = np.random.default_rng([seed, 0x4EA7])
        up, left = bool(rng.integers(2)), bool(rng.integers(2))
        shift = (float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.15, 0.15)))
        corners = (_placed((0.25, 0.3), shift, up, left), _placed((1.25, 2.3), shift, up, left))
        (row0, row1), (col0, col1) = sorted(c[0] for c in corners), sorted(c[1] for c in corners)
        return cls(
            view_m=_VIEW_M,
            bed_m=(row0, col0, row1, col1),
            spots_m={spot: _placed(point, shift, up, left) for spot, point in _PLAN_M.items()},
            ambient_c=float(rng.uniform(20.5, 26.5)),
            blanket=float(rng.uniform(0.3, 0.7)),
            clothing=float(rng.uniform(0.42, 0.6)),
            furniture=furnished(rng, _VIEW_M, FURNITURE_K),
        )

    @property
    def bed(self) -> BedArea:
        """The bed as perception is told of it, shares of the array."""
        row0, col0, row1, col1 = self.bed_m
        height, width = self.view_m
        return BedArea(max(0.0, row0 / height), max(0.0, col0 / width), min(1.0, row1 / height), min(1.0, col1 / width))

    @property
    def skin_contrast_k(self) -> float:
        """How much warmer than the room bare skin is; little is left of it in a hot room."""
        return max(1.0, 34.0 - self.ambient_c)


_VIEW_M = (3.0, 4.0)
_PLAN_M = {
    Spot.BED: (0.75, 1.3),
    Spot.BEDSIDE: (1.62, 1.3),
    Spot.BASIN: (2.45, 0.7),
    Spot.SOFA: (2.3, 3.2),
    Spot.DOOR: (0.6, 3.6),
}


def _placed(point: Point, shift: Point, up: bool, left: bool) -> Point:
    row, column = point[0] + shift[0], point[1] + shift[1]
    return (_VIEW_M[0] - row if up else row, _VIEW_M[1] - column if left else column)
