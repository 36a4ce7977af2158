"""The shares of genuine service that are told apart, the shapes of peers over them, and what a visit says of each."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest_server.authenticity.settings import KEPT_DECIBANS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELLS: Final = 160
# Denser near 1, where nearly everybody is: the last cell begins at 0.9986.
_DENSITY: Final = 1.3
_POINTS_A_CELL: Final = 32
# Means and concentrations (a + b) of the Beta shapes that peers are a mixture of: honest people lie close to 1 in
# different degrees; of the others next to nothing is known, so that their shapes are broad and cover the whole range.
_HONEST: Final = ((800.0, 1.0), (300.0, 1.0), (120.0, 1.0), (50.0, 1.0), (120.0, 3.0), (20.0, 1.0))
_MIXED: Final = tuple((12.0 * mean, 12.0 * (1 - mean)) for mean in (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9))
_SHAPES: Final = (*_HONEST, *_MIXED, (1.0, 1.0))
# Before any visit: nine in ten of one of the honest shapes, one in ten of any other.
_FIRST_GUESS: Final = (*(0.9 / len(_HONEST) for _ in _HONEST), *(0.1 / (len(_MIXED) + 1) for _ in (*_MIXED, None)))


@cache
def edges() -> Floats:
    """Where the cells begin and end, shape (CELLS + 1,), from 0 to 1."""
    return np.asarray(1 - np.linspace(1, 0, CELLS + 1) ** _DENSITY)


@cache
def middles() -> Floats:
    """The share of genuine service that stands for each cell, shape (CELLS,)."""
    return np.asarray((edges()[:-1] + edges()[1:]) / 2)


@cache
def shapes() -> Floats:
    """How each Beta shape spreads over the cells, shape (shapes, CELLS), rows summing to 1."""
    left, width = edges()[:-1, None], np.diff(edges())[:, None]
    points = left + width * (np.arange(_POINTS_A_CELL) + 0.5) / _POINTS_A_CELL
    masses = np.array([(np.exp(_log_density(points, a, b)) * width).mean(axis=1) for a, b in _SHAPES])
    return np.asarray(masses / masses.sum(axis=1, keepdims=True))


@cache
def first_guess() -> Floats:
    """The weights of the shapes before any visit, shape (shapes,)."""
    return np.array(_FIRST_GUESS)


@cache
def log_likelihoods(bound_decibans: int) -> Floats:
    """What a visit of each weight says of each share, shape (2 * KEPT_DECIBANS + 1, CELLS).

    A visit whose evidence is ``LR`` times more probable if it was faked has the likelihood ``t + (1 - t) * LR`` under
    a share ``t`` of genuine visits. Rows run from -KEPT_DECIBANS to KEPT_DECIBANS, bounded by ``bound_decibans``.
    """
    decibans = np.clip(np.arange(-KEPT_DECIBANS, KEPT_DECIBANS + 1), -bound_decibans, bound_decibans)
    ratios = 10 ** (decibans[:, None] / 10)
    return np.asarray(np.log(middles() + (1 - middles()) * ratios))


def _log_density(points: Floats, a: float, b: float) -> Floats:
    peak = max(1e-6, min(1 - 1e-6, (a - 1) / (a + b - 2))) if a + b > 2 else 0.5
    there = (a - 1) * np.log(peak) + (b - 1) * np.log1p(-peak)
    return np.asarray((a - 1) * np.log(points) + (b - 1) * np.log1p(-points) - there)
