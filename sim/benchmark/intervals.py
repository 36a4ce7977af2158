"""How far a figure may be off: the bootstrap over caregivers, as one caregiver's visits are alike. Pure, seeded.

Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13: the percentile interval. Whole clusters are
drawn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from msgspec import Struct

from sim.benchmark.cllr import Floats

CONFIDENCE = 0.95


class Estimate(Struct, frozen=True):
    """A figure and its 95% interval; ``None`` where the visits cannot tell."""

    value: float | None
    low: float | None
    high: float | None


Name = TypeVar("Name")


def redrawn(clusters: Sequence[str], rng: np.random.Generator, times: int) -> Iterator[Floats]:
    """How often each visit counts when as many clusters as there are get drawn anew, with replacement."""
    names, number = np.unique(np.array(clusters), return_inverse=True)
    for _ in range(times):
        drawn = rng.integers(len(names), size=len(names))
        yield np.bincount(drawn, minlength=len(names)).astype(np.float64)[number]


def estimates(
    statistics: Callable[[Floats], Mapping[Name, float]],
    clusters: Sequence[str],
    rng: np.random.Generator,
    times: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[Name, Estimate]:
    """Every statistic with its interval; ``clusters`` names each visit's caregiver."""
    values = dict(statistics(np.ones(len(clusters))))
    rounds: list[list[float]] = []
    for weights in redrawn(clusters, rng, times):
        drawn = statistics(weights)
        rounds.append([drawn[name] for name in values])
        progress()
    return _with_intervals(values, np.array(rounds, np.float64).reshape(times, len(values)))


def _with_intervals(values: Mapping[Name, float], rounds: Floats) -> dict[Name, Estimate]:
    return {name: _estimate(value, rounds[:, column]) for column, (name, value) in enumerate(values.items())}


def _estimate(value: float, drawn: Floats) -> Estimate:
    # A draw without the visits that a figure is about says nothing of it; no draw with them is no interval.
    told = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(told):
        return Estimate(None if np.isnan(value) else float(value), None, None)
    low, high = np.quantile(told, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Estimate(float(value), float(low), float(high))
