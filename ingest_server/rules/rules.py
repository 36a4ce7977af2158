"""A rule set made ready to be asked of many visits. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from math import inf
from zoneinfo import ZoneInfo

from ingest_server.local_days import begins_ms
from ingest_server.rules.asked import Asked, Finding, Found
from ingest_server.rules.rule_set import Rule, RuleSet
from ingest_server.scoring.verdict import RaisedException, Thresholds
from visit_record.vocabulary import ExceptionCode, Typology

_ORDER = {code: place for place, code in enumerate(ExceptionCode)}
_Asking = tuple[Callable[[Asked], Found | None], Rule]


class Rules:
    """One rule set with the thresholds that agencies have of their own.

    Example:
        >>> rules = Rules(shipped_rules(EVIDENCE_IDS))
        >>> findings = rules.ask(Asked(seen, measured))
    """

    def __init__(self, rule_set: RuleSet, overrides: Mapping[str, Thresholds] | None = None) -> None:
        """Prepare: rules in the order of what they raise, by the stretches of time over which the same ones hold."""
        self.rule_set = rule_set
        self._overrides = dict(overrides or {})
        self._starts_ms, self._asking = _stretches(rule_set)

    @property
    def version(self) -> str:
        """Version of the rule set."""
        return self.rule_set.version

    def thresholds(self, agency: str) -> Thresholds:
        """An agency's thresholds: its own, or the set's."""
        return self._overrides.get(agency, self.rule_set.thresholds)

    def ask(self, asked: Asked) -> list[Finding]:
        """What the rules in force at check-in find, in the order of the exceptions' vocabulary."""
        stretch = bisect_right(self._starts_ms, asked.record.span.check_in_ms) - 1
        return [_finding(rule, found) for ask, rule in self._asking[stretch] if (found := ask(asked)) is not None]

    def decibans(self, findings: Iterable[Finding]) -> dict[Typology, float]:
        """What findings weigh together, held by the set's bound; empty where no rule weighs."""
        total: dict[Typology, float] = {}
        for finding in findings:
            for typology, weight in finding.decibans.items():
                total[typology] = total.get(typology, 0.0) + weight
        bound = self.rule_set.weight_bound_db
        return {typology: max(-bound, min(bound, weight)) for typology, weight in total.items()}


def _finding(rule: Rule, found: Found) -> Finding:
    return Finding(RaisedException(rule.code, rule.class_, rule.id, found.value, found.about), rule.weight)


def _stretches(rule_set: RuleSet) -> tuple[list[float], list[tuple[_Asking, ...]]]:
    """Where each stretch begins, UTC milliseconds, and what is asked in it."""
    zone = ZoneInfo(rule_set.time_zone)
    spans = [(rule, *_span_ms(rule, zone)) for rule in sorted(rule_set.rule, key=lambda rule: _ORDER[rule.code])]
    edges = sorted({-inf, inf, *(edge for _, *span in spans for edge in span)})
    stretches: list[tuple[_Asking, ...]] = [
        tuple((rule.asks.ask, rule) for rule, begin, end in spans if begin <= start < end)
        for start, _ in pairwise(edges)
    ]
    return edges[:-1], stretches


def _span_ms(rule: Rule, zone: ZoneInfo) -> tuple[float, float]:
    """From the rule's first day to the end of its last."""
    begin, last = rule.effective_from, rule.effective_until
    return (
        -inf if begin is None else begins_ms(begin, zone),
        inf if last is None else begins_ms(last + timedelta(days=1), zone),
    )
