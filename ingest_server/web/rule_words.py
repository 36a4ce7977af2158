"""Rules in words: what a kind of question asks with its parameters, and what a finding says. Pure."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from math import nan
from typing import Any, Final

from msgspec import Struct

from ingest_server.rules.kinds import (
    Bound,
    ClaimsUnheard,
    ClockOff,
    EndedAs,
    Kind,
    LongerThan,
    NoCheckIn,
    NoPosition,
    OtherAsLike,
    SenseMissing,
)
from ingest_server.rules.rule_set import Rule, RuleSet
from ingest_server.scoring.verdict import RaisedException
from ingest_server.web.formats import signed
from ingest_server.web.words import said, said_of_item
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_evidence
from visit_record.vocabulary import Ending, Modality, NotObservedReason


class Raised(Struct, frozen=True):
    """An exception with the sentence of its rule, ``None`` where no rule raised it or it cannot be read any more."""

    exception: RaisedException
    words: Words | None


def raised_in_words(exception: RaisedException, rule_set: RuleSet | None) -> Raised:
    """An exception as the visit's page tells it."""
    rules = () if rule_set is None else rule_set.rule
    rule = next((rule for rule in rules if rule.id == exception.rule), None)
    return Raised(exception, None if rule is None else finding_of(rule, exception))


def condition_of(asks: Kind) -> Words:
    """When a question of this kind finds something, with its parameters."""
    return _CONDITIONS[type(asks)](asks)


def finding_of(rule: Rule, raised: RaisedException) -> Words:
    """The sentence of what a rule found."""
    about = [_word(rule.asks, word) for word in raised.about]
    value = nan if raised.value is None else raised.value
    return Words(
        rule.says.zh.format(value=value, about="；".join(words.zh for words in about)),
        rule.says.en.format(value=value, about="; ".join(words.en for words in about)),
    )


def weight_of(rule: Rule) -> Words:
    """What a finding weighs."""
    weights = [(said(typology), signed(weight)) for typology, weight in rule.weight.items() if weight]
    if not weights:
        return Words("不计分量", "weighs nothing")
    zh = "、".join(f"{words.zh} {weight} 分贝" for words, weight in weights)
    return Words(zh, ", ".join(f"{words.en} {weight} dB" for words, weight in weights))


def _bound(asks: Bound) -> Words:
    name = said_of_evidence(asks.evidence)
    low = [] if asks.least is None else [Words(f"低于 {asks.least:g}", f"below {asks.least:g}")]
    high = [] if asks.most is None else [Words(f"高于 {asks.most:g}", f"above {asks.most:g}")]
    either = _joined([*low, *high], "或", " or ")
    return Words(f"「{name.zh}」{either.zh}", f"{name.en} {either.en}")


def _sense_missing(asks: SenseMissing) -> Words:
    reasons = _joined(map(said, sorted(asks.reasons)), "或", " or ")
    return Words(f"整个感官未能观测，原因为{reasons.zh}", f"a whole sense was not observed, for {reasons.en}")


def _ended_as(asks: EndedAs) -> Words:
    endings = _joined(map(said, sorted(asks.endings)), "或", " or ")
    return Words(f"结束方式为{endings.zh}", f"ending is {endings.en}")


def _clock_off(asks: ClockOff) -> Words:
    return Words(
        f"时钟偏差超过 {asks.most_offset_s:g} 秒，或在服务中被调整",
        f"clock more than {asks.most_offset_s:g} s off, or stepped during the visit",
    )


def _other_as_like(asks: OtherAsLike) -> Words:
    return Words(
        f"与另一人的相似度至少 {asks.least:g}，且不低于与本人的",
        f"similarity to another of at least {asks.least:g}, and no less than to the caregiver",
    )


def _claims_unheard(asks: ClaimsUnheard) -> Words:
    share = f"{asks.least_heard_share:.0%}"
    return Words(f"会留下声音的申报项目中听到的不足 {share}", f"fewer than {share} of the audible claims were heard")


def _longer_than(asks: LongerThan) -> Words:
    return Words(f"单次超过 {asks.most_hours:g} 小时", f"one visit of more than {asks.most_hours:g} hours")


_CONDITIONS: Final[Mapping[type[Kind], Callable[[Any], Words]]] = {
    Bound: _bound,
    SenseMissing: _sense_missing,
    NoPosition: lambda _: Words("签到与签退均无定位", "no position at check-in nor at check-out"),
    EndedAs: _ended_as,
    ClockOff: _clock_off,
    NoCheckIn: lambda _: Words("感官可用而没有该次核验", "the sense observed, and no such check is there"),
    OtherAsLike: _other_as_like,
    ClaimsUnheard: _claims_unheard,
    LongerThan: _longer_than,
}
_VOCABULARY: Final[Mapping[type[Kind], type[StrEnum]]] = {
    SenseMissing: Modality,
    NoPosition: NotObservedReason,
    EndedAs: Ending,
}


def _word(asks: Kind, word: str) -> Words:
    """What a word that a finding is about is called; the word itself where it is newer than this program."""
    if isinstance(asks, ClaimsUnheard):
        return said_of_item(word)
    kind = _VOCABULARY.get(type(asks))
    return said(kind(word)) if kind and word in set(kind) else Words(word, word)


def _joined(many: Iterable[Words], zh: str, en: str) -> Words:
    listed = list(many)
    return Words(zh.join(words.zh for words in listed), en.join(words.en for words in listed))
