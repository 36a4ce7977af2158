"""What one rule set asks otherwise than another: rule by rule, by their ids. Pure."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from ingest_server.rules.rule_table import Rule, RuleSet
from ingest_server.scoring.verdict import Thresholds


class Change(StrEnum):
    """What became of a rule."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class RulePart(StrEnum):
    """A part of a rule, as its document names it."""

    QUESTION = "question"
    BASIS = "basis"
    SAYS = "says"
    CODE = "code"
    CLASS = "class"
    ASKS = "asks"
    EFFECTIVE_FROM = "effective_from"
    EFFECTIVE_UNTIL = "effective_until"
    WEIGHT = "weight"

    def of(self, rule: Rule) -> object:
        """What a rule has of this part."""
        return rule.class_ if self is RulePart.CLASS else getattr(rule, self.value)


class RuleDifference(Struct, frozen=True):
    """A rule that is not the same in both; ``parts`` are those that changed, none of a new one or one that is gone."""

    id: str
    change: Change
    before: Rule | None
    after: Rule | None
    parts: tuple[RulePart, ...] = ()


class Terms(Struct, frozen=True):
    """What holds for a set as a whole."""

    version: str
    time_zone: str
    weight_bound_db: float
    thresholds: Thresholds


class Differences(Struct, frozen=True):
    """One set against another; ``same`` is how many rules are the same in both."""

    before: Terms
    after: Terms
    same: int
    rules: tuple[RuleDifference, ...]


def differences(before: RuleSet, after: RuleSet) -> Differences:
    """What ``after`` asks otherwise than ``before``; its own rules in their order, then those that are gone."""
    found = tuple(_differing(before, after))
    kept = sum(one.change is not Change.GONE for one in found)
    return Differences(_terms(before), _terms(after), len(after.rule) - kept, found)


def _differing(before: RuleSet, after: RuleSet) -> Iterator[RuleDifference]:
    old, new = ({rule.id: rule for rule in rules.rule} for rules in (before, after))
    for id_, rule in new.items():
        if id_ not in old:
            yield RuleDifference(id_, Change.NEW, None, rule)
        elif parts := tuple(part for part in RulePart if part.of(old[id_]) != part.of(rule)):
            yield RuleDifference(id_, Change.CHANGED, old[id_], rule, parts)
    for id_, rule in old.items():
        if id_ not in new:
            yield RuleDifference(id_, Change.GONE, rule, None)


def _terms(rules: RuleSet) -> Terms:
    return Terms(rules.version, rules.time_zone, rules.weight_bound_db, rules.thresholds)
