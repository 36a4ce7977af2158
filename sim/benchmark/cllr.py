"""Whether likelihood ratios mean what they say: cost, what of it is calibration, and expected calibration error. Pure.

Cllr: Brümmer and du Preez, *Application-independent evaluation of speaker detection*, Computer Speech and Language 20
(2006). Cllr_min: the same after the best monotone calibration of the same scores, by pool-adjacent-violators.
Ratios come as base-ten logarithms, one a visit; ``weights`` count a visit more or less often than once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import xlogy

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOG2_10 = float(np.log2(10))
# Equal widths of probability, as the usual expected calibration error has them (Naeini et al., AAAI 2015).
ECE_BINS = 15


class Cost:
    """Cllr of one set of ratios, again and again under other weights: 0 is perfect, 1 says nothing."""

    def __init__(self, log10_lr: Floats, faked: Flags) -> None:
        toward = np.where(faked, -log10_lr, log10_lr) * LOG2_10
        self._bits = np.logaddexp2(0.0, toward)
        self._faked = faked

    def of(self, weights: Floats) -> float:
        """Mean of the costs of the faked and of the honest, in bits."""
        return (_mean(self._bits, weights, self._faked) + _mean(self._bits, weights, ~self._faked)) / 2


class LeastCost:
    """Cllr_min of one set of ratios under changing weights: what no monotone recalibration could better."""

    def __init__(self, log10_lr: Floats, faked: Flags) -> None:
        self._order = np.argsort(log10_lr, kind="stable")
        self._starts = starts_of(log10_lr[self._order])
        self._faked = faked[self._order]

    def of(self, weights: Floats) -> float:
        """Mean of the costs after pool-adjacent-violators, in bits."""
        ordered = weights[self._order]
        faked = self._share(np.where(self._faked, ordered, 0.0))
        honest = self._share(np.where(self._faked, 0.0, ordered))
        here = faked + honest > 0
        faked, honest = faked[here], honest[here]
        fitted = isotonic_regression(faked / (faked + honest), weights=faked + honest).x
        chance = np.clip(fitted, 0.0, 1.0)
        return float(-(xlogy(faked, chance) + xlogy(honest, 1 - chance)).sum() / (2 * np.log(2)))

    def _share(self, weights: Floats) -> Floats:
        summed: Floats = np.add.reduceat(weights, self._starts)
        return summed / float(weights.sum())


@dataclass(frozen=True)
class Bin:
    """Visits that were given about the same probability: how probable, and how many of them were faked indeed."""

    said: float
    found: float
    visits: int


class Reliability:
    """Said against found probability, in bins between ``edges`` (rising, from 0 to 1), under changing weights."""

    def __init__(self, suspicion: Floats, faked: Flags, edges: Floats) -> None:
        self._bin = np.clip(np.searchsorted(edges, suspicion, side="right") - 1, 0, len(edges) - 2)
        self._bins = len(edges) - 1
        self._suspicion, self._faked = suspicion, faked

    def error(self, weights: Floats) -> float:
        """Expected calibration error: the mean distance of said and found, a bin counting as its visits do."""
        said, found, whole = self._sums(weights)
        return float(np.abs(said - found).sum() / whole.sum())

    def bins(self, weights: Floats) -> list[Bin | None]:
        """Every bin, ``None`` where no visit falls into it."""
        counts = np.bincount(self._bin, minlength=self._bins)
        sums = zip(*self._sums(weights), counts, strict=True)
        return [
            Bin(float(said / whole), float(found / whole), int(n)) if whole else None for said, found, whole, n in sums
        ]

    def _sums(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        return self._sum(weights * self._suspicion), self._sum(weights * self._faked), self._sum(weights)

    def _sum(self, part: Floats) -> Floats:
        return np.bincount(self._bin, weights=part, minlength=self._bins).astype(np.float64)


def starts_of(ordered: Floats) -> NDArray[np.intp]:
    """Where each new value begins in an ordered array that is not empty."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _mean(values: Floats, weights: Floats, of: Flags) -> float:
    return float(values[of] @ weights[of] / weights[of].sum())
