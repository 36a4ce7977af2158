"""Subjects of a census in an order, a page at a time. Pure."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from ingest_server.authenticity.estimate import Estimate
from ingest_server.authenticity.grid import Floats
from ingest_server.authenticity.roll import Roll
from ingest_server.authenticity.settings import Settings
from ingest_server.store.districts import DISTRICT
from ingest_server.web.cursor import fields_of, wrapped

_RANK: Final = re.compile(rf"([0-9]{{1,18}}(?:\.[0-9]{{1,20}})?(?:e-[0-9]{{1,3}})?),({DISTRICT.pattern})")
# More than any share.
_LAST: Final = 2.0


class Order(StrEnum):
    """What comes first: the lowest upper end of an interval, the lowest lower end, or the most money at risk.

    By either end, whoever has too few visits to stand anywhere comes after all others.
    """

    HIGH = "high"
    LOW = "low"
    AT_RISK = "at_risk"


class Rank(NamedTuple):
    """Where a page ended: the value that it is ordered by, and the subject."""

    value: float
    subject: str


class RankedSubject(Struct, frozen=True):
    """A subject as a line of a list."""

    subject: str
    estimate: Estimate
    at_risk_fen: int


class RankedPage(NamedTuple):
    """Subjects in order; ``after`` is where the next page begins, ``None`` on the last."""

    subjects: tuple[RankedSubject, ...]
    after: Rank | None


def ranked(roll: Roll, order: Order, after: Rank | None, limit: int, settings: Settings) -> RankedPage:
    """A page of subjects, ties in the order of their names."""
    values = _values(roll, order, settings.least_visits)
    places = np.lexsort((np.arange(len(values)), values)).tolist()
    if after is not None:
        sought = -after.value if order is Order.AT_RISK else after.value
        places = [place for place in places if (values[place], roll.subjects[place]) > (sought, after.subject)]
    page = places[:limit]
    lines = (RankedSubject(roll.subjects[at], roll.estimate(at, settings), int(roll.at_risk_fen[at])) for at in page)
    more = Rank(abs(float(values[page[-1]])), roll.subjects[page[-1]]) if len(places) > limit else None
    return RankedPage(tuple(lines), more)


def cursor_after(rank: Rank) -> str:
    """The cursor that continues after a rank."""
    return wrapped(f"{rank.value!r},{rank.subject}".encode())


def rank_of(cursor: str) -> Rank:
    """The rank that a cursor names.

    Raises:
        WrongCursorError: it is none that this server gave.
    """
    value, subject = fields_of(cursor, _RANK)
    return Rank(float(value), subject)


def _values(roll: Roll, order: Order, least_visits: int) -> Floats:
    if order is Order.AT_RISK:
        return np.asarray(-roll.at_risk_fen, np.float64)
    end = roll.spread.high if order is Order.HIGH else roll.spread.low
    return np.asarray(end + _LAST * (roll.judged < least_visits))
