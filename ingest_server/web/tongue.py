"""The language of the screens: Chinese with English beside it, or one of the two. Pure.

Numbers, lengths and money are written as the Unicode CLDR has it, by Babel.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from string import Formatter
from typing import Final

from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from markupsafe import Markup, escape

from ingest_server.web.words import said
from ingest_server.words.bilingual import Words

Meaning = Words | StrEnum


class Tongue(StrEnum):
    """A reader's choice."""

    BOTH = "both"
    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return _OWN_NAMES[self]

    @property
    def html_lang(self) -> str:
        """The language of a page, as ``lang`` names it (BCP 47)."""
        return "en" if self is Tongue.ENGLISH else "zh-CN"

    def lead(self, meaning: Meaning) -> str:
        """What is said first, or alone."""
        words = _words(meaning)
        return words.en if self is Tongue.ENGLISH else words.zh

    def beside(self, meaning: Meaning) -> str:
        """What is said beside it; nothing where one language is shown."""
        return _words(meaning).en if self is Tongue.BOTH else ""

    def said(self, meaning: Meaning) -> Markup:
        """A meaning in a page."""
        return _said(self, _words(meaning))

    def label(self, meaning: Meaning) -> str:
        """A meaning where there is no room for markup: in an attribute, in an option of a list."""
        return " ".join(filter(None, (self.lead(meaning), self.beside(meaning))))

    def say(self, zh: str, en: str, **values: object) -> Markup:
        """A text of a template, whose ``{names}`` are replaced by values, escaped where they are not markup.

        A value that is itself said in two languages takes the one of the text around it.
        """
        return _told(self, zh, en, values) if values else _constant(self, zh, en)

    def number(self, value: float) -> str:
        """A number with its thousands set apart."""
        return _number(value, _CLDR[self])

    def yuan(self, fen: int) -> str:
        """Money, from hundredths of a yuan: ``¥1,234.50``."""
        return _yuan(fen, _CLDR[self])

    def length(self, duration_s: float) -> str:
        """A length of time by its two largest units: ``1小时 5分钟``, ``8 min 20 sec``."""
        return length_of_time(duration_s, _CLDR[self])


_CLDR: Final[Mapping[Tongue, str]] = {Tongue.BOTH: "zh_Hans_CN", Tongue.CHINESE: "zh_Hans_CN", Tongue.ENGLISH: "en"}

_DAY_S: Final = 86_400
_OWN_NAMES: Final[Mapping[Tongue, str]] = {Tongue.BOTH: "双语", Tongue.CHINESE: "中文", Tongue.ENGLISH: "English"}


def length_of_time(duration_s: float, locale: str) -> str:
    """A length of time as a language of the CLDR writes it; in days from two of them on."""
    seconds = round(duration_s)
    days, within_days = divmod(seconds, _DAY_S) if seconds >= 2 * _DAY_S else (0, seconds)
    hours, minutes = within_days // 3600, within_days % 3600 // 60
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds % 60, "second"))
    largest = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [part for part in parts[largest : largest + 2] if part[0]] or [(0, "second")]
    return " ".join(_unit(count, unit, locale) for count, unit in shown)


def length_words(duration_s: float) -> Words:
    """The same in both languages."""
    return Words(length_of_time(duration_s, "zh_Hans_CN"), length_of_time(duration_s, "en"))


# A page says some hundred texts and lengths of time, nearly all of which the page before it said too.
@lru_cache(maxsize=4096)
def _unit(count: int, unit: str, locale: str) -> str:
    return format_unit(count, f"duration-{unit}", "short", locale=locale)


# 1 and 1.0 are one key, and are written alike.
@lru_cache(maxsize=4096)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=4096)
def _yuan(fen: int, locale: str) -> str:
    return format_currency(Decimal(fen) / 100, "CNY", locale=locale)


@lru_cache(maxsize=4096)
def _constant(tongue: Tongue, zh: str, en: str) -> Markup:
    return _told(tongue, zh, en, {})


@lru_cache(maxsize=4096)
def _said(tongue: Tongue, words: Words) -> Markup:
    beside, lead = tongue.beside(words), escape(tongue.lead(words))
    return _side_by_side(lead, escape(beside)) if beside else lead


def _told(tongue: Tongue, zh: str, en: str, values: Mapping[str, object]) -> Markup:
    match tongue:
        case Tongue.BOTH:
            return _side_by_side(_filled(zh, 0, values), _filled(en, 1, values))
        case Tongue.CHINESE:
            return _filled(zh, 0, values)
        case Tongue.ENGLISH:
            return _filled(en, 1, values)


def _filled(text: str, place: int, values: Mapping[str, object]) -> Markup:
    """A text with its values. Markup's own ``format`` does the same, and took a third of the largest page's time."""
    told = []
    for literal, name, form in _parts(text):
        told.append(literal)
        if name is not None:
            value = values[name]
            told.append(_written(value[place] if isinstance(value, Words) else value, form))
    return Markup("".join(told))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """A text taken apart: what stands there, the name of the value after it, and how that is written."""
    return tuple((literal, name, form or "") for literal, name, form, _ in Formatter().parse(text))


def _written(value: object, form: str) -> str:
    return escape(format(value, form)) if form or not isinstance(value, str) else escape(value)


def _words(meaning: Meaning) -> Words:
    return said(meaning) if isinstance(meaning, StrEnum) else meaning


def _side_by_side(first: Markup, beside: Markup) -> Markup:
    # Both were escaped as they were made.
    return Markup(f'<span class="zh">{first}</span> <span class="en" lang="en">{beside}</span>')
