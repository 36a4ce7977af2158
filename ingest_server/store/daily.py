"""Sums over visits by agency, local day and hour: added to as visits are counted, and those of all kept beside them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, select, update
from sqlalchemy import text as sql

from ingest_server.authenticity.counting import CountedVisit
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import Band
from ingest_server.store.key_rows import MOST_KEYS, with_keys
from ingest_server.store.schema import daily_tallies

# Whose the sums over every agency are: no agency's name is empty.
WHOLE: Final = ""
SUMS: Final = ("visits", "seconds", "settled_fen", "at_risk_fen", *map(str, Band), *map(str, Theme))


class DayKey(NamedTuple):
    """Whose visits, on which local day (``2026-09-22``), begun in which hour of it (0 to 23)."""

    agency: str
    day: str
    hour: int


Daily = dict[DayKey, Counter[str]]


def daily_deltas(changes: Iterable[tuple[CountedVisit, int]]) -> Daily:
    """What visits change in their agencies' days, each added (1) or taken away (-1)."""
    found: defaultdict[DayKey, Counter[str]] = defaultdict(Counter)
    for visit, times in changes:
        if visit.of_day is not None:
            sums = found[DayKey(visit.agency, visit.of_day.day, visit.of_day.hour)]
            for name, value in visit.of_day.sums.items():
                sums[name] += times * value
    return dict(found)


def difference(wanted: Mapping[DayKey, Counter[str]], kept: Mapping[DayKey, Counter[str]]) -> Daily:
    """What is to be added to ``kept`` so that it is ``wanted``."""
    found: Daily = {}
    for key in wanted.keys() | kept.keys():
        found[key] = Counter(wanted.get(key, {}))
        found[key].subtract(kept.get(key, {}))
    return {key: sums for key, sums in found.items() if any(sums.values())}


def add_daily(connection: Connection, changes: Mapping[DayKey, Counter[str]]) -> None:
    """Add agencies' changes to what is kept of them, and of all; an hour without a visit is removed."""
    if connection.dialect.name == "postgresql":
        # As for the other tallies: two that add to one row at once would lose one of them.
        connection.execute(sql("LOCK TABLE daily_tallies IN SHARE ROW EXCLUSIVE MODE"))
    both = _with_whole(changes)
    keys = sorted(both)
    for start in range(0, len(keys), MOST_KEYS):
        chunk = keys[start : start + MOST_KEYS]
        kept = dict(_kept(connection, with_keys(connection, select(daily_tallies), _KEY, chunk)))
        merged = {key: kept.get(key, Counter()) for key in chunk}
        for key, sums in merged.items():
            sums.update(both[key])
        _write(connection, merged, frozenset(kept))


def daily_of_agency(connection: Connection, agency: str) -> Daily:
    """All that is kept of one agency's days, or of :data:`WHOLE`."""
    return dict(_kept(connection, select(daily_tallies).where(daily_tallies.c.agency == agency)))


def whole_computed(connection: Connection) -> Daily:
    """What the agencies' days come to together."""
    sums = [func.sum(daily_tallies.c[name]).label(name) for name in SUMS]
    columns = (daily_tallies.c.day, daily_tallies.c.hour)
    query = select(*columns, *sums).where(daily_tallies.c.agency != WHOLE).group_by(*columns)
    return {DayKey(WHOLE, row.day, row.hour): _sums(row) for row in connection.execute(query)}


def restate_whole(connection: Connection) -> None:
    """Write the sums over every agency anew, from the agencies' own."""
    fresh = whole_computed(connection)
    connection.execute(delete(daily_tallies).where(daily_tallies.c.agency == WHOLE))
    _write(connection, fresh, frozenset())


def _with_whole(changes: Mapping[DayKey, Counter[str]]) -> Daily:
    both: Daily = {}
    for key, sums in changes.items():
        both[key] = sums
        both.setdefault(key._replace(agency=WHOLE), Counter()).update(sums)
    return both


_KEY: Final = (daily_tallies.c.agency, daily_tallies.c.day, daily_tallies.c.hour)
_SAME: Final = and_(*(column == bindparam(f"of_{column.name}") for column in _KEY))


def _kept(connection: Connection, query: Select[Any]) -> Iterator[tuple[DayKey, Counter[str]]]:
    for row in connection.execute(query):
        yield DayKey(row.agency, row.day, row.hour), _sums(row)


def _sums(row: Row[Any]) -> Counter[str]:
    # PostgreSQL sums whole numbers as decimals.
    return Counter({name: value for name in SUMS if (value := int(row._mapping[name]))})


def _write(connection: Connection, merged: Mapping[DayKey, Counter[str]], known: frozenset[DayKey]) -> None:
    there = {key: sums for key, sums in merged.items() if sums["visits"]}
    fresh = [key._asdict() | _values(sums) for key, sums in there.items() if key not in known]
    moved = [_named(key) | _values(sums) for key, sums in there.items() if key in known]
    gone = [_named(key) for key in merged if key in known and key not in there]
    if fresh:
        connection.execute(insert(daily_tallies), fresh)
    if moved:
        connection.execute(update(daily_tallies).where(_SAME).values({name: bindparam(name) for name in SUMS}), moved)
    if gone:
        connection.execute(delete(daily_tallies).where(_SAME), gone)


def _named(key: DayKey) -> dict[str, object]:
    return {f"of_{name}": value for name, value in key._asdict().items()}


def _values(sums: Counter[str]) -> dict[str, int]:
    return {name: sums[name] for name in SUMS}
