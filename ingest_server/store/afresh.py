"""The tallies computed from records and verdicts alone: to fill them, and to check what was kept up to date."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select

from ingest_server.authenticity.counting import Counting
from ingest_server.authenticity.tally import Tally
from ingest_server.store.counted import counted, keep_counts, weighed_visits
from ingest_server.store.daily import (
    WHOLE,
    Daily,
    DayKey,
    add_daily,
    daily_deltas,
    daily_of_agency,
    difference,
    restate_whole,
    whole_computed,
)
from ingest_server.store.database import Database
from ingest_server.store.schema import counted_visits, visits
from ingest_server.store.tallies import Key, add_tallies, deltas, drop_tallies, tallied_agencies, tallies_of_agency

# Told how many more visits are done.
Progress = Callable[[int], None]
_MOST_SHOWN: Final = 5


class Difference(Struct, frozen=True):
    """Sums that are kept and are not what the records and verdicts come to; the first few keys, and how many.

    ``agency`` is empty for the sums over every agency.
    """

    agency: str
    rows: int
    first: tuple[Key | DayKey, ...]


class _Fresh(NamedTuple):
    """What an agency's visits come to."""

    tallies: dict[Key, Tally]
    daily: Daily


def count_stored(connection: Connection) -> int:
    """How many visits there are to count."""
    found: int = connection.execute(select(func.count()).select_from(visits)).scalar_one()
    return found


def counted_agencies(connection: Connection) -> list[str]:
    """Every agency that has visits, or sums of some."""
    with_visits = connection.execute(select(visits.c.agency).distinct()).scalars()
    return sorted({*with_visits, *tallied_agencies(connection)})


def rebuild(database: Database, counting: Counting, progress: Progress) -> None:
    """Compute everything anew, an agency at a time; each agency's sums change at once, in one transaction.

    While an agency is counted the intake waits and loses nothing; so do readers, whose looks are entered in the trail.

    Raises:
        StoreError: the database fails, or a record or verdict cannot be read; that agency's sums stay as they were.
    """
    with database.reading() as connection:
        agencies = counted_agencies(connection)
    for agency in agencies:
        with database.writing() as connection:
            _rebuild(connection, agency, counting, progress)
    with database.writing() as connection:
        restate_whole(connection)


def check(database: Database, counting: Counting, progress: Progress) -> list[Difference]:
    """What is kept and would not be the same computed afresh. Changes nothing.

    Raises:
        StoreError: the database fails, or a record or verdict cannot be read.
    """
    with database.reading() as connection:
        found = [_difference(connection, agency, counting, progress) for agency in counted_agencies(connection)]
        whole = difference(whole_computed(connection), daily_of_agency(connection, WHOLE))
    found.append(_told(WHOLE, sorted(whole)))
    return [one for one in found if one is not None]


def _rebuild(connection: Connection, agency: str, counting: Counting, progress: Progress) -> None:
    ours = select(visits.c.digest).where(visits.c.agency == agency)
    connection.execute(delete(counted_visits).where(counted_visits.c.digest.in_(ours)))
    drop_tallies(connection, agency)
    fresh = _afresh(connection, agency, counting, progress, keep=True)
    add_tallies(connection, fresh.tallies)
    # Moved by what differs, so that the sums over every agency move with it.
    add_daily(connection, difference(fresh.daily, daily_of_agency(connection, agency)))


def _difference(connection: Connection, agency: str, counting: Counting, progress: Progress) -> Difference | None:
    fresh = _afresh(connection, agency, counting, progress, keep=False)
    kept = dict(tallies_of_agency(connection, agency))
    wrong = sorted(
        key for key in fresh.tallies.keys() | kept.keys() if not _same(fresh.tallies.get(key), kept.get(key))
    )
    return _told(agency, [*wrong, *sorted(difference(fresh.daily, daily_of_agency(connection, agency)))])


def _told(agency: str, wrong: list[Any]) -> Difference | None:
    return Difference(agency, len(wrong), tuple(wrong[:_MOST_SHOWN])) if wrong else None


def _afresh(connection: Connection, agency: str, counting: Counting, progress: Progress, *, keep: bool) -> _Fresh:
    found: dict[Key, Tally] = {}
    daily: Daily = {}
    for chunk in weighed_visits(connection, visits.c.agency == agency):
        counts = counted(connection, chunk, counting)
        if keep:
            keep_counts(connection, counts)
        changes = [(visit, 1) for visit in counts.values()]
        for key, tally in deltas(changes).items():
            found[key] = found[key].merge(tally) if key in found else tally
        for hour, sums in daily_deltas(changes).items():
            daily.setdefault(hour, Counter()).update(sums)
        progress(len(chunk))
    return _Fresh(found, daily)


def _same(one: Tally | None, other: Tally | None) -> bool:
    if one is None or other is None:
        return False
    return (one.weights == other.weights).all() and +one.sums == +other.sums
