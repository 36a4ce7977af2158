"""How much each item of evidence counts beside the others: one multinomial logistic regression over all curves.

A curve is a sum of steps between its knots, all of one direction, that is nothing at its anchor: so it stays monotone,
and to either side of the anchor it speaks as the item does alone, never the other way, nor louder by more than one
deciban. The anchor is where the item alone says least. Where it says that at several knots, it is the first of them,
and at the others the curve may turn, by no more than that least and one deciban. (Additive models with monotone terms:
Hastie and Tibshirani, *Generalized additive models*, 1990; sums of log ratios as forensic fusion: Brümmer and du Preez,
2006.) What two items say alike counts once. Intercepts are held at the sample's own log odds, hence what is left is a
likelihood ratio. What was not observed adds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.weighing.alone import DECIBANS_A_NAT, Curve, Floats, Sample

SILENT_DB = 0.3


@dataclass(frozen=True)
class Held:
    """How the fit is held back: ``ridge`` on every step, and how strongly a curve is pulled back to what it may say.

    Nowhere may it say more than its item alone and ``slack_db``, nor than ``bound_db``.
    """

    bound_db: float
    slack_db: float = 1.0
    ridge: float = 0.5
    pull: float = 0.002
    iterations: int = 500


def fused(sample: Sample, alone: Sequence[Curve], held: Held) -> list[Curve]:
    """The curves as they count together.

    Args:
        sample: visits, N, that are fitted on.
        alone: what each of E items weighs alone; each keeps its knots, directions and anchors.
        held: how strictly.
    """
    problem = _Problem(sample, tuple(_Steps(curve) for curve in alone), held)
    steps = problem.solved()
    parts = zip(problem.terms, problem.parts(steps), strict=True)
    return [_clipped(term.curve(part), term.most_db(held), term.only_for()) for term, part in parts]


@dataclass(frozen=True)
class _Steps:
    """One item's parameters: a step [P, T] between each two knots."""

    alone: Curve

    @property
    def count(self) -> int:
        return len(self.alone.at) - 1

    @cached_property
    def before_anchor(self) -> NDArray[np.bool_]:
        """Which steps lie below each way's anchor, [P, T]: the knot where the item alone says least."""
        anchors = np.abs(self.alone.db).argmin(axis=1)
        before: NDArray[np.bool_] = np.arange(self.count)[:, None] < anchors
        return before

    def most_db(self, held: Held) -> Floats:
        """How much the curve may say at each knot, [T, K]."""
        most: Floats = np.minimum(np.abs(self.alone.db) + held.slack_db, held.bound_db)
        return most

    def only_for(self) -> NDArray[np.bool_]:
        """Which ways' curves never speak against, [T]."""
        highest: Floats = self.alone.db.max(axis=1)
        return highest <= 0

    def bounds(self) -> list[tuple[float, float]]:
        """Of the flattened steps."""
        low, high = np.zeros((self.count, len(self.alone.db))), np.zeros((self.count, len(self.alone.db)))
        speaks = np.abs(self.alone.db).max(axis=1) >= SILENT_DB
        rising = self.alone.db[:, -1] > self.alone.db[:, 0]
        high[:, speaks & rising] = np.inf
        low[:, speaks & ~rising] = -np.inf
        return list(zip(low.ravel().tolist(), high.ravel().tolist(), strict=True))

    def columns(self, values: Floats) -> Floats:
        """How far a value has gone over each step, 0 to 1, [N, P]."""
        safe = np.where(np.isnan(values), self.alone.at[0], values)
        gone: Floats = np.clip((safe[:, None] - self.alone.at[:-1]) / np.diff(self.alone.at), 0.0, 1.0)
        return gone

    def curve(self, steps: Floats) -> Curve:
        """Decibans at the knots."""
        nats = np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)]) - (steps * self.before_anchor).sum(
            axis=0
        )
        return Curve(self.alone.at, nats.T * DECIBANS_A_NAT)


class _Problem:
    """The regression: parameters of all items one after another."""

    def __init__(self, sample: Sample, terms: Sequence[_Steps], held: Held) -> None:
        self.terms = terms
        self._held = held
        self._truth = sample.truth
        self._ways = len(terms[0].alone.db)
        self._log_odds = sample.log_odds(self._ways)
        self._seen = ~np.isnan(sample.values)
        self._columns = [self._of(term, sample.values[:, nth]) for nth, term in enumerate(terms)]
        self._ends = np.cumsum([term.count for term in terms])

    def parts(self, steps: Floats) -> list[Floats]:
        """Each item's own."""
        return np.split(steps, self._ends[:-1])

    def solved(self) -> Floats:
        """The steps [P, T]."""
        bounds = [bound for term in self.terms for bound in term.bounds()]
        start = np.array([np.clip(0.0, low, high) for low, high in bounds])
        options = {"maxiter": self._held.iterations, "maxcor": 20}
        found = minimize(self._cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        steps: Floats = found.x.reshape(-1, self._ways)
        return steps

    @staticmethod
    def _of(term: _Steps, values: Floats) -> Floats:
        return term.columns(values) * ~np.isnan(values)[:, None]

    def _cost(self, flat: Floats) -> tuple[float, Floats]:
        steps = flat.reshape(-1, self._ways)
        parts = self.parts(steps)
        likely = self._likely(parts)
        each = np.arange(len(likely))
        cost = -np.log(np.maximum(likely[each, self._truth], 1e-300)).sum()
        likely[each, self._truth] -= 1
        slopes = [self._slope(nth, likely[:, 1:]) for nth in range(len(self.terms))]
        held = [self._pulled(term, part) for term, part in zip(self.terms, parts, strict=True)]
        gradient = np.vstack(slopes) + np.vstack([slope for _, slope in held])
        return float(cost + sum(extra for extra, _ in held)), gradient.ravel()

    def _likely(self, parts: Sequence[Floats]) -> Floats:
        scores = np.tile(self._log_odds, (len(self._truth), 1))
        for nth, (term, part) in enumerate(zip(self.terms, parts, strict=True)):
            below = (part * term.before_anchor).sum(axis=0)
            scores += self._columns[nth] @ part - self._seen[:, nth, None] * below
        logits = np.column_stack([np.zeros(len(scores)), scores])
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        normal: Floats = likely / likely.sum(axis=1, keepdims=True)
        return normal

    def _slope(self, nth: int, residual: Floats) -> Floats:
        term = self.terms[nth]
        below = (self._seen[:, nth, None] * residual).sum(axis=0)
        slope: Floats = self._columns[nth].T @ residual - term.before_anchor * below
        return slope

    def _pulled(self, term: _Steps, part: Floats) -> tuple[float, Floats]:
        """The ridge, and the pull back to the bound wherever a curve goes beyond it."""
        ridge = self._held.ridge
        cost, slope = ridge * float((part**2).sum()), 2 * ridge * part
        curve = term.curve(part).db.T / DECIBANS_A_NAT
        beyond = np.sign(curve) * np.maximum(np.abs(curve) - term.most_db(self._held).T / DECIBANS_A_NAT, 0.0)
        pull = self._held.pull * len(self._truth)
        above = np.cumsum(beyond[:0:-1], axis=0)[::-1]
        return cost + pull * float((beyond**2).sum()), slope + 2 * pull * (
            above - term.before_anchor * beyond.sum(axis=0)
        )


def _clipped(curve: Curve, most_db: Floats, only_for: NDArray[np.bool_]) -> Curve:
    against_db = np.where(only_for[:, None], 0.0, most_db)
    return Curve(curve.at, np.clip(curve.db, -most_db, against_db))
