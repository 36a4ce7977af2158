"""Visits for the EVV export, in order of check-in, a batch at a time: memory is bounded by the batch."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, tuple_

from ingest_server.edits.edit import Edit
from ingest_server.errors import AlteredRecordError, UnreadableVerdictError
from ingest_server.evv.visit import EvvVisit, Source, altered_visit, evv_visit
from ingest_server.local_days import Span
from ingest_server.scoring.verdict import Band, RaisedException
from ingest_server.store.database import Database
from ingest_server.store.devices import keys_of_each
from ingest_server.store.edits import edits_of
from ingest_server.store.opening import opened_again
from ingest_server.store.schema import records, verdicts, visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.summaries import LINK_EXCEPTIONS, standing_verdict, stored_verdict
from ingest_server.store.wanted import Place
from visit_record.chain import LinkState

BATCH: Final = 500
log = structlog.get_logger()
Keys = Mapping[str, Ed25519PublicKey]


class EvvFilter(Struct, frozen=True):
    """Which visits are exported: by their captured check-in; ``None`` wants all. ``after`` is where a page ended."""

    span: Span
    agency: str | None = None
    caregiver: str | None = None
    after: Place | None = None


class EvvPage(Struct, frozen=True):
    """Visits by check-in; ``after`` is where the next page begins, ``None`` on the last."""

    visits: tuple[EvvVisit, ...]
    after: Place | None


def count_evv(connection: Connection, scope: Scope, wanted: EvvFilter, most: int) -> int:
    """How many visits are wanted; ``most`` where there are as many or more."""
    found = select(visits.c.digest).where(_matching(scope, wanted)).limit(most)
    return connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def evv_page(connection: Connection, scope: Scope, wanted: EvvFilter, zone: tzinfo, limit: int) -> EvvPage:
    """A page of visits."""
    columns = (records.c.log_index, records.c.link_state, records.c.sealed, verdicts.c.verdict)
    query = select(visits, *columns).join_from(visits, records).outerjoin(verdicts, standing_verdict())
    query = query.where(_matching(scope, wanted)).order_by(visits.c.check_in_ms, visits.c.digest)
    rows = connection.execute(query.limit(limit + 1)).all()
    page = rows[:limit]
    keys = keys_of_each(connection, {row.device for row in page})
    edits = edits_of(connection, [row.digest for row in page])
    found = tuple(_visit(row, edits[row.digest], keys[row.device], zone) for row in page)
    more = Place(0, page[-1].check_in_ms, page[-1].digest) if len(rows) > limit else None
    return EvvPage(found, more)


def evv_batches(
    database: Database, scope: Scope, wanted: EvvFilter, zone: tzinfo, size: int = BATCH
) -> Iterator[tuple[EvvVisit, ...]]:
    """All visits that are wanted, each batch read in a transaction of its own: nobody who writes waits for a file."""
    while True:
        with database.reading() as connection:
            page = evv_page(connection, scope, wanted, zone, size)
        yield page.visits
        if page.after is None:
            return
        wanted = replace(wanted, after=page.after)


def _matching(scope: Scope, wanted: EvvFilter) -> ColumnElement[bool]:
    check_in_ms = visits.c.check_in_ms
    conditions = [check_in_ms >= wanted.span.since_ms, check_in_ms < wanted.span.until_ms]
    asked = ((visits.c.agency, wanted.agency), (visits.c.caregiver, wanted.caregiver))
    conditions += [column == value for column, value in asked if value is not None]
    if wanted.after is not None:
        place = tuple_(wanted.after.check_in_ms, wanted.after.digest)
        conditions.append(tuple_(check_in_ms, visits.c.digest) > place)
    return and_(visible(scope), *conditions)


def _visit(row: Row[Any], edits: tuple[Edit, ...], keys: Keys, zone: tzinfo) -> EvvVisit:
    try:
        record = opened_again(row.sealed, row.digest, keys).record
    except AlteredRecordError as failure:
        log.error("altered record met in an export", record=row.digest, detail=str(failure))
        return altered_visit(row.visit, row.digest, row.log_index, row.agency)
    source = Source(row.visit, row.digest, row.log_index, Band(row.band), record, _raised(row), edits)
    return evv_visit(source, zone)


def _raised(row: Row[Any]) -> tuple[RaisedException, ...] | None:
    try:
        found = stored_verdict(row.digest, row.verdict).exceptions
    except UnreadableVerdictError as failure:
        log.error("verdict cannot be read", record=row.digest, detail=str(failure))
        return None
    broken = LINK_EXCEPTIONS.get(LinkState(row.link_state))
    return found if broken is None else (*found, broken)
