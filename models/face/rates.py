"""Error rates of a verification, with intervals over people. Pure.

Photographs of one person are alike, so people are drawn with replacement, never photographs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

RESAMPLINGS = 1000
Values = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Trials:
    """Comparisons: similarity, whom the template shows, whom the photograph; NaN where no face was compared."""

    similarity: Values
    claimed: Whole
    seen: Whole

    def of(self, people: Whole) -> "Trials":
        """Those between people of a group, each as often as the group names them; no draw meets its own double."""
        pairs = [(a, b) for a in people for b in people if a != b]
        where = np.concatenate([self._groups[pair] for pair in [*zip(people, people, strict=True), *pairs]])
        return Trials(self.similarity[where], self.claimed[where], self.seen[where])

    @cached_property
    def _groups(self) -> Mapping[tuple[int, int], Whole]:
        return defaultdict(
            lambda: np.empty(0, np.int64),
            {
                (a, b): np.flatnonzero((self.claimed == a) & (self.seen == b))
                for a in np.unique(self.claimed)
                for b in np.unique(self.seen)
            },
        )

    @property
    def same(self) -> Values:
        """Similarities of people with themselves, where a face was compared."""
        return self._compared(self.claimed == self.seen)

    @property
    def other(self) -> Values:
        """Similarities of people with others, where a face was compared."""
        return self._compared(self.claimed != self.seen)

    def _compared(self, which: NDArray[np.bool_]) -> Values:
        values = self.similarity[which]
        return values[~np.isnan(values)]


def threshold_at(other: Values, false_match_rate: float) -> float:
    """The least similarity to accept so that no more than a share of the others' comparisons is accepted.

    Where the share is less than one comparison, none is accepted: the threshold is just above the greatest.
    """
    accepted = int(np.floor(false_match_rate * len(other)))
    return float(np.nextafter(np.sort(other)[-1 - accepted], np.inf))


def missed(same: Values, threshold: float) -> float:
    """Share of people's own comparisons under the threshold (FNMR)."""
    return float(np.mean(same < threshold))


def accepted(other: Values, threshold: float) -> float:
    """Share of others' comparisons at or above the threshold (FMR)."""
    return float(np.mean(other >= threshold))


def interval(trials: Trials, people: Whole, measure: Callable[[Trials], float]) -> tuple[float, float]:
    """95% of a measure over people drawn with replacement."""
    low, high = np.quantile(list(_resampled(trials, people, measure)), [0.025, 0.975])
    return float(low), float(high)


def _resampled(trials: Trials, people: Whole, measure: Callable[[Trials], float]) -> Iterator[float]:
    rng = np.random.default_rng(0)
    for _ in range(RESAMPLINGS):
        yield measure(trials.of(rng.choice(people, len(people))))
