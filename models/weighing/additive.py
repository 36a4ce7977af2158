"""Additive log-likelihood ratios: for each item of evidence and way of faking a monotone, piecewise-linear curve.

One multinomial logistic regression fits all curves together, so that what two items say alike is counted once
(Hastie and Tibshirani, *Generalized additive models*, 1990; for forensic fusion Brümmer and du Preez 2006). The
intercepts are held at the sample's own log odds, hence what is left is a likelihood ratio. What was not observed adds
nothing. Natural logarithms inside; decibans outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
DECIBANS_A_NAT = 10 / log(10)


@dataclass(frozen=True)
class Sample:
    """Measured visits: ``values`` [N, E], not a number where not observed; ``truth`` [N], 0 genuine, else 1 + way."""

    values: Floats
    truth: NDArray[np.intp]

    def log_odds(self, ways: int) -> Floats:
        """Of each way of faking against genuine, as often as they stand in the sample: [T]."""
        counts = np.bincount(self.truth, minlength=ways + 1).astype(float)
        odds: Floats = np.log(counts[1:] / counts[0])
        return odds


@dataclass(frozen=True)
class Term:
    """The curve of one item: free at the knots ``at`` [K]; or of a given shape, ``shape_db`` [K], scaled alone.

    ``ways`` are those it may say anything of; a shape that is given is scaled from 0 to 1.
    """

    at: Floats
    ways: tuple[int, ...]
    shape_db: Floats | None = None

    def columns(self, values: Floats) -> Floats:
        """What the curve's parameters are multiplied with, [N, P]: zeros where the value is not observed."""
        seen = ~np.isnan(values)
        safe = np.where(seen, values, self.at[0])
        if self.shape_db is not None:
            shape = np.interp(safe, self.at, self.shape_db) / DECIBANS_A_NAT
            return (shape * seen)[:, None]
        lengths = np.diff(self.at)
        ramps = np.clip((safe[:, None] - self.at[:-1]) / lengths, 0.0, 1.0)
        columns: Floats = np.column_stack([np.ones_like(safe), ramps]) * seen[:, None]
        return columns

    def curve_db(self, parameters: Floats) -> Floats:
        """The weights at the knots, [K], from the parameters of one way, [P]."""
        if self.shape_db is not None:
            scaled: Floats = self.shape_db * parameters[0]
            return scaled
        curve: Floats = np.cumsum(parameters) * DECIBANS_A_NAT
        return curve


@dataclass(frozen=True)
class Strictness:
    """How strongly curves are held back: ``ridge`` on steps and offsets, ``bound_db`` with its own pull."""

    ridge: float = 2.0
    bound_db: float = 10.0
    pull: float = 0.5
    iterations: int = 400


@dataclass(frozen=True)
class Additive:
    """Fitted curves, decibans at the knots: one array [T, K] a term."""

    curves: tuple[Floats, ...]


def fit(sample: Sample, terms: Sequence[Term], ways: int, strictness: Strictness) -> Additive:
    """Fit freely to learn which way each curve goes, then again with every curve held to go that way alone."""
    columns = [term.columns(sample.values[:, nth]) for nth, term in enumerate(terms)]
    problem = _Problem(np.hstack(columns), sample, ways, _Layout.of(terms, columns), strictness)
    free = problem.solved(problem.layout.bounds(terms, ways, rising=None), None)
    rising = problem.layout.directions(free)
    held = problem.solved(problem.layout.bounds(terms, ways, rising), problem.layout.projected(free, rising))
    return Additive(problem.layout.curves(terms, held, strictness.bound_db))


