"""Whether the thermal array sees a face's warmth where the camera sees a face. Pure.

Paper is as cool as the room and hides the heat behind it. A display may be as warm as skin: it can pass.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from edge_agent.perception.thermal_image import Cells, legible, room_temperature_c

SKIN_C = 34.0
# In a warmer room too little of a face's contrast is left.
LEAST_CONTRAST_K = 5.0
# Fewer cells across than this, and the room behind is mixed into each of them.
LEAST_CELLS_ACROSS = 2.5
# The two fields of view are aligned to about this share of a face.
SLACK = 0.35
WARM_SHARE, COOL_SHARE = 0.45, 0.25
# A face fills a third of itself with its slack; the hands that hold a sheet fill less.
WARMEST_PART = 0.7


class Area(NamedTuple):
    """A part of a picture, in shares 0..1 of its rows from the top and of its columns from the left."""

    row0: float
    col0: float
    row1: float
    col1: float


@dataclass(frozen=True)
class ArrayView:
    """The part of the camera's picture that the thermal array sees; it may reach beyond the picture."""

    area: Area

    def __post_init__(self) -> None:
        """Refuse a view without an inside.

        Raises:
            ValueError: an edge is not before the one opposite, or no number.
        """
        if not (self.area.row0 < self.area.row1 and self.area.col0 < self.area.col1):
            raise ValueError("the thermal view's row0 and col0 must be less than its row1 and col1")

    def of(self, face: Area) -> Area:
        """A face in the camera's picture, as a part of the array's."""
        view = self.area
        high, wide = view.row1 - view.row0, view.col1 - view.col0
        return Area(
            (face.row0 - view.row0) / high,
            (face.col0 - view.col0) / wide,
            (face.row1 - view.row0) / high,
            (face.col1 - view.col0) / wide,
        )


def is_warm(celsius: Cells, face: Area) -> bool | None:
    """Whether ``face``, a part of the array's picture, is as warm as one: ``celsius`` is float32 [rows, columns].

    ``None``, cannot tell: the array is blind, the face lies in too few of its cells or beyond its edge, the room is
    nearly as warm as skin, or the warmth lies between paper's and skin's.

    Raises:
        ValueError: the array is not between 4x4 and 32x32.
    """
    seen = legible(celsius)
    patch = None if seen is None else _cells_of(seen, face)
    if seen is None or patch is None:
        return None
    room_c = room_temperature_c(seen)
    contrast_k = SKIN_C - room_c
    if contrast_k < LEAST_CONTRAST_K:
        return None
    if float(np.quantile(_widened(seen, face), WARMEST_PART)) - room_c < COOL_SHARE * contrast_k:
        return False
    return True if float(np.median(patch)) - room_c > WARM_SHARE * contrast_k else None


def _cells_of(celsius: Cells, face: Area) -> Cells | None:
    rows, columns = celsius.shape
    across = min((face.row1 - face.row0) * rows, (face.col1 - face.col0) * columns)
    inside = min(face.row0, face.col0) >= 0 and max(face.row1, face.col1) <= 1
    return _cut(celsius, face) if inside and across >= LEAST_CELLS_ACROSS else None


def _widened(celsius: Cells, face: Area) -> Cells:
    """The face with its slack: nothing is called cool that is warm a little beside."""
    down, across = SLACK * (face.row1 - face.row0), SLACK * (face.col1 - face.col0)
    return _cut(celsius, Area(face.row0 - down, face.col0 - across, face.row1 + down, face.col1 + across))


def _cut(celsius: Cells, area: Area) -> Cells:
    rows, columns = celsius.shape
    row0, row1 = max(0, int(area.row0 * rows)), min(rows, int(np.ceil(area.row1 * rows)))
    col0, col1 = max(0, int(area.col0 * columns)), min(columns, int(np.ceil(area.col1 * columns)))
    return celsius[row0:row1, col0:col1]
