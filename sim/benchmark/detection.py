"""How many of the faked are found at so many false alarms. Pure.

Scores are higher for the more suspicious; ``-inf`` is a visit of which too little was seen, which no threshold finds.
``weights`` count a visit more or less often than once.
"""

import numpy as np
from numpy.typing import NDArray

from sim.benchmark.cllr import Flags, Floats, starts_of


class HonestScores:
    """The honest visits' scores in order, to set thresholds by, again and again under other weights."""

    def __init__(self, scores: Floats, honest: Flags) -> None:
        index = np.flatnonzero(honest)
        self._order: NDArray[np.intp] = index[np.argsort(-scores[index], kind="stable")]
        ordered = scores[self._order]
        self._starts = starts_of(ordered)
        self._values = ordered[self._starts]

    def limit(self, weights: Floats, share: float) -> float:
        """The lowest score that no more than ``share`` of the honest visits exceed. What exceeds it is an alarm.

        Visits of one score stand or fall together, so that the share of false alarms may be smaller.
        """
        above = np.concatenate(([0.0], np.cumsum(weights[self._order])))
        # A hair of slack: sums of weights that should be equal may differ in their last digit.
        allowed = above[self._starts] <= share * above[-1] * (1 + 1e-9)
        return float(self._values[np.flatnonzero(allowed)[-1]])


def share_above(scores: Floats, weights: Floats, limit: float) -> float:
    """The share of these visits that exceed the limit; NaN where there are none."""
    whole = weights.sum()
    return float(weights[scores > limit].sum() / whole) if whole else float("nan")


class Queue:
    """All visits as a reviewer meets them, the most suspicious first, under changing weights."""

    def __init__(self, scores: Floats, faked: Flags) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._starts = starts_of(scores[self._order])
        self._faked = faked[self._order]

    def precision(self, weights: Floats, base_rate: float, top_share: float) -> float:
        """The share of faked visits in the top of the queue, were ``base_rate`` of all visits faked.

        Of visits with one score at the edge of the top, a share of each is in it: their order is chance.
        """
        ordered = weights[self._order]
        faked = self._groups(np.where(self._faked, ordered, 0.0)) * base_rate
        honest = self._groups(np.where(self._faked, 0.0, ordered)) * (1 - base_rate)
        both = faked + honest
        room = np.clip(top_share - (np.cumsum(both) - both), 0.0, both)
        return float((room * np.divide(faked, both, out=np.zeros_like(both), where=both > 0)).sum() / top_share)

    def _groups(self, weights: Floats) -> Floats:
        summed: Floats = np.add.reduceat(weights, self._starts)
        return summed / float(weights.sum())
