"""A calibration table: what a measured value weighs, as monotone curves for each way of faking against ``genuine``."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from visit_record.vocabulary import Typology


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of one item of evidence at the measured values ``at``: linear between them, level beyond their ends.

    ``source`` says what the row was fitted on.
    """

    evidence: str
    source: str
    at: tuple[float, ...]
    weights: dict[Typology, tuple[float, ...]]


class Absence(Struct, frozen=True, forbid_unknown_fields=True):
    """What it weighs that nothing of a group could be observed: never against the visit."""

    group: str
    source: str
    weights: dict[Typology, float]


class Calibration(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole table.

    ``prior`` is the share of visits of each kind before any evidence; ``item_bound_db`` and ``group_bound_db`` hold
    one item and one sense; ``single_cue_limit`` is the suspicion that no single cue may reach alone;
    ``least_observed_share`` the share of evidence below which there is too little to say anything.
    """

    version: str
    prior: dict[Typology, float]
    item_bound_db: float
    group_bound_db: float
    single_cue_limit: float
    least_observed_share: float
    row: tuple[Row, ...]
    absent: tuple[Absence, ...] = ()

    @property
    def faked(self) -> tuple[Typology, ...]:
        """The ways of faking that it weighs, in order."""
        return tuple(typology for typology in self.prior if typology is not Typology.GENUINE)


class Worst(NamedTuple):
    """The most suspicious that rows can make a visit: at which values, by what weights, and how suspicious."""

    values: tuple[float, ...]
    weights: dict[Typology, float]
    suspicion: float


def alone(
    rows: Sequence[Row], prior: Mapping[Typology, float], besides: Mapping[Typology, float] | None = None
) -> Worst:
    """The worst that rows can do by themselves, each at any of its values, on a visit of which nothing else is known.

    ``besides`` is what rules that ask about the same items weigh with them. Between the points of its curves an item's
    odds are a sum of exponentials of straight lines, hence convex: what is most suspicious is at one of the points.
    """
    kinds = tuple(rows[0].weights)
    ratios = np.array([prior[kind] * 10 ** ((besides or {}).get(kind, 0.0) / 10) for kind in kinds])
    for row in rows:
        ratios = ratios[..., None, :] * 10 ** (np.array([row.weights[kind] for kind in kinds]).T / 10)
    place = np.unravel_index(ratios.sum(axis=-1).argmax(), ratios.shape[:-1])
    values = tuple(row.at[point] for row, point in zip(rows, place, strict=True))
    weights = {
        kind: sum(row.weights[kind][point] for row, point in zip(rows, place, strict=True))
        + (besides or {}).get(kind, 0.0)
        for kind in kinds
    }
    return Worst(values, weights, suspicion(prior, weights))


def suspicion(prior: Mapping[Typology, float], weights: Mapping[Typology, float]) -> float:
    """The suspicion after evidence that weighs so many decibans for each way of faking."""
    odds = sum(prior[t] * 10 ** (weight / 10) for t, weight in weights.items()) / prior[Typology.GENUINE]
    return odds / (1 + odds)
