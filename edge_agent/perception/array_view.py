"""Which part of the camera's picture the thermal array sees. Pure."""

from dataclasses import dataclass
from typing import NamedTuple


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
