"""Where a rule set begins to call a measured value low or far, for those who draw it. Pure."""

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
        face_least=_bound(rule_set, "face_check_in").least,
        liveness_least=_bound(rule_set, "liveness").least,
        voice_least=_bound(rule_set, "voice").least,
        site_excess_most_m=_bound(rule_set, "site_excess_m").most,
    )


def _bound(rule_set: RuleSet, evidence: str) -> Bound:
    bounds = (rule.asks for rule in rule_set.rule if isinstance(rule.asks, Bound) and rule.asks.evidence == evidence)
    return next(bounds, Bound(evidence, -inf, inf))
