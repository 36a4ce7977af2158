"""Weighing visits: measurements become weights of evidence, weights a posterior, the posterior a verdict. Pure.

Weights of evidence in decibans add up (I. J. Good, *Probability and the Weighing of Evidence*, 1950).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ingest_server.rules.asked import Asked, Finding
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE, GROUPS
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.observed import not_observed, observed_share
from ingest_server.scoring.seen import Items, Seen, see
from ingest_server.scoring.verdict import DOUBTED, Band, Reason, Thresholds, Verdict
from ingest_server.scoring.weights import Floats, Weights
from visit_record.record import VisitRecord
from visit_record.vocabulary import NotObservedReason, Typology

# The evidence of a weight that a rule gives is the rule, under this prefix; its group is this word.
RULE_GROUP = "rule"
# The evidence of a weight that a missing sense has is its group, under this prefix.
ABSENT = "absent"
NOT_A_NUMBER = float("nan")


class Weigher:
    """Scores records under one calibration, one catalogue and one rule set."""

    def __init__(self, calibration: Calibration, items: Items, rules: Rules) -> None:
        self._calibration = calibration
        self._items = items
        self._rules = rules
        self._weights = Weights.compiled(calibration)
        self._alternatives = self._weights.prior_odds / self._weights.prior_odds.sum()
        self._absent = np.flatnonzero(self._weights.absent_db.any(axis=1)).tolist()
        self._absences = self._reasons_of_absence()

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
        values = np.array([[NOT_A_NUMBER if isinstance(value, str) else value for value in row] for row in measured])
        items_db = self._weights.items(values)
        odds = self._weights.odds(values, items_db) * self._of_rules(findings)
        each, leading = np.arange(len(odds)), odds.argmax(axis=1)
        weighed = zip(
            records,
            measured,
            findings,
            (odds / (1 + odds.sum(axis=1, keepdims=True))).tolist(),
            leading.tolist(),
            items_db[each, :, leading].tolist(),
            _pooled(items_db, self._alternatives).tolist(),
            self._weights.unseen(values).tolist(),
            strict=True,
        )
        return [self._verdict(_Weighed(*parts)) for parts in weighed]

    def _reasons_of_absence(self) -> Mapping[Typology | None, Sequence[Reason]]:
        """What it weighs that nothing of a group was observed, by what it is weighed against: ``None`` for all."""
        against: dict[Typology | None, Floats] = {None: _pooled(self._weights.absent_db, self._alternatives)}
        against |= dict(zip(self._weights.faked, self._weights.absent_db.T, strict=True))
        return {
            typology: [
                Reason(f"{ABSENT}:{group}", group, 1.0, db) for group, db in zip(GROUPS, column.tolist(), strict=True)
            ]
            for typology, column in against.items()
        }

    def _of_rules(self, findings: Sequence[Sequence[Finding]]) -> Floats | float:
        """By how much rules multiply odds [N, T], past the groups' bound and held by the rule set's own."""
        weights = [self._rules.decibans(found) for found in findings]
        if not any(weights):
            return 1.0
        decibans = np.array([[weight.get(typology, 0.0) for typology in self._weights.faked] for weight in weights])
        ratios: Floats = 10 ** (decibans / 10)
        return ratios

    def _verdict(self, weighed: "_Weighed") -> Verdict:
        suspicion = min(1.0, sum(weighed.faked))
        leading = self._weights.faked[weighed.leading]
        unobserved = not_observed(weighed.measured)
        share = observed_share(weighed.measured, weighed.unseen, len(unobserved))
        thresholds = self._rules.thresholds(weighed.record.agency)
        band = self._band(suspicion, share, thresholds)
        posterior = dict(zip(self._weights.faked, weighed.faked, strict=True))
        return Verdict(
            band=band,
            typology=leading if band in DOUBTED else Typology.GENUINE,
            leading=leading,
            suspicion=suspicion,
            posterior={Typology.GENUINE: 1 - suspicion, **posterior},
            reasons=self._reasons(weighed, leading if band in DOUBTED else None),
            unobserved=unobserved,
            exceptions=tuple(finding.raised for finding in weighed.findings),
            observed_share=share,
            rules=self._rules.version,
            calibration=self._calibration.version,
            thresholds=thresholds,
        )

    def _band(self, suspicion: float, share: float, thresholds: Thresholds) -> Band:
        if share < self._calibration.least_observed_share:
            return Band.INSUFFICIENT_EVIDENCE
        return thresholds.band(suspicion)

    def _reasons(self, weighed: "_Weighed", against: Typology | None) -> tuple[Reason, ...]:
        """Strongest first: what weighs for one way of faking, or for all of them together."""
        weights = weighed.pooled_db if against is None else weighed.leading_db
        reasons = [
            Reason(item.id, item.group, value, weight)
            for item, value, weight in zip(EVIDENCE, weighed.measured, weights, strict=True)
            if not isinstance(value, NotObservedReason)
        ]
        reasons += [self._reason_of_rule(finding, against) for finding in weighed.findings if finding.decibans]
        reasons += [self._absences[against][group] for group in self._absent if weighed.unseen[group]]
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
    """One visit on its way to a verdict.

    ``faked`` is the probability of each way, ``leading`` the place of the likeliest; ``leading_db`` is what each item
    weighs for that one, ``pooled_db`` for all of them together; ``unseen`` says of which groups nothing was observed.
    """

    record: VisitRecord
    measured: Sequence[Measured]
    findings: Sequence[Finding]
    faked: Sequence[float]
    leading: int
    leading_db: Sequence[float]
    pooled_db: Sequence[float]
    unseen: Sequence[bool]


def measure(seen: Seen) -> list[Measured]:
    """Every item of evidence of one visit, in the order of ``EVIDENCE``."""
    return [item.measure(seen) for item in EVIDENCE]


def by_id(measured: Sequence[Measured]) -> Mapping[str, Measured]:
    """The same by the evidence's id."""
    return {item.id: value for item, value in zip(EVIDENCE, measured, strict=True)}


def _pooled(items_db: Floats, shares: Floats) -> Floats:
    """Weight of a mixture of ways of faking against ``genuine``: the mean of their ratios. [..., T] to [...]."""
    pooled: Floats = 10 * np.log10(10 ** (items_db / 10) @ shares)
    return pooled


def _strength(reason: Reason) -> float:
    return abs(reason.decibans)
