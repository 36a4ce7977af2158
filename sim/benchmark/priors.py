"""Visits counted as if each kind came as often as a prior says. Pure."""

import numpy as np

from sim.benchmark.cllr import Floats
from sim.benchmark.outcome import Prior, Weighings
from visit_record.vocabulary import Typology


def suspicion_at(log10_lr: Floats, prior: Prior) -> Floats:
    """The probability that a visit is faked, at the prior."""
    log10_odds = log10_lr + np.log10(1 / prior[Typology.GENUINE] - 1)
    odds: Floats = 10.0 ** np.clip(log10_odds, -300, 300)
    return np.divide(odds, 1 + odds)


def weights_at(seen: Weighings, prior: Prior, weights: Floats) -> Floats:
    """Weights under which every kind of visit has its share of the prior.

    What the prior gives to kinds that are not among the visits goes to the other ways of faking, each by its share; a
    kind that the prior does not know counts nothing.
    """
    here = {kind: seen.of(kind) for kind in prior if weights[seen.of(kind)].sum() > 0}
    faked = sum(prior[kind] for kind in here if kind is not Typology.GENUINE)
    scaled = np.zeros_like(weights)
    for kind, these in here.items():
        share = prior[kind] if kind is Typology.GENUINE else prior[kind] / faked * (1 - prior[Typology.GENUINE])
        scaled[these] = weights[these] * share / weights[these].sum()
    return scaled * float(weights.sum())
