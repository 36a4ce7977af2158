"""Weighing visits: measurements become weights of evidence, weights a posterior, the posterior a verdict. Pure.

Weights of evidence in decibans add up (I. J. Good, *Probability and the Weighing of Evidence*, 1950).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ingest_server.rules.asked import Asked, Finding
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE
from ingest_server.scoring.measures.measured import NOT_ASKED, Measured
from ingest_server.scoring.seen import Items, Seen, see
from ingest_server.scoring.verdict import DOUBTED, Band, Reason, Thresholds, Unobserved, Verdict
from ingest_server.scoring.weights import Floats, Weights
from visit_record.record import VisitRecord
from visit_record.vocabulary import NotObservedReason, Typology

# The evidence of a weight that a rule gives is the rule, under this prefix; its group is this word.
RULE_GROUP = "rule"
NOT_A_NUMBER = float("nan")


class Weigher:
    """Scores records under one calibration, one catalogue and one rule set."""

    def __init__(self, calibration: Calibration, items: Items, rules: Rules) -> None:
        self._calibration = calibration
        self._items = items
        self._rules = rules
        self._weights = Weights.compiled(calibration)
        self._alternatives = self._weights.prior_odds / self._weights.prior_odds.sum()

    def weigh(self, record: VisitRecord) -> Verdict:
        """The verdict on a record. Every well-formed record has one."""
        return self.weigh_all([record])[0]

    def weigh_all(self, records: Sequence[VisitRecord]) -> list[Verdict]:
        """The verdicts on many records, in their order: faster by far than one by one."""
        if not records:
            return []
        seen = [see(record, self._items) for record in records]
        measured = [measure(one) for one in seen]
        findings = [self._rules.ask(Asked(*pair)) for pair in zip(seen, map(by_id, measured), strict=True)]
        values = np.array([[_number(value) for value in row] for row in measured])
        items_db = self._weights.items(values)
        odds = self._weights.odds(values, items_db) * 10 ** (self._of_rules(findings) / 10)
        pooled_db = _pooled(items_db, self._alternatives)
        return [
            self._verdict(_Weighed(record, *parts))
            for record, *parts in zip(records, measured, findings, odds, items_db, pooled_db, strict=True)
        ]

    def _of_rules(self, findings: Sequence[Sequence[Finding]]) -> Floats:
        """What rules weigh, [N, T] decibans, past the groups' bound and held by the rule set's own."""
        weights = [self._rules.decibans(found) for found in findings]
        return np.array([[weight.get(typology, 0.0) for typology in self._weights.faked] for weight in weights])

    def _verdict(self, weighed: "_Weighed") -> Verdict:
        posterior = weighed.posterior(self._weights.faked)
        suspicion = min(1.0, sum(posterior.values()))
        leading = max(posterior, key=posterior.__getitem__)
        observed_share = _observed_share(weighed.measured)
        thresholds = self._rules.thresholds(weighed.record.agency)
        band = self._band(suspicion, observed_share, thresholds)
        return Verdict(
            band=band,
            typology=leading if band in DOUBTED else Typology.GENUINE,
            leading=leading,
            suspicion=suspicion,
            posterior={Typology.GENUINE: 1 - suspicion, **posterior},
            reasons=self._reasons(weighed, leading if band in DOUBTED else None),
            unobserved=_unobserved(weighed.measured),
            exceptions=tuple(finding.raised for finding in weighed.findings),
            observed_share=observed_share,
            rules=self._rules.version,
            calibration=self._calibration.version,
            thresholds=thresholds,
        )

    def _band(self, suspicion: float, observed_share: float, thresholds: Thresholds) -> Band:
        if observed_share < self._calibration.least_observed_share:
            return Band.INSUFFICIENT_EVIDENCE
        return thresholds.band(suspicion)

    def _reasons(self, weighed: "_Weighed", against: Typology | None) -> tuple[Reason, ...]:
        """Strongest first: what weighs for one way of faking, or for all of them together."""
        weights = weighed.pooled_db if against is None else weighed.items_db[:, self._weights.faked.index(against)]
        reasons = [
            Reason(item.id, item.group, value, weight)
            for item, value, weight in zip(EVIDENCE, weighed.measured, weights.tolist(), strict=True)
            if not isinstance(value, NotObservedReason)
        ]
        reasons += [self._reason_of_rule(finding, against) for finding in weighed.findings if finding.decibans]
        reasons.sort(key=_strength, reverse=True)
        return tuple(reasons)

    def _reason_of_rule(self, finding: Finding, against: Typology | None) -> Reason:
        raised = finding.raised
        by_typology = np.array([finding.decibans.get(typology, 0.0) for typology in self._weights.faked])
        pooled = float(_pooled(by_typology, self._alternatives))
        weight = pooled if against is None else finding.decibans.get(against, 0.0)
        # A finding without a figure of its own is told as 1: it was found.
        value = 1.0 if raised.value is None else raised.value
        return Reason(f"{RULE_GROUP}:{raised.rule}", RULE_GROUP, value, weight)


class _Weighed(NamedTuple):
    """One visit on its way to a verdict: ``odds`` [T]; ``items_db`` [E, T]; ``pooled_db`` [E]."""

    record: VisitRecord
    measured: Sequence[Measured]
    findings: Sequence[Finding]
    odds: Floats
    items_db: Floats
    pooled_db: Floats

    def posterior(self, faked: Sequence[Typology]) -> dict[Typology, float]:
        """Probability of each way of faking; the rest is genuine."""
        return dict(zip(faked, (self.odds / (1 + self.odds.sum())).tolist(), strict=True))


def measure(seen: Seen) -> list[Measured]:
    """Every item of evidence of one visit, in the order of ``EVIDENCE``."""
    return [item.measure(seen) for item in EVIDENCE]


def by_id(measured: Sequence[Measured]) -> Mapping[str, Measured]:
    """The same by the evidence's id."""
    return {item.id: value for item, value in zip(EVIDENCE, measured, strict=True)}


def _number(value: Measured) -> float:
    return NOT_A_NUMBER if isinstance(value, NotObservedReason) else value


def _pooled(items_db: Floats, shares: Floats) -> Floats:
    """Weight of a mixture of ways of faking against ``genuine``: the mean of their ratios. [..., T] to [...]."""
    pooled: Floats = 10 * np.log10(10 ** (items_db / 10) @ shares)
    return pooled


def _strength(reason: Reason) -> float:
    return abs(reason.decibans)


def _observed_share(measured: Sequence[Measured]) -> float:
    """Share of what was asked that could be observed."""
    unasked = sum(value is NOT_ASKED for value in measured)
    unseen = sum(isinstance(value, NotObservedReason) for value in measured)
    return (len(measured) - unseen) / max(1, len(measured) - unasked)


def _unobserved(measured: Sequence[Measured]) -> tuple[Unobserved, ...]:
    return tuple(
        Unobserved(item.id, why)
        for item, why in zip(EVIDENCE, measured, strict=True)
        if isinstance(why, NotObservedReason)
    )
