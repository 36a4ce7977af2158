"""The language of the screen: Chinese, or English by the switch. Pure."""

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from edge_agent.kiosk.words import words_of
from visit_record.bilingual import Words
from visit_record.catalogue import service_items

COOKIE: Final = "carewitness-language"
_YEAR_S: Final = 365 * 86_400
Meaning = Words | StrEnum


class Tongue(StrEnum):
    """Which of the two."""

    CHINESE = "zh"
    ENGLISH = "en"

    @property
    def html_lang(self) -> str:
        """The language as ``lang`` names it (BCP 47)."""
        return "en" if self is Tongue.ENGLISH else "zh-CN"

    @property
    def other(self) -> "Tongue":
        """The one that is switched to."""
        return Tongue.CHINESE if self is Tongue.ENGLISH else Tongue.ENGLISH

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return "English" if self is Tongue.ENGLISH else "中文"

    def said(self, meaning: Meaning) -> str:
        """A meaning."""
        words = words_of(meaning) if isinstance(meaning, StrEnum) else meaning
        return words.en if self is Tongue.ENGLISH else words.zh

    def say(self, zh: str, en: str, **values: object) -> Markup:
        """A text of a template, whose ``{names}`` are replaced by values, escaped."""
        return Markup(self.said(Words(zh, en))).format(**values)

    def item(self, item: str) -> str:
        """A service item; its id where this version's catalogue does not have it."""
        known = service_items().get(item)
        return self.said(Words(known.zh, known.en)) if known else item

    def minutes(self, duration_s: float) -> str:
        """A length of time in whole minutes."""
        count = round(duration_s / 60)
        return f"{count} min" if self is Tongue.ENGLISH else f"{count} 分钟"


def tongue_of(request: Request) -> Tongue:
    """What this browser chose; Chinese where it chose nothing."""
    chosen = request.cookies.get(COOKIE, "")
    return Tongue(chosen) if chosen in set(Tongue) else Tongue.CHINESE


def remembered(tongue: Tongue, answer: Response) -> Response:
    """An answer by which this browser keeps to a language."""
    answer.set_cookie(COOKIE, tongue.value, max_age=_YEAR_S, httponly=True, samesite="strict")
    return answer


def headed(text: str) -> str:
    """A word of a vocabulary at the head of a line, or by itself on a button: ``Sponge bath``."""
    return text[:1].upper() + text[1:]


def isolated(name: str) -> Markup:
    """A name set apart: one that is written from right to left turns nothing round that stands beside it."""
    return Markup("<bdi>{}</bdi>").format(name)


def stopwatch(duration_s: int) -> str:
    """A length of time as a stopwatch shows it: ``9:05``, ``1:02:09``."""
    hours, rest = divmod(max(0, duration_s), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def time_of_day(at_utc_ms: int, zone: tzinfo) -> str:
    """A moment on the wall clock of the home: ``09:05``."""
    return datetime.fromtimestamp(at_utc_ms / 1000, zone).strftime("%H:%M")


def moment(at_utc_ms: int, zone: tzinfo) -> str:
    """A day and a time on the clocks of the home: ``2026-01-05 09:05``."""
    return f"{day(at_utc_ms, zone)} {time_of_day(at_utc_ms, zone)}"


def day(at_utc_ms: int, zone: tzinfo) -> str:
    """A day on the calendar of the home: ``2026-01-05``."""
    return datetime.fromtimestamp(at_utc_ms / 1000, zone).date().isoformat()
