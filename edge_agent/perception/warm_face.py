"""Whether the thermal array sees a face's warmth where the camera sees a face. Pure.

Paper is as cool as the room and hides the heat behind it. A display may be as warm as skin: it can pass.
"""

import numpy as np

from edge_agent.perception.array_view import Area
from edge_agent.perception.lens import COVERED_BELOW_K, structure_k
from edge_agent.perception.thermal_image import Cells, legible, room_temperature_c

SKIN_C = 34.0
# In a warmer room too little of a face's contrast is left.
LEAST_CONTRAST_K = 5.0
# Fewer cells across than this, and the room behind is mixed into each of them.
LEAST_CELLS_ACROSS = 2.5
# The two fields of view are aligned to about this share of a face.
SLACK = 0.35
WARM_SHARE, COOL_SHARE = 0.45, 0.25


def is_warm(celsius: Cells, face: Area) -> bool | None:
    """Whether ``face``, a part of the array's picture, is as warm as one: ``celsius`` is float32 [rows, columns].

    ``None``, cannot tell: the array is blind or sees nothing but evenness, the face lies in too few of its cells or
    beyond its edge, the room is nearly as warm as skin, or the warmth lies between paper's and skin's.

    Raises:
        ValueError: the array is not between 4x4 and 32x32.
    """
    seen = legible(celsius)
    # Under a cover everything is as cool as paper. The lens is judged over minutes, and a check takes seconds.
    if seen is None or structure_k(seen) < COVERED_BELOW_K or not _tells(seen, face):
        return None
    room_c = room_temperature_c(seen)
    contrast_k = SKIN_C - room_c
    if contrast_k < LEAST_CONTRAST_K:
        return None
    share = (_warmest_c(seen, face) - room_c) / contrast_k
    return True if share > WARM_SHARE else False if share < COOL_SHARE else None


def _tells(celsius: Cells, face: Area) -> bool:
    """Whether the face lies within the array's picture, in cells enough."""
    rows, columns = celsius.shape
    across = min((face.row1 - face.row0) * rows, (face.col1 - face.col0) * columns)
    inside = min(face.row0, face.col0) >= 0 and max(face.row1, face.col1) <= 1
    return inside and across >= LEAST_CELLS_ACROSS


def _warmest_c(celsius: Cells, face: Area) -> float:
    """The median of the face's cells, there or a little beside where it is warmest; hands fill too few of them."""
    down, across = SLACK * (face.row1 - face.row0), SLACK * (face.col1 - face.col0)
    shifts = ((row * down, column * across) for row in (-1, 0, 1) for column in (-1, 0, 1))
    return max(float(np.median(_cut(celsius, face, shift))) for shift in shifts)


def _cut(celsius: Cells, face: Area, shift: tuple[float, float]) -> Cells:
    rows, columns = celsius.shape
    row0, row1 = (min(max(0, round((edge + shift[0]) * rows)), rows) for edge in (face.row0, face.row1))
    col0, col1 = (min(max(0, round((edge + shift[1]) * columns)), columns) for edge in (face.col0, face.col1))
    return celsius[row0:row1, col0:col1]
