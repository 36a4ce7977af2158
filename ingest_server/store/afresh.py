"""The tallies computed from records and verdicts alone: to fill them, and to check what was kept up to date."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select

from ingest_server.authenticity.counting import Counting
from ingest_server.authenticity.tally import Tally
from ingest_server.store.counted import counted, keep_counts, weighed_visits
from ingest_server.store.database import Database
from ingest_server.store.schema import counted_visits, visits
from ingest_server.store.tallies import Key, add_tallies, deltas, drop_tallies, tallied_agencies, tallies_of_agency

# Told how many more visits are done.
Progress = Callable[[int], None]
_MOST_SHOWN: Final = 5


class Difference(Struct, frozen=True):
    """Sums that are kept and are not what the records and verdicts come to; the first few keys, and how many."""

    agency: str
    rows: int
    first: tuple[Key, ...]


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


def check(database: Database, counting: Counting, progress: Progress) -> list[Difference]:
    """What is kept and would not be the same computed afresh. Changes nothing.

    Raises:
        StoreError: the database fails, or a record or verdict cannot be read.
    """
    with database.reading() as connection:
        return [
            difference
            for agency in counted_agencies(connection)
            if (difference := _difference(connection, agency, counting, progress)) is not None
        ]


def _rebuild(connection: Connection, agency: str, counting: Counting, progress: Progress) -> None:
    ours = select(visits.c.digest).where(visits.c.agency == agency)
    connection.execute(delete(counted_visits).where(counted_visits.c.digest.in_(ours)))
    drop_tallies(connection, agency)
    add_tallies(connection, _afresh(connection, agency, counting, progress, keep=True))


def _difference(connection: Connection, agency: str, counting: Counting, progress: Progress) -> Difference | None:
    fresh = _afresh(connection, agency, counting, progress, keep=False)
    kept = dict(tallies_of_agency(connection, agency))
    wrong = sorted(key for key in fresh.keys() | kept.keys() if not _same(fresh.get(key), kept.get(key)))
    return Difference(agency, len(wrong), tuple(wrong[:_MOST_SHOWN])) if wrong else None


def _afresh(
    connection: Connection, agency: str, counting: Counting, progress: Progress, *, keep: bool
) -> dict[Key, Tally]:
    found: dict[Key, Tally] = {}
    for chunk in weighed_visits(connection, visits.c.agency == agency):
        counts = counted(connection, chunk, counting)
        if keep:
            keep_counts(connection, counts)
        for key, tally in deltas((visit, 1) for visit in counts.values()).items():
            found[key] = found[key].merge(tally) if key in found else tally
        progress(len(chunk))
    return found


def _same(one: Tally | None, other: Tally | None) -> bool:
    if one is None or other is None:
        return False
    return (one.weights == other.weights).all() and +one.sums == +other.sums
