"""From an array's raw cells to the picture that the occupancy model takes, or to "blind".

Every array between 4x4 and 32x32 is resized to 24x32 here, before the graph, by bilinear interpolation between the
centres of its cells (edges held), and given as kelvin above the room.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.bed import BedArea

Cells = NDArray[np.float32]
MODEL_ROWS, MODEL_COLUMNS = 24, 32
SMALLEST, LARGEST = 4, 32

# What MLX90640 and AMG8833 can measure; anything else is a bus error.
CELL_RANGE_C = (-40.0, 300.0)
ROOM_RANGE_C = (-5.0, 50.0)
LARGEST_UNREAD_SHARE = 0.25
# A working array's own noise is above this: an even field is a register that was never written, or a dead bus.
FLAT_K = 0.05
# A wall thermometer and the array seldom agree to a degree; people who fill the view raise it by more.
AMBIENT_SLACK_K = 1.5


def legible(celsius: Cells) -> Cells | None:
    """The frame with its unread cells filled from their neighbours, or ``None`` where the array is blind.

    ``celsius`` is float32 [rows, columns]. Blind: more than a quarter of the cells gave nothing or nonsense, all the
    rest say the same, or the room would be colder than -5 °C or hotter than 50 °C.

    Raises:
        ValueError: the array is not two-dimensional or not between 4x4 and 32x32.
    """
    if celsius.ndim != 2 or not all(SMALLEST <= side <= LARGEST for side in celsius.shape):
        raise ValueError(f"a thermal array has between 4x4 and 32x32 cells, not {celsius.shape}")
    read = (celsius > CELL_RANGE_C[0]) & (celsius < CELL_RANGE_C[1])
    if read.mean() < 1 - LARGEST_UNREAD_SHARE:
        return None
    known = celsius[read]
    if np.ptp(known) < FLAT_K or not ROOM_RANGE_C[0] <= float(np.median(known)) <= ROOM_RANGE_C[1]:
        return None
    return celsius if read.all() else _filled(celsius, read)


def room_temperature_c(celsius: Cells, ambient_c: float | None = None) -> float:
    """The temperature that bodies are seen against: the frame's lower quartile, which most views keep free of people.

    A thermometer's ``ambient_c`` counts where the quartile lies more than 1.5 K above it: there people fill the view.
    """
    quartile = float(np.partition(celsius, celsius.size // 4, axis=None)[celsius.size // 4])
    return quartile if ambient_c is None else min(quartile, ambient_c + AMBIENT_SLACK_K)


def model_image(celsius: Cells, room_c: float) -> Cells:
    """Float32 [24, 32]: kelvin above the room, resized from float32 [rows, columns] °C."""
    rows, columns = celsius.shape
    rise: Cells = celsius - np.float32(room_c)
    if rows != MODEL_ROWS:
        rise = _interpolation(rows, MODEL_ROWS) @ rise
    if columns != MODEL_COLUMNS:
        rise = rise @ _interpolation(columns, MODEL_COLUMNS).T
    return rise


def bed_mask(bed: BedArea, rows: int = MODEL_ROWS, columns: int = MODEL_COLUMNS) -> Cells:
    """Float32 [rows, columns]: the share 0..1 of each cell that the bed covers."""
    return np.outer(_covered(bed.row0, bed.row1, rows), _covered(bed.col0, bed.col1, columns))


def _covered(start: float, end: float, cells: int) -> Cells:
    edges = np.clip(np.arange(cells + 1, dtype=np.float32), start * cells, end * cells)
    return np.diff(edges)


@lru_cache(maxsize=64)
def _interpolation(cells: int, wanted: int) -> Cells:
    at = np.clip((np.arange(wanted) + 0.5) * cells / wanted - 0.5, 0, cells - 1)
    shares: Cells = np.clip(1 - np.abs(at[:, None] - np.arange(cells)[None, :]), 0, 1).astype(np.float32)
    return shares


@lru_cache(maxsize=64)
def averaging(cells: int, wanted: int) -> Cells:
    """Float32 [wanted, cells]: the matrix that averages an axis of cells into fewer, each by its share."""
    edges = np.linspace(0, 1, wanted + 1)
    shares = np.stack([_covered(start, end, cells) for start, end in pairwise(edges)])
    means: Cells = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return means


def _filled(celsius: Cells, read: NDArray[np.bool_]) -> Cells:
    """Grow the read cells into the unread ones, each the mean of its read neighbours."""
    filled, known = np.where(read, celsius, np.float32(0)), read
    while not known.all():
        total, count = _neighbours(filled), _neighbours(known.astype(np.float32))
        reached = ~known & (count > 0)
        filled = np.where(reached, total / np.maximum(count, 1), filled).astype(np.float32)
        known = known | reached
    return filled


def _neighbours(values: Cells) -> Cells:
    padded = np.pad(values, 1)
    rows, columns = values.shape
    steps = ((down, across) for down in range(3) for across in range(3) if (down, across) != (1, 1))
    return sum((padded[d : d + rows, a : a + columns] for d, a in steps), np.zeros_like(values))
