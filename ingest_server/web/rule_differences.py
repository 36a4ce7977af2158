"""What a rule set asks otherwise than the live one, in words. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from ingest_server.rules.differences import Change, Differences, RuleDifference, RulePart, Terms
from ingest_server.rules.rule_table import Rule, Said
from ingest_server.web.rule_words import condition_of, weight_of
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words

# What is worth reading of a rule that is new or gone.
_WHOLE: Final = (RulePart.QUESTION, RulePart.CODE, RulePart.ASKS, RulePart.WEIGHT)
_ALWAYS: Final = Words("不限日期", "of every day")


# What is a figure or a name reads alike in every language.
Told = Words | str


class ShownPart(Struct, frozen=True):
    """A part before and after; ``None`` where the rule is not there."""

    words: Words
    before: Told | None
    after: Told | None


class ShownDifference(Struct, frozen=True):
    """A rule and its parts that differ, all that matter where it is new or gone."""

    id: str
    change: Change
    parts: tuple[ShownPart, ...]


class ShownDifferences(Struct, frozen=True):
    """What differs, of the sets as wholes and rule by rule."""

    before: Terms
    same: int
    terms: tuple[ShownPart, ...]
    rules: tuple[ShownDifference, ...]


def shown_differences(found: Differences) -> ShownDifferences:
    """What a page shows of differences."""
    return ShownDifferences(found.before, found.same, tuple(_terms(found)), tuple(map(_shown, found.rules)))


def _terms(found: Differences) -> Iterator[ShownPart]:
    for words, of in _TERMS.items():
        before, after = of(found.before), of(found.after)
        if before != after:
            yield ShownPart(words, before, after)


def _shown(one: RuleDifference) -> ShownDifference:
    parts = tuple(
        ShownPart(said(part), _part(one.before, part), _part(one.after, part)) for part in one.parts or _WHOLE
    )
    return ShownDifference(one.id, one.change, parts)


def _part(rule: Rule | None, part: RulePart) -> Told | None:
    return None if rule is None else _PARTS[part](rule)


def _meant(meaning: Said) -> Words:
    return Words(meaning.zh, meaning.en)


_PARTS: Final[Mapping[RulePart, Callable[[Rule], Told]]] = {
    RulePart.QUESTION: lambda rule: _meant(rule.question),
    RulePart.BASIS: lambda rule: _meant(rule.basis),
    RulePart.SAYS: lambda rule: _meant(rule.says),
    RulePart.CODE: lambda rule: said(rule.code),
    RulePart.CLASS: lambda rule: said(rule.class_),
    RulePart.ASKS: lambda rule: condition_of(rule.asks),
    RulePart.EFFECTIVE_FROM: lambda rule: str(rule.effective_from) if rule.effective_from else _ALWAYS,
    RulePart.EFFECTIVE_UNTIL: lambda rule: str(rule.effective_until) if rule.effective_until else _ALWAYS,
    RulePart.WEIGHT: weight_of,
}
_TERMS: Final[Mapping[Words, Callable[[Terms], Told]]] = {
    Words("复核阈值", "threshold of review"): lambda terms: f"{100 * terms.thresholds.review:g}%",
    Words("优先复核阈值", "threshold of looking first"): lambda terms: f"{100 * terms.thresholds.hold:g}%",
    Words("全部规则的分量上限（分贝）", "most that all rules weigh, dB"): lambda terms: f"{terms.weight_bound_db:g}",
    Words("时区", "time zone"): lambda terms: terms.time_zone,
}
