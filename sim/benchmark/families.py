"""The figures, family by family: prepared once, then worked out again for every draw of caregivers. Pure.

A family is called with how often each visit counts, and tells its figures under those weights.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ingest_server.scoring.verdict import Band
from sim.benchmark.aims import BASE_RATE, FALSE_ALARMS, TOP_OF_QUEUE
from sim.benchmark.cllr import ECE_BINS, Cost, Flags, Floats, LeastCost, Reliability
from sim.benchmark.detection import HonestScores, Queue, share_above
from sim.benchmark.outcome import WHOLE, Weighings
from sim.benchmark.priors import suspicion_at, weights_at
from visit_record.vocabulary import Typology


class Told(NamedTuple):
    """One figure: the row of the table it belongs to, what it is of, and by how many visits it is told."""

    group: str
    about: str
    value: float
    visits: float


Family = Callable[[Floats], Iterator[Told]]


class Detection:
    """Recall at so many false alarms, by typology and by variant; the queue; the name that comes first."""

    def __init__(self, seen: Weighings) -> None:
        self._scores = seen.scores()
        self._faked = ~seen.honest
        self._honest = HonestScores(self._scores, seen.honest)
        self._queue = Queue(self._scores, self._faked)
        self._kinds: Mapping[tuple[str, str], Flags] = {**_by_typology(seen), **_by_variant(seen)}
        self._odd = _by_oddity(seen)
        self._right = np.array([outcome.leading is outcome.truth for outcome in seen.outcomes], np.float64)

    def __call__(self, weights: Floats) -> Iterator[Told]:
        """The figures of one draw."""
        limit = self._honest.limit(weights, FALSE_ALARMS)
        for (group, about), these in {**self._kinds, **self._odd}.items():
            yield Told(group, about, share_above(self._scores[these], weights[these], limit), weights[these].sum())
        precision = self._queue.precision(weights, BASE_RATE, TOP_OF_QUEUE)
        yield Told("queue", "precision", precision, weights.sum())
        caught = np.where(self._faked & (self._scores > limit), weights, 0.0)
        yield Told("naming", "right_first", _share(self._right, caught), caught.sum())


class Bands:
    """Where visits stand at the rules' thresholds."""

    def __init__(self, seen: Weighings) -> None:
        kinds = {"honest": seen.honest, "faked": ~seen.honest}
        self._kinds = {
            (name, band): (these, seen.bands(WHOLE, {band})) for name, these in kinds.items() for band in Band
        }

    def __call__(self, weights: Floats) -> Iterator[Told]:
        """The figures of one draw."""
        for (name, band), (these, here) in self._kinds.items():
            of_kind = np.where(these, weights, 0.0)
            yield Told("bands", f"{name}: {band}", _share(here.astype(np.float64), of_kind), of_kind.sum())


class Calibrated:
    """Whether the ratio of the whole verdict means what it says."""

    def __init__(self, seen: Weighings, prior: Mapping[Typology, float]) -> None:
        log10_lr, faked = seen.log10_lrs(), ~seen.honest
        self._seen, self._prior = seen, prior
        self._cost, self._least = Cost(log10_lr, faked), LeastCost(log10_lr, faked)
        edges = np.linspace(0, 1, ECE_BINS + 1)
        self._reliability = Reliability(suspicion_at(log10_lr, prior), faked, edges)

    def __call__(self, weights: Floats) -> Iterator[Told]:
        """The figures of one draw."""
        cost, least = self._cost.of(weights), self._least.of(weights)
        at_prior = weights_at(self._seen, self._prior, weights)
        told = {"cllr": cost, "cllr_gap": cost - least, "cllr_min": least, "cllr_at_prior": self._cost.of(at_prior)}
        for about, value in {**told, "ece": self._reliability.error(at_prior)}.items():
            yield Told("calibration", about, value, weights.sum())


def _by_typology(seen: Weighings) -> dict[tuple[str, str], Flags]:
    kinds = {("recall", typology.value): seen.of(typology) for typology in seen.typologies}
    return {**kinds, ("recall_all", "faked"): ~seen.honest}


def _by_variant(seen: Weighings) -> dict[tuple[str, str], Flags]:
    variants = sorted({(o.truth, o.variant) for o in seen.outcomes if o.variant})
    return {
        (_group(truth), f"{truth}: {variant}"): np.array(
            [o.truth is truth and o.variant == variant for o in seen.outcomes], np.bool_
        )
        for truth, variant in variants
    }


def _group(truth: Typology) -> str:
    return "alarms_by_variant" if truth is Typology.GENUINE else "recall_by_variant"


def _by_oddity(seen: Weighings) -> dict[tuple[str, str], Flags]:
    names = sorted({oddity for o in seen.outcomes if o.truth is Typology.GENUINE for oddity in o.oddities})
    odd = {
        ("alarms_by_oddity", name): seen.honest & np.array([name in o.oddities for o in seen.outcomes], np.bool_)
        for name in names
    }
    none = seen.honest & np.array([not o.oddities for o in seen.outcomes], np.bool_)
    return {("alarms_by_oddity", "nothing odd"): none, **odd}


def _share(values: Floats, weights: Floats) -> float:
    whole = weights.sum()
    return float(values @ weights / whole) if whole else float("nan")
