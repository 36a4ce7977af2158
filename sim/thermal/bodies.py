"""Warm bodies on a fine grid: each field is the share 0..1 of the contrast between bare skin and the room.

Every field is an outer product of a row and a column profile, so that an hour of frames costs seconds. The shapes are
this project's own approximation of what a 24x32 array shows from above; no recording was fitted.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
FINE_ROWS, FINE_COLUMNS = 48, 64


@dataclass(frozen=True)
class Grid:
    """The fine grid over a view of (height, width) metres, and its averaging into an array's cells."""

    view_m: tuple[float, float]
    rows_m: Field = field(init=False)
    columns_m: Field = field(init=False)

    def __post_init__(self) -> None:
        """Lay the centres of the fine cells."""
        height, width = self.view_m
        rows = (np.arange(FINE_ROWS, dtype=np.float32) + 0.5) * np.float32(height / FINE_ROWS)
        columns = (np.arange(FINE_COLUMNS, dtype=np.float32) + 0.5) * np.float32(width / FINE_COLUMNS)
        object.__setattr__(self, "rows_m", rows)
        object.__setattr__(self, "columns_m", columns)

    def empty(self) -> Field:
        """A field without heat."""
        return np.zeros((FINE_ROWS, FINE_COLUMNS), np.float32)

    def blob(self, centre: tuple[float, float], half_m: tuple[float, float], power: float = 2.0) -> Field:
        """A warm spot of peak 1: a Gaussian for ``power`` 2, flatter on top and sharper at the edge above that."""
        down = np.exp(-(np.abs((self.rows_m - centre[0]) / half_m[0]) ** power))
        across = np.exp(-(np.abs((self.columns_m - centre[1]) / half_m[1]) ** power))
        spot: Field = down[:, None] * across[None, :]
        return spot


def upright(grid: Grid, centre: tuple[float, float], clothing: float, size: tuple[float, float] = (1.0, 1.0)) -> Field:
    """Somebody standing or sitting, from above: a warm head over cooler shoulders; ``size`` stretches rows, columns."""
    shoulders = grid.blob(centre, (0.24 * size[0], 0.3 * size[1])) * np.float32(clothing * 0.85)
    head = grid.blob(centre, (0.15 * size[0], 0.15 * size[1])) * np.float32(clothing * 1.2)
    body: Field = np.maximum(shoulders, head)
    return body


@dataclass(frozen=True)
class Lying:
    """How somebody lies: along the rows or the columns, which end the head is at, and what the blanket holds back."""

    along_columns: bool = True
    head_first: bool = True
    blanket: float = 0.5
    head_covered: bool = False
    gain: float = 0.7


def lying(grid: Grid, centre: tuple[float, float], how: Lying) -> Field:
    """Somebody lying, about 1.6 m long: a bare head, a trunk and legs that the blanket damps."""
    sign = -1.0 if how.head_first else 1.0
    under = how.gain * (1 - how.blanket)
    trunk = _limb(grid, centre, how.along_columns, _Limb(sign * 0.2, 0.42, 0.24)) * np.float32(under)
    legs = _limb(grid, centre, how.along_columns, _Limb(sign * -0.45, 0.45, 0.17)) * np.float32(under * 0.7)
    head_gain = under if how.head_covered else how.gain
    head = _limb(grid, centre, how.along_columns, _Limb(sign * 0.7, 0.15, 0.15)) * np.float32(head_gain)
    body: Field = np.maximum(np.maximum(trunk, legs), head)
    return body


def bed_warmth(grid: Grid, centre: tuple[float, float], along_columns: bool) -> Field:
    """What stays in the bedding after somebody got up: wide, soft, without a head; peak 1."""
    return _limb(grid, centre, along_columns, _Limb(0.0, 0.7, 0.32, power=2.0))


@dataclass(frozen=True, slots=True)
class _Limb:
    """A part of a lying body: how far along the body's axis its middle is, and half its length and width."""

    offset_m: float
    half_length_m: float
    half_width_m: float
    power: float = 3.0


def _limb(grid: Grid, centre: tuple[float, float], along_columns: bool, limb: _Limb) -> Field:
    row, column = centre
    if along_columns:
        return grid.blob((row, column + limb.offset_m), (limb.half_width_m, limb.half_length_m), limb.power)
    return grid.blob((row + limb.offset_m, column), (limb.half_length_m, limb.half_width_m), limb.power)


def averaging(fine: int, cells: int) -> Field:
    """Float32 [cells, fine]: the matrix that averages a fine axis into cells of the array."""
    edges = np.linspace(0, fine, cells + 1)
    starts, ends = edges[:-1, None], edges[1:, None]
    at = np.arange(fine)[None, :]
    covered = np.clip(np.minimum(at + 1, ends) - np.maximum(at, starts), 0, None)
    shares: Field = (covered / covered.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares
