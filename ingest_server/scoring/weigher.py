"""Weighing visits: measurements become weights of evidence, weights a posterior, the posterior a verdict. Pure.

Weights of evidence in decibans add up (I. J. Good, *Probability and the Weighing of Evidence*, 1950).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE
from ingest_server.scoring.exceptions import raised
from ingest_server.scoring.measures.measured import NOT_ASKED, Measured
from ingest_server.scoring.seen import Items, Seen, see
from ingest_server.scoring.verdict import Band, Reason, Unobserved, Verdict
from ingest_server.scoring.weights import Floats, Weights
from visit_record.record import VisitRecord
from visit_record.vocabulary import NotObservedReason, Typology

RULES_VERSION = "1"
NOT_A_NUMBER = float("nan")


class Weigher:
    """Scores records under one calibration and one catalogue."""

    def __init__(self, calibration: Calibration, items: Items) -> None:
        self._calibration = calibration
        self._items = items
        self._weights = Weights.compiled(calibration)
        self._alternatives = self._weights.prior_odds / self._weights.prior_odds.sum()

    def weigh(self, record: VisitRecord) -> Verdict:
        """The verdict on a record. Every well-formed record has one."""
        return self.weigh_all([record])[0]

    def weigh_all(self, records: Sequence[VisitRecord]) -> list[Verdict]:
        """The verdicts on many records, in their order: faster by far than one by one."""
        if not records:
            return []
        measured = [measure(see(record, self._items)) for record in records]
        values = np.array([[_number(value) for value in row] for row in measured])
        items_db = self._weights.items(values)
        odds = self._weights.odds(values, items_db)
        pooled_db = _pooled(items_db, self._alternatives)
        return [
            self._verdict(record, row, odds[nth], items_db[nth], pooled_db[nth])
            for nth, (record, row) in enumerate(zip(records, measured, strict=True))
        ]

    def _verdict(
        self, record: VisitRecord, measured: list[Measured], odds: Floats, items_db: Floats, pooled_db: Floats
    ) -> Verdict:
        faked = (odds / (1 + odds.sum())).tolist()
        leading = int(odds.argmax())
        suspicion = min(1.0, sum(faked))
        asked = [value for value in measured if value is not NOT_ASKED]
        observed_share = sum(type(value) is float for value in asked) / max(1, len(asked))
        band = self._band(suspicion, observed_share)
        review = band is Band.REVIEW
        typology = self._weights.faked[leading]
        return Verdict(
            band=band,
            typology=typology if review else Typology.GENUINE,
            leading=typology,
            suspicion=suspicion,
            posterior={Typology.GENUINE: 1 - suspicion, **dict(zip(self._weights.faked, faked, strict=True))},
            reasons=_reasons(measured, (items_db[:, leading] if review else pooled_db).tolist()),
            unobserved=_unobserved(measured),
            exceptions=raised(record, by_id(measured)),
            observed_share=observed_share,
            rules=RULES_VERSION,
            calibration=self._calibration.version,
        )

    def _band(self, suspicion: float, observed_share: float) -> Band:
        if observed_share < self._calibration.least_observed_share:
            return Band.INSUFFICIENT_EVIDENCE
        return Band.REVIEW if suspicion >= self._calibration.single_cue_limit else Band.CREDIBLE


def measure(seen: Seen) -> list[Measured]:
    """Every item of evidence of one visit, in the order of ``EVIDENCE``."""
    return [item.measure(seen) for item in EVIDENCE]


def by_id(measured: Sequence[Measured]) -> Mapping[str, Measured]:
    """The same by the evidence's id."""
    return {item.id: value for item, value in zip(EVIDENCE, measured, strict=True)}


def _number(value: Measured) -> float:
    return NOT_A_NUMBER if isinstance(value, NotObservedReason) else value


def _pooled(items_db: Floats, shares: Floats) -> Floats:
    """Weight of a mixture of ways of faking against ``genuine``: the mean of their likelihood ratios. [N, E, T]."""
    pooled: Floats = 10 * np.log10(10 ** (items_db / 10) @ shares)
    return pooled


def _reasons(measured: Sequence[Measured], decibans: Sequence[float]) -> tuple[Reason, ...]:
    reasons = [
        Reason(item.id, item.group, value, weight)
        for item, value, weight in zip(EVIDENCE, measured, decibans, strict=True)
        if not isinstance(value, NotObservedReason)
    ]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.decibans)))


def _unobserved(measured: Sequence[Measured]) -> tuple[Unobserved, ...]:
    return tuple(
        Unobserved(item.id, why)
        for item, why in zip(EVIDENCE, measured, strict=True)
        if isinstance(why, NotObservedReason)
    )
