"""Edits in the database: read within a scope, and appended. What an edit may say is for ``edits.making``."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, true
from sqlalchemy.exc import IntegrityError

from ingest_server.authenticity.estimate import Kind
from ingest_server.cases.step import Step
from ingest_server.edits.codes import ActionTaken, Reason
from ingest_server.edits.edit import Change, Edit, Mark, Values, values_after
from ingest_server.edits.visit import EditedRecord, record_to_edit
from ingest_server.errors import EditedMeanwhileError
from ingest_server.scoring.verdict import Band
from ingest_server.store.cases import case_of_visit
from ingest_server.store.devices import keys_of
from ingest_server.store.edit_changes import add_changes
from ingest_server.store.edit_sums import add_to_sums
from ingest_server.store.opening import opened_again
from ingest_server.store.schema import records, tallies, visit_edits, visits
from ingest_server.store.scope import Scope, of_agency, visible
from visit_record.first_use import known
from visit_record.record import PlannedOrder, VisitRecord


class EditedVisit(Struct, frozen=True):
    """A visit as it was planned, as it was captured, as it stands after its edits, and these, oldest first."""

    visit: str
    digest: str
    agency: str
    version: int
    planned: PlannedOrder | None
    captured: Values
    standing: Values
    edits: tuple[Edit, ...]


class EditLine(Struct, frozen=True):
    """An edit as a line of a list; ``caregiver`` and ``agency`` are those of the record."""

    id: int
    visit: str
    digest: str
    agency: str
    caregiver: str
    edit: Edit


class EditFilter(Struct, frozen=True):
    """Which edits are wanted; ``None`` wants all. ``before`` is the id before which they lie, newest first."""

    agency: str | None = None
    caregiver: str | None = None
    actor: str | None = None
    reason: Reason | None = None
    action: ActionTaken | None = None
    mark: Mark | None = None
    before: int | None = None


class Opened(NamedTuple):
    """A record that was opened, whose reader sees it; ``digest`` names it, ``band`` is that of its standing verdict."""

    record: VisitRecord
    digest: str
    received_at_ms: int
    band: Band


class ToEdit(Struct, frozen=True):
    """All that an edit of a visit rests on."""

    found: EditedVisit
    record: EditedRecord
    case: tuple[Step, ...]


_MARKS: Final = tuple((mark, visit_edits.c[mark.value]) for mark in Mark)


def find_to_edit(connection: Connection, scope: Scope, visit: str, digest: str | None = None) -> ToEdit | None:
    """A visit with its edits: its first record in the ledger, or that of ``digest``; ``None`` where none is to see.

    Raises:
        AlteredRecordError: the stored record is no longer what was received.
    """
    query = select(visits.c.band, records).join_from(visits, records).where(visits.c.visit == visit, visible(scope))
    if digest is not None:
        query = query.where(visits.c.digest == digest)
    row = connection.execute(query.order_by(records.c.log_index).limit(1)).first()
    if row is None:
        return None
    record = opened_again(row.sealed, row.digest, keys_of(connection, row.device)).record
    return to_edit(connection, scope, Opened(record, row.digest, row.received_at_ms, Band(row.band)))


def to_edit(connection: Connection, scope: Scope, opened: Opened) -> ToEdit:
    """A visit with its edits, by its record that was opened already."""
    record, digest = opened.record, opened.digest
    judged = record_to_edit(record, opened.received_at_ms, opened.band)
    edits = edits_of(connection, [digest])[digest]
    case = case_of_visit(connection, scope, digest)
    standing = values_after(judged.captured, edits)
    found = EditedVisit(
        record.jti, digest, record.agency, len(edits), record.who.order, judged.captured, standing, edits
    )
    return ToEdit(found, judged, () if case is None else case.steps)


def edits_of(connection: Connection, digests: Sequence[str]) -> dict[str, tuple[Edit, ...]]:
    """The edits of records, oldest first; of one that has none, none."""
    found: defaultdict[str, list[Edit]] = defaultdict(list)
    query = select(visit_edits).where(visit_edits.c.digest.in_(digests))
    for row in connection.execute(query.order_by(visit_edits.c.digest, visit_edits.c.number)):
        found[row.digest].append(_edit(row))
    return {digest: tuple(found[digest]) for digest in digests}


def edits_page(connection: Connection, scope: Scope, wanted: EditFilter, limit: int) -> list[EditLine]:
    """Edits, newest first."""
    query = select(visit_edits).where(of_agency(scope, visit_edits.c.agency), _matching(wanted))
    rows = connection.execute(query.order_by(visit_edits.c.id.desc()).limit(limit))
    return [EditLine(row.id, row.visit, row.digest, row.agency, row.caregiver, _edit(row)) for row in rows]


def append_edit(connection: Connection, found: EditedVisit, edit: Edit) -> None:
    """Append an edit with its changes, and add it to the sums.

    Raises:
        EditedMeanwhileError: somebody else appended one of this number.
    """
    row: dict[str, object] = msgspec.structs.asdict(edit) | {"changes": msgspec.json.encode(edit.changes)}
    del row["marks"]
    row |= {mark.value: mark in edit.marks for mark in Mark}
    of = {"digest": found.digest, "visit": found.visit, "agency": found.agency, "caregiver": found.captured.caregiver}
    try:
        number: int = connection.execute(insert(visit_edits).returning(visit_edits.c.id), of | row).scalar_one()
    except IntegrityError as cause:
        raise EditedMeanwhileError("somebody edited it meanwhile", "他人刚刚更正了此服务，请查看后再处理") from cause
    add_changes(connection, number, found.captured, edit)
    add_to_sums(connection, found.digest, found.captured, [*found.edits, edit])


def is_known(connection: Connection, agency: str, kind: Kind, subject: str) -> bool:
    """Whether an agency has counted a visit of a caregiver, or to a recipient."""
    same = and_(tallies.c.kind == kind, tallies.c.subject == subject, tallies.c.agency == agency)
    return connection.execute(select(tallies.c.month).where(same).limit(1)).first() is not None


def _matching(wanted: EditFilter) -> ColumnElement[bool]:
    asked = ("agency", "caregiver", "actor", "reason", "action")
    given = {name: getattr(wanted, name) for name in asked}
    conditions = [visit_edits.c[name] == value for name, value in given.items() if value is not None]
    if wanted.mark is not None:
        conditions.append(visit_edits.c[wanted.mark.value])
    if wanted.before is not None:
        conditions.append(visit_edits.c.id < wanted.before)
    return and_(true(), *conditions)


def _edit(row: Row[Any]) -> Edit:
    return Edit(
        number=row.number,
        actor=row.actor,
        at_ms=row.at_ms,
        reason=Reason(row.reason),
        action=ActionTaken(row.action),
        memo=row.memo,
        withdraws=row.withdraws,
        changes=msgspec.json.decode(row.changes, type=known(tuple[Change, ...])),
        marks=tuple(mark for mark, column in _MARKS if row._mapping[column]),
    )
