"""What became of each weighed visit, and of all of them as columns. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log10

import numpy as np
from msgspec import Struct

from ingest_server.scoring.verdict import DOUBTED, Band, Verdict
from sim.benchmark.cllr import Flags, Floats
from visit_record.vocabulary import Modality, Typology

Missing = tuple[Modality, ...]
"""Senses taken from a record, in the order of the vocabulary; none of them is the record as it was."""

WHOLE: Missing = ()

Prior = Mapping[Typology, float]
"""The share of visits of each kind before any evidence."""


class Weight(Struct, frozen=True, gc=False):
    """What a verdict says of a record: the ratio of faked against genuine, and the band."""

    log10_lr: float
    band: Band

    @property
    def score(self) -> float:
        """How suspicious; a visit with too little evidence is in no queue of the suspicious, whatever its ratio."""
        return float("-inf") if self.band is Band.INSUFFICIENT_EVIDENCE else self.log10_lr


class Outcome(Struct, frozen=True):
    """A visit, the truth about it, and what was said of it with all senses and with some taken away.

    ``stratum`` is what the visit has in common with those of peers, ``variant`` how it was faked or what kind of honest
    visit it was, ``oddities`` what makes it odd whoever is honest; ``values`` is what was measured.
    """

    caregiver: str
    agency: str
    stratum: str
    truth: Typology
    variant: str
    oddities: tuple[str, ...]
    complete: bool
    leading: Typology
    weights: dict[Missing, Weight]
    values: dict[str, float]


def weight_of(verdict: Verdict, prior: Prior) -> Weight:
    """Posterior odds of faked against genuine over the prior odds, as a base-ten logarithm; and the band."""
    faked = max(verdict.suspicion, float(np.finfo(np.float64).tiny))
    # 1 minus a suspicion that is all but 1 has few digits left, or none.
    genuine = max(1 - verdict.suspicion, float(np.finfo(np.float64).eps))
    return Weight(log10(faked / genuine) - log10(1 / prior[Typology.GENUINE] - 1), verdict.band)


@dataclass(frozen=True)
class Weighings:
    """All outcomes as columns, a row a visit."""

    outcomes: Sequence[Outcome]

    @cached_property
    def caregivers(self) -> tuple[str, ...]:
        """Whose visit each was."""
        return tuple(outcome.caregiver for outcome in self.outcomes)

    @cached_property
    def honest(self) -> Flags:
        """Which visits were genuine."""
        return self.of(Typology.GENUINE)

    @cached_property
    def complete_honest(self) -> Flags:
        """Which genuine visits every sense observed."""
        return self.honest & np.array([outcome.complete for outcome in self.outcomes], np.bool_)

    @property
    def typologies(self) -> list[Typology]:
        """Ways of faking that there are, in the order of the vocabulary."""
        return [kind for kind in Typology if kind is not Typology.GENUINE and self.of(kind).any()]

    @cached_property
    def kinds(self) -> Mapping[Typology, Flags]:
        """Which visits were of each kind."""
        return {kind: np.array([o.truth is kind for o in self.outcomes], np.bool_) for kind in Typology}

    def of(self, typology: Typology) -> Flags:
        """Which visits were of a kind."""
        return self.kinds[typology]

    def scores(self, missing: Missing = WHOLE) -> Floats:
        """Scores without some senses; NaN where a visit was not weighed so."""
        return self._column(missing, lambda weight: weight.score)

    def log10_lrs(self, missing: Missing = WHOLE) -> Floats:
        """Ratios without some senses; NaN where a visit was not weighed so."""
        return self._column(missing, lambda weight: weight.log10_lr)

    def bands(self, missing: Missing, bands: Collection[Band]) -> Flags:
        """Which visits are in one of the bands, without some senses."""
        return np.equal(self._column(missing, lambda weight: weight.band in bands), 1.0)

    def doubted(self, missing: Missing = WHOLE) -> Flags:
        """Which visits a person should look at, without some senses."""
        return self.bands(missing, DOUBTED)

    def _column(self, missing: Missing, of: Callable[[Weight], float]) -> Floats:
        found = (outcome.weights.get(missing) for outcome in self.outcomes)
        return np.array([float("nan") if weight is None else of(weight) for weight in found], np.float64)
