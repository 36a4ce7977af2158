"""Where the bed lies in the thermal array."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BedArea:
    """The bed's rectangle as shares 0..1 of the array: rows from the top, columns from the left."""

    row0: float
    col0: float
    row1: float
    col1: float

    def __post_init__(self) -> None:
        """Refuse a rectangle that is empty or leaves the array.

        Raises:
            ValueError: the shares are not ``0 <= row0 < row1 <= 1`` and ``0 <= col0 < col1 <= 1``.
        """
        if not (0 <= self.row0 < self.row1 <= 1 and 0 <= self.col0 < self.col1 <= 1):
            raise ValueError(f"the bed must lie inside the array and have an area, as shares 0..1: {self}")

    @classmethod
    def from_cells(cls, corners: tuple[float, float, float, float], rows: int, columns: int) -> "BedArea":
        """The area of ``x0,y0,x1,y1`` in cells of an array, edges counted from its upper left corner.

        The whole of a 4x4 array is ``0,0,4,4``.

        Raises:
            ValueError: the rectangle is empty or leaves the array.
        """
        x0, y0, x1, y1 = corners
        return cls(y0 / rows, x0 / columns, y1 / rows, x1 / columns)