@dataclass(frozen=True)
class _Layout:
    """Where each term's parameters stand among all of them."""

    starts: tuple[int, ...]
    given: tuple[bool, ...]

    @classmethod
    def of(cls, terms: Sequence[Term], columns: Sequence[Floats]) -> "_Layout":
        starts = np.cumsum([0, *(column.shape[1] for column in columns)])
        return cls(tuple(int(start) for start in starts), tuple(term.shape_db is not None for term in terms))

    def span(self, term: int) -> slice:
        return slice(self.starts[term], self.starts[term + 1])

    def directions(self, theta: Floats) -> NDArray[np.bool_]:
        """Whether each curve rises on the whole, [terms, T]."""
        return np.array([theta[self.span(nth)][1:].sum(axis=0) >= 0 for nth in range(len(self.given))])

    def bounds(
        self, terms: Sequence[Term], ways: int, rising: NDArray[np.bool_] | None
    ) -> list[tuple[float | None, float | None]]:
        """Bounds of the flattened parameters [P, T]."""
        low = np.full((self.starts[-1], ways), -np.inf)
        high = np.full((self.starts[-1], ways), np.inf)
        for nth, term in enumerate(terms):
            span = self.span(nth)
            silent = [way for way in range(ways) if way not in term.ways]
            if self.given[nth]:
                low[span], high[span] = 0.0, 1.0
            elif rising is not None:
                low[span][1:] = np.where(rising[nth], 0.0, -np.inf)
                high[span][1:] = np.where(rising[nth], np.inf, 0.0)
            low[span, silent], high[span, silent] = 0.0, 0.0
        return list(zip(low.ravel().tolist(), high.ravel().tolist(), strict=True))

    def projected(self, theta: Floats, rising: NDArray[np.bool_]) -> Floats:
        """The nearest start that keeps the directions."""
        start = theta.copy()
        for nth, given in enumerate(self.given):
            if not given:
                steps = start[self.span(nth)][1:]
                start[self.span(nth)][1:] = np.where(rising[nth], np.maximum(steps, 0), np.minimum(steps, 0))
        return start

    def curves(self, terms: Sequence[Term], theta: Floats, bound_db: float) -> tuple[Floats, ...]:
        return tuple(
            np.array([np.clip(term.curve_db(way), -bound_db, bound_db) for way in theta[self.span(nth)].T])
            for nth, term in enumerate(terms)
        )


@dataclass(frozen=True)
class _Problem:
    design: Floats
    sample: Sample
    ways: int
    layout: _Layout
    strictness: Strictness

    def solved(self, bounds: list[tuple[float | None, float | None]], start: Floats | None) -> Floats:
        shape = (self.design.shape[1], self.ways)
        first = np.zeros(shape) if start is None else start
        found = minimize(
            self._loss,
            first.ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": self.strictness.iterations, "maxcor": 20},
        )
        solution: Floats = found.x.reshape(shape)
        return solution

    def _loss(self, flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(self.design.shape[1], self.ways)
        scores = self.design @ theta + self.sample.log_odds(self.ways)
        logits = np.column_stack([np.zeros(len(scores)), scores])
        logits -= logits.max(axis=1, keepdims=True)
        likely = np.exp(logits)
        likely /= likely.sum(axis=1, keepdims=True)
        each = np.arange(len(likely))
        loss = -np.log(np.maximum(likely[each, self.sample.truth], 1e-300)).sum()
        likely[each, self.sample.truth] -= 1
        gradient = self.design.T @ likely[:, 1:]
        held, held_gradient = self._held(theta)
        return float(loss + held), (gradient + held_gradient).ravel()

    def _held(self, theta: Floats) -> tuple[float, Floats]:
        """The ridge, and the pull back to the bound wherever a curve goes beyond it."""
        ridge, bound, pull = self.strictness.ridge, self.strictness.bound_db / DECIBANS_A_NAT, self.strictness.pull
        loss, gradient = ridge * float((theta**2).sum()), 2 * ridge * theta
        for nth, given in enumerate(self.layout.given):
            if given:
                continue
            span = self.layout.span(nth)
            curve = np.cumsum(theta[span], axis=0)
            beyond = np.sign(curve) * np.maximum(np.abs(curve) - bound, 0.0)
            scale = pull * len(self.design) / 100
            loss += scale * float((beyond**2).sum())
            gradient[span] += 2 * scale * np.cumsum(beyond[::-1], axis=0)[::-1]
        return loss, gradient
