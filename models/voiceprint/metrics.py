"""Errors of a matrix of similarities: voiceprints in rows, what was heard in columns, one speaker at one index."""

import numpy as np
from numpy.typing import NDArray

RESAMPLINGS = 500

Scores = NDArray[np.float64]
Indices = NDArray[np.int64]


def equal_error(same: Scores, other: Scores) -> tuple[float, float]:
    """The threshold at which misses and false matches are equally frequent, and how frequent they are."""
    thresholds = np.unique(np.concatenate([same, other]))
    misses = np.searchsorted(np.sort(same), thresholds) / len(same)
    false = 1 - np.searchsorted(np.sort(other), thresholds) / len(other)
    best = int(np.argmin(np.abs(misses - false)))
    return float(thresholds[best]), float((misses[best] + false[best]) / 2)


def parts(scores: Scores, speakers: Indices | None = None) -> tuple[Scores, Scores]:
    """Similarities of the speakers with themselves, and of every two different ones."""
    speakers = np.arange(len(scores)) if speakers is None else speakers
    different = speakers[:, None] != speakers[None, :]
    return scores[speakers, speakers], scores[np.ix_(speakers, speakers)][different]


def interval(scores: Scores) -> tuple[float, float]:
    """95% interval of the equal error rate: speakers drawn with replacement, 500 times."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(len(scores), size=len(scores)) for _ in range(RESAMPLINGS)]
    low, high = np.quantile([equal_error(*parts(scores, drawn))[1] for drawn in draws], [0.025, 0.975])
    return float(low), float(high)
