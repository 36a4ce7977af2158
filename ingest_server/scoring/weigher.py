"""Weighing one visit: measurements become weights of evidence, weights a posterior, the posterior a verdict. Pure.

Weights of evidence in decibans add up (I. J. Good, *Probability and the Weighing of Evidence*, 1950).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log10

from ingest_server.rules.asked import Asked, Finding
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration, decibans
from ingest_server.scoring.evidence import EVIDENCE, Evidence
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.verdict import DOUBTED, Band, Reason, Thresholds, Unobserved, Verdict
from visit_record.catalogue import ServiceItem
from visit_record.record import VisitRecord
from visit_record.vocabulary import NotObservedReason, Typology

# The evidence of a weight that a rule gives is the rule, under this prefix; its group is this word.
RULE_GROUP = "rule"
EVIDENCE_IDS = frozenset(item.id for item in EVIDENCE)


@dataclass(frozen=True)
class Weighed:
    """One measurement and what it weighs for each typology against ``genuine``, in decibans."""

    evidence: Evidence
    value: float
    weights: Mapping[Typology, float]


class Weigher:
    """Scores records under one calibration, one catalogue and one rule set."""

    def __init__(self, calibration: Calibration, items: Mapping[str, ServiceItem], rules: Rules) -> None:
        self._calibration = calibration
        self._items = items
        self._rules = rules
        self._curves = {row.evidence: row.curves for row in calibration.row}
        faked = {typology: share for typology, share in calibration.prior.items() if typology is not Typology.GENUINE}
        self._alternatives: dict[Typology, float] = {
            typology: share / sum(faked.values()) for typology, share in faked.items()
        }

    def weigh(self, record: VisitRecord) -> Verdict:
        """The verdict on a record. Every well-formed record has one."""
        measured = {item.id: item.measure(record, self._items) for item in EVIDENCE}
        weighed = [self._weighed(item, measured[item.id]) for item in EVIDENCE]
        known = [item for item in weighed if item is not None]
        findings = self._rules.ask(Asked(record, measured, self._items))
        posterior = self._posterior(known, self._rules.decibans(findings))
        observed_share = len(known) / len(EVIDENCE)
        leading = max((t for t in posterior if t is not Typology.GENUINE), key=posterior.__getitem__)
        suspicion = 1.0 - posterior[Typology.GENUINE]
        thresholds = self._rules.thresholds(record.agency)
        band = self._band(suspicion, observed_share, thresholds)
        against: Mapping[Typology, float] = {leading: 1.0} if band in DOUBTED else self._alternatives
        return Verdict(
            band=band,
            typology=leading if band in DOUBTED else Typology.GENUINE,
            leading=leading,
            suspicion=suspicion,
            posterior=posterior,
            reasons=_reasons(known, findings, against),
            unobserved=_unobserved(measured),
            exceptions=tuple(finding.raised for finding in findings),
            observed_share=observed_share,
            rules=self._rules.version,
            calibration=self._calibration.version,
            thresholds=thresholds,
        )

    def _weighed(self, item: Evidence, value: Measured) -> Weighed | None:
        if isinstance(value, NotObservedReason):
            return None
        curves = self._curves[item.id].items()
        return Weighed(item, value, {typology: decibans(curve, value) for typology, curve in curves})

    def _posterior(self, known: Iterable[Weighed], of_rules: Mapping[Typology, float]) -> dict[Typology, float]:
        known = list(known)
        prior = self._calibration.prior
        total_db = {typology: self._total_db(known, typology) + of_rules.get(typology, 0.0) for typology in prior}
        odds = {typology: share * 10 ** (total_db[typology] / 10) for typology, share in prior.items()}
        whole = sum(odds.values())
        return {typology: value / whole for typology, value in odds.items()}

    def _total_db(self, known: Iterable[Weighed], typology: Typology) -> float:
        groups: defaultdict[str, float] = defaultdict(float)
        for item in known:
            groups[item.evidence.group] += item.weights.get(typology, 0.0)
        bound = self._calibration.group_bound_db
        return sum(max(-bound, min(bound, total)) for total in groups.values())

    def _band(self, suspicion: float, observed_share: float, thresholds: Thresholds) -> Band:
        if observed_share < self._calibration.least_observed_share:
            return Band.INSUFFICIENT_EVIDENCE
        return thresholds.band(suspicion)


def _reasons(
    known: Iterable[Weighed], findings: Iterable[Finding], against: Mapping[Typology, float]
) -> tuple[Reason, ...]:
    reasons = [_reason(item, against) for item in known]
    reasons += [_reason_of_rule(finding, against) for finding in findings if finding.decibans]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.decibans)))


def _reason(item: Weighed, against: Mapping[Typology, float]) -> Reason:
    zh, en = item.evidence.zh.format(value=item.value), item.evidence.en.format(value=item.value)
    return Reason(item.evidence.id, item.evidence.group, item.value, _pooled_db(item.weights, against), zh, en)


def _reason_of_rule(finding: Finding, against: Mapping[Typology, float]) -> Reason:
    raised = finding.raised
    # A finding without a figure of its own is told as 1: it was found.
    value = 1.0 if raised.value is None else raised.value
    return Reason(f"{RULE_GROUP}:{raised.rule}", RULE_GROUP, value, _pooled_db(finding.decibans, against), "", "")


def _pooled_db(weights: Mapping[Typology, float], shares: Mapping[Typology, float]) -> float:
    """Weight of a mixture of typologies against ``genuine``: the mean of their likelihood ratios."""
    return 10 * log10(sum(share * 10 ** (weights.get(typology, 0.0) / 10) for typology, share in shares.items()))


def _unobserved(measured: Mapping[str, Measured]) -> tuple[Unobserved, ...]:
    return tuple(Unobserved(id_, why) for id_, why in measured.items() if isinstance(why, NotObservedReason))
