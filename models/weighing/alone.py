"""What an item of evidence weighs alone, for each way of faking against genuine.

The isotonic regression of the two kinds of visits on the item's value, as a monotone likelihood ratio with bounded ends
(pool adjacent violators: Zadrozny and Elkan, KDD 2002; as forensic ratios Brümmer and du Preez,
*Application-independent evaluation of speaker detection*, 2006).
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

Floats = NDArray[np.float64]
DECIBANS_A_NAT = 10 / log(10)
LEAST_SEEN = 20


@dataclass(frozen=True)
class Sample:
    """Measured visits: ``values`` [N, E], not a number where not observed; ``truth`` [N], 0 genuine, else 1 + way."""

    values: Floats
    truth: NDArray[np.intp]

    def of(self, column: int, kind: int) -> Floats:
        """What was observed of one item in visits of one kind."""
        values: Floats = self.values[self.truth == kind, column]
        return values[~np.isnan(values)]

    def log_odds(self, ways: int) -> Floats:
        """Of each way of faking against genuine, as often as they stand in the sample: [T]."""
        counts = np.bincount(self.truth, minlength=ways + 1).astype(float)
        odds: Floats = np.log(counts[1:] / counts[0])
        return odds


@dataclass(frozen=True)
class Curve:
    """What an item weighs at its knots ``at`` [K] for every way of faking: ``db`` [T, K], linear between."""

    at: Floats
    db: Floats

    def weights(self, values: Floats) -> Floats:
        """Decibans [N, T]; nothing where the value was not observed."""
        seen = ~np.isnan(values)
        safe = np.where(seen, values, self.at[0])
        weights: Floats = np.array([np.interp(safe, self.at, curve) for curve in self.db]).T * seen[:, None]
        return weights


def alone_db(genuine: Floats, faked: Floats, at: Floats, bound_db: float, *, rising: bool) -> Floats:
    """Monotone decibans at the knots [K]; nothing where too few were observed.

    ``rising`` is the way that may speak against a visit. Where the visits lie the other way, the curve goes that way
    and only ever speaks for: without a recipient a visit is no empty order, and yet nobody is blamed for one in bed.
    """
    if min(len(genuine), len(faked)) < LEAST_SEEN:
        return np.zeros(len(at))
    values, is_faked, weight = _pooled(genuine, faked)
    ways = {up: isotonic_regression(is_faked, weights=weight, increasing=up).x for up in (True, False)}
    better = min(ways, key=lambda up: float((weight * (is_faked - ways[up]) ** 2).sum()))
    likely = ways[better]
    # One visit more of either kind: what so many visits did not show is not impossible.
    least = 0.5 / (1 + min(len(genuine), len(faked)))
    at_knots = np.interp(at, values, np.clip(likely, least, 1 - least))
    most_db = bound_db if better is rising else 0.0
    decibans: Floats = np.clip(10 * np.log10(at_knots / (1 - at_knots)), -bound_db, most_db)
    return decibans


def _pooled(genuine: Floats, faked: Floats) -> tuple[Floats, Floats, Floats]:
    """Every value once, in order: the share of faked visits there and its weight, both kinds weighing the same."""
    unique, places = np.unique(np.concatenate([genuine, faked]), return_inverse=True)
    of_genuine = np.bincount(places[: len(genuine)], minlength=len(unique)) * (0.5 / len(genuine))
    of_faked = np.bincount(places[len(genuine) :], minlength=len(unique)) * (0.5 / len(faked))
    return unique, of_faked / (of_genuine + of_faked), of_genuine + of_faked
