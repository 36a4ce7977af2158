"""Reading the sums by day and hour, and what two people found to be faked. Nothing here looks at single visits."""

from collections import Counter
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, select

from ingest_server.store.daily import SUMS, WHOLE
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.schema import daily_tallies, visits

_DAY, _HOUR = daily_tallies.c.day, daily_tallies.c.hour
_SUMMED: Final = tuple(func.coalesce(func.sum(daily_tallies.c[name]), 0).label(name) for name in SUMS)


class HourCount(NamedTuple):
    """Visits that began in an hour of a local day."""

    day: str
    hour: int
    visits: int


class Confirmed(NamedTuple):
    """Visits whose case two people closed as confirmed, and the fund's share of what they were billed at."""

    visits: int
    fen: int


def sums_by_day(connection: Connection, of: Narrowed, first: str, last: str) -> dict[str, Counter[str]]:
    """The sums of each day from the first to the last that has any visit."""
    query = select(_DAY, *_SUMMED).where(_within(of, first, last)).group_by(_DAY)
    return {row.day: _sums(row._mapping) for row in connection.execute(query)}


def sums_over(connection: Connection, of: Narrowed, first: str, last: str) -> Counter[str]:
    """The sums from the first day to the last."""
    return _sums(connection.execute(select(*_SUMMED).where(_within(of, first, last))).one()._mapping)


def sums_until(connection: Connection, of: Narrowed, day: str, hour: int) -> Counter[str]:
    """The sums of a day up to an hour, which is in them."""
    return _sums(connection.execute(select(*_SUMMED).where(_within(of, day, day), hour >= _HOUR)).one()._mapping)


def hours_of(connection: Connection, of: Narrowed, first: str, last: str) -> list[HourCount]:
    """Visits by hour, from the first day to the last."""
    count = func.sum(daily_tallies.c.visits)
    query = select(_DAY, _HOUR, count).where(_within(of, first, last)).group_by(_DAY, _HOUR)
    return [HourCount(day, hour, int(found)) for day, hour, found in connection.execute(query)]


def confirmed_between(connection: Connection, of: Narrowed, since_ms: int, until_ms: int) -> Confirmed:
    """What was closed as confirmed from a moment until before another, and stands so."""
    figures = (func.count(), func.coalesce(func.sum(visits.c.settled_fen), 0))
    closed_ms = visits.c.confirmed_at_ms
    query = select(*figures).where(closed_ms >= since_ms, closed_ms < until_ms, of.of(visits.c.agency))
    count, fen = connection.execute(query).one()
    return Confirmed(count, int(fen))


def _within(of: Narrowed, first: str, last: str) -> ColumnElement[bool]:
    agency = daily_tallies.c.agency
    return and_(agency == WHOLE if of.whole else of.of(agency), _DAY.between(first, last))


def _sums(row: RowMapping) -> Counter[str]:
    # PostgreSQL sums whole numbers as decimals.
    return Counter({name: int(row[name]) for name in SUMS})
