"""Similarities of the real models on real faces and voices, as likelihood ratios by logistic regression.

Logistic regression on equally weighted classes calibrates a score (Morrison, *Tutorial on logistic-regression
calibration and fusion*, Australian Journal of Forensic Sciences 45, 2013). Where the classes lie apart, as ten
people's faces do, the line would become infinitely steep: a penalty on its slope holds it, and the table's bound the
rest. So few people show no more (Vergeer and others, *Numerical likelihood ratios outputted by LR systems are often
based on extrapolation: when to stop extrapolating?*, Science and Justice 56, 2016).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from models.weighing.alone import DECIBANS_A_NAT, Floats
from sim.senses.half import Half
from sim.senses.measured import shipped

# Half the square of the slope, beside the summed loss: what the field's software takes by default.
PENALTY = 1.0


@dataclass(frozen=True)
class Logistic:
    """Log likelihood ratio of somebody else against the caregiver: ``offset + slope * similarity``, in nats."""

    offset: float
    slope: float

    def decibans(self, similarity: Floats) -> Floats:
        """Positive speaks for somebody else."""
        return (self.offset + self.slope * similarity) * DECIBANS_A_NAT


@dataclass(frozen=True)
class Scores:
    """Similarities of the same person, and of others."""

    same: Floats
    other: Floats


def faces(half: Half) -> Scores:
    """Photographs against the templates of a half's people, in every light alike."""
    rows = shipped().of(half).faces
    same = (value for row in rows for told in row.own.values() for value in told)
    return Scores(_told(same), _told(value for row in rows for person in row.others for value in person))


def voices(half: Half) -> Scores:
    """Stretches of speech against the voiceprints of a half's speakers, in every room and noise alike."""
    rows = shipped().of(half).voices
    same = (value for row in rows for told in row.own.values() for value in told)
    others = (value for row in rows for condition in row.others.values() for told in condition for value in told)
    return Scores(_told(same), _told(others))


def fitted(scores: Scores) -> Logistic:
    """The line whose log odds fit best, both classes weighing the same, as much together as there are scores."""
    values = np.concatenate([scores.same, scores.other])
    other = np.concatenate([np.zeros(len(scores.same)), np.ones(len(scores.other))])
    weight = len(values) * np.where(other == 1, 0.5 / len(scores.other), 0.5 / len(scores.same))
    design = np.column_stack([np.ones_like(values), values])

    def loss(line: Floats) -> tuple[float, Floats]:
        logit = design @ line
        each = np.logaddexp(0.0, np.where(other == 1, -logit, logit))
        pull = np.array([0.0, PENALTY * line[1]])
        return float((weight * each).sum() + pull[1] * line[1] / 2), design.T @ ((expit(logit) - other) * weight) + pull

    offset, slope = minimize(loss, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-6}).x
    return Logistic(float(offset), float(slope))


def mixed_db(line: Logistic, at: Floats, share: float) -> Floats:
    """What a similarity weighs for a way of faking that shows somebody else in ``share`` of its visits: decibans.

    The rest show the caregiver, or a picture of theirs, and that is as like as the caregiver.
    """
    ratio = share * 10 ** (line.decibans(at) / 10) + (1 - share)
    mixed: Floats = 10 * np.log10(ratio)
    return mixed


def _told(values: Iterable[float | None]) -> Floats:
    return np.array([value for value in values if value is not None])
