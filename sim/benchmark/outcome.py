"""What became of each weighed visit, and of all of them as columns. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log10

import numpy as np
from msgspec import Struct

from ingest_server.scoring.verdict import Band, Verdict
from sim.benchmark.cllr import Flags, Floats
from visit_record.vocabulary import Modality, Typology

Missing = tuple[Modality, ...]
"""Senses taken from a record, in the order of the vocabulary; none of them is the record as it was."""

WHOLE: Missing = ()


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


def log10_lr_of(verdict: Verdict, prior: Mapping[Typology, float]) -> float:
    """Posterior odds of faked against genuine over the prior odds, as a base-ten logarithm."""
    genuine = verdict.posterior[Typology.GENUINE]
    faked = sum(share for typology, share in verdict.posterior.items() if typology is not Typology.GENUINE)
    least = np.finfo(np.float64).tiny
    return log10(max(faked, least) / max(genuine, least)) - log10(1 / prior[Typology.GENUINE] - 1)


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

    def bands(self, missing: Missing, band: Band) -> Flags:
        """Which visits are in a band, without some senses."""
        return np.equal(self._column(missing, lambda weight: weight.band is band), 1.0)

    def _column(self, missing: Missing, of: Callable[[Weight], float]) -> Floats:
        found = (outcome.weights.get(missing) for outcome in self.outcomes)
        return np.array([float("nan") if weight is None else of(weight) for weight in found], np.float64)
