"""Where a rule set begins to call a measured value low or far, for those who draw it. Pure."""

from collections.abc import Iterator
from math import inf

from msgspec import Struct

from ingest_server.rules.kinds import Bound
from ingest_server.rules.rule_set import RuleSet


class Limits(Struct, frozen=True):
    """Bounds of single measurements; infinite where no rule has one."""

    face_least: float
    liveness_least: float
    voice_least: float
    site_excess_most_m: float


def limits_of(rule_set: RuleSet) -> Limits:
    """The first bound that the set has on each."""
    return Limits(
        face_least=_least(rule_set, "face_check_in"),
        liveness_least=_least(rule_set, "liveness"),
        voice_least=_least(rule_set, "voice"),
        site_excess_most_m=_most(rule_set, "site_excess_m"),
    )


def _least(rule_set: RuleSet, evidence: str) -> float:
    return next((bound.least for bound in _bounds(rule_set, evidence) if bound.least is not None), -inf)


def _most(rule_set: RuleSet, evidence: str) -> float:
    return next((bound.most for bound in _bounds(rule_set, evidence) if bound.most is not None), inf)


def _bounds(rule_set: RuleSet, evidence: str) -> Iterator[Bound]:
    for rule in rule_set.rule:
        if isinstance(rule.asks, Bound) and rule.asks.evidence == evidence:
            yield rule.asks
