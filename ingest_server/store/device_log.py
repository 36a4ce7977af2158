"""A device's latest records, as far as they tell of the device itself: software, clock, senses, and its chain."""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Row, and_, or_, select

from ingest_server.store.devices import keys_of
from ingest_server.store.opening import opened_again
from ingest_server.store.schema import records, visit_notes, visits
from ingest_server.store.scope import Scope, of_agency, visible
from visit_record.chain import LinkState
from visit_record.record import VisitRecord
from visit_record.vocabulary import ClockSource, Modality

LATEST: Final = 30


class DeviceLine(Struct, frozen=True):
    """One record of a device: what it ran, how its clock stood, and the share that each sense could observe."""

    visit: str
    digest: str
    seq: int
    check_in_ms: int
    received_at_ms: int
    link_state: LinkState
    swversion: str
    bootcount: int
    clock: ClockSource
    clock_offset_ms: float | None
    coverage: dict[Modality, float]


class BrokenLink(Struct, frozen=True):
    """A link at a gap or a fork of its device's chain.

    It is a visit's record, with ``visit`` and ``check_in_ms``, or a caregiver's note, with ``written_at_ms`` instead.
    """

    visit: str | None
    digest: str
    seq: int
    link_state: LinkState
    check_in_ms: int | None
    written_at_ms: int | None


def latest_lines(connection: Connection, scope: Scope, device: str) -> tuple[DeviceLine, ...]:
    """The latest records, newest first.

    Raises:
        AlteredRecordError: one is no longer what was received.
    """
    query = select(records, visits.c.visit).join_from(records, visits).where(records.c.device == device, visible(scope))
    rows = connection.execute(query.order_by(records.c.seq.desc(), records.c.digest).limit(LATEST)).all()
    keys = keys_of(connection, device)
    return tuple(_line(row, opened_again(row.sealed, row.digest, keys).record) for row in rows)


def broken_links(connection: Connection, scope: Scope, device: str) -> tuple[BrokenLink, ...]:
    """Where the device's chain has gaps and forks, at visits and at notes, newest first."""
    of_visit = and_(visits.c.digest == records.c.digest, visible(scope))
    of_note = and_(visit_notes.c.digest == records.c.digest, of_agency(scope, visit_notes.c.agency))
    columns = (visits.c.visit, records.c.digest, records.c.seq, records.c.link_state)
    query = select(*columns, visits.c.check_in_ms, visit_notes.c.written_at_ms).select_from(
        records.outerjoin(visits, of_visit).outerjoin(visit_notes, of_note)
    )
    broken = records.c.link_state.in_([LinkState.GAP, LinkState.FORK])
    seen = or_(visits.c.digest.is_not(None), visit_notes.c.digest.is_not(None))
    query = query.where(broken, records.c.device == device, seen).order_by(records.c.seq.desc()).limit(LATEST)
    return tuple(
        BrokenLink(row.visit, row.digest, row.seq, LinkState(row.link_state), row.check_in_ms, row.written_at_ms)
        for row in connection.execute(query)
    )


def _line(row: Row[Any], record: VisitRecord) -> DeviceLine:
    return DeviceLine(
        visit=row.visit,
        digest=row.digest,
        seq=row.seq,
        check_in_ms=record.span.check_in_ms,
        received_at_ms=row.received_at_ms,
        link_state=LinkState(row.link_state),
        swversion=record.swversion,
        bootcount=record.bootcount,
        clock=record.clock.source,
        clock_offset_ms=record.clock.offset_ms,
        coverage={one.modality: one.observed_share for one in record.integrity.coverage},
    )
