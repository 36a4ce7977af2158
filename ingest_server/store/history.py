"""Stored visits in batches, oldest first, for those who weigh them again; memory is bounded by the batch."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, func, select, tuple_

from ingest_server.rules.movement import Moved, Stands
from ingest_server.scoring.verdict import Band, Verdict
from ingest_server.store.database import Database
from ingest_server.store.schema import records, verdicts, visits
from visit_record.vocabulary import Typology

BATCH = 500


class Period(Struct, frozen=True):
    """Which visits: those that check in from ``since_ms`` until before ``until_ms``, of one agency or of all."""

    since_ms: int
    until_ms: int | None = None
    agency: str | None = None


class StoredVisit(Struct, frozen=True):
    """A record as it was received, where it stands, and the verdict that it has under the versions asked for.

    ``stands_so`` where that is the verdict by which it stands.
    """

    visit: str
    digest: str
    device: str
    agency: str
    caregiver: str
    check_in_ms: int
    sealed: bytes
    stands: Stands
    known: bytes | None
    stands_so: bool

    def moved_by(self, verdict: Verdict) -> Moved:
        """Where it would go, or stay, by another verdict."""
        after = Stands(verdict.band, verdict.typology, verdict.suspicion)
        return Moved(self.visit, self.digest, self.agency, self.caregiver, self.check_in_ms, self.stands, after)


def count_visits(database: Database, period: Period) -> int:
    """How many there are."""
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).where(_within(period))).scalar_one())


def visit_batches(
    database: Database, period: Period, versions: tuple[str, str], size: int = BATCH
) -> Iterator[list[StoredVisit]]:
    """Visits by check-in, each batch read in a transaction of its own.

    ``known`` is a verdict under the ``versions`` of calibration and rules.
    """
    after: tuple[int, str] | None = None
    while batch := _read(database, _following(period, versions, after).limit(size), versions):
        yield batch
        after = (batch[-1].check_in_ms, batch[-1].digest)


def _following(period: Period, versions: tuple[str, str], after: tuple[int, str] | None) -> Select[Any]:
    place = (visits.c.check_in_ms, visits.c.digest)
    same = and_(verdicts.c.calibration == versions[0], verdicts.c.rules == versions[1])
    query = select(visits, records.c.sealed, verdicts.c.verdict).join_from(visits, records)
    query = query.outerjoin(verdicts, and_(verdicts.c.digest == visits.c.digest, same)).where(_within(period))
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    return query.order_by(*place)


def _read(database: Database, query: Select[Any], versions: tuple[str, str]) -> list[StoredVisit]:
    with database.reading() as connection:
        return [_visit(row, versions) for row in connection.execute(query)]


def _within(period: Period) -> ColumnElement[bool]:
    conditions = [visits.c.check_in_ms >= period.since_ms]
    if period.until_ms is not None:
        conditions.append(visits.c.check_in_ms < period.until_ms)
    if period.agency is not None:
        conditions.append(visits.c.agency == period.agency)
    return and_(*conditions)


def _visit(row: Row[Any], versions: tuple[str, str]) -> StoredVisit:
    return StoredVisit(
        row.visit,
        row.digest,
        row.device,
        row.agency,
        row.caregiver,
        row.check_in_ms,
        row.sealed,
        Stands(Band(row.band), Typology(row.typology), row.suspicion),
        row.verdict,
        (row.calibration, row.rules) == versions,
    )
