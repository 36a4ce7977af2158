"""From prior and likelihood to a mean and an interval."""

from typing import NamedTuple

import numpy as np

from ingest_server.authenticity.grid import Floats, edges, middles, shapes


class Spread(NamedTuple):
    """Posterior of each subject: mean, and the ends of the equal-tailed interval; each of shape (subjects,)."""

    mean: Floats
    low: Floats
    high: Floats


def spread(weights: Floats, likelihood: Floats, coverage: float) -> Spread:
    """The posterior under each subject's own prior.

    Args:
        weights: of the shapes in the prior, shape (subjects, shapes).
        likelihood: shape (subjects, CELLS).
        coverage: the probability that the interval holds, such as 0.95.

    An end in the outermost cell is told as 0 or 1: so close to it, nothing tells the share from all or from none.
    """
    masses = (weights @ shapes()) * likelihood
    masses /= masses.sum(axis=1, keepdims=True)
    reached = np.cumsum(masses, axis=1)
    tail = (1 - coverage) / 2
    return Spread(masses @ middles(), _quantiles(masses, reached, tail), _quantiles(masses, reached, 1 - tail))


def _quantiles(masses: Floats, reached: Floats, level: float) -> Floats:
    last = masses.shape[1] - 1
    cell = np.minimum((reached < level).sum(axis=1), last)
    rows = np.arange(len(masses))
    within, before = masses[rows, cell], reached[rows, cell] - masses[rows, cell]
    part = np.clip((level - before) / np.maximum(within, 1e-300), 0.0, 1.0)
    inside = edges()[cell] + part * (edges()[cell + 1] - edges()[cell])
    return np.asarray(np.where(cell == last, 1.0, np.where(cell == 0, 0.0, inside)))
