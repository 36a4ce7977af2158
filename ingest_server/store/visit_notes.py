"""What caregivers wrote at a device of their past visits: entered with its link of the chain, read within a scope.

Whether a note is of the visit that it names is asked anew each time: the visit may arrive after it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, insert, select, true

from ingest_server.store.records import LedgerPlace, record_row
from ingest_server.store.schema import records, visit_notes, visits
from ingest_server.store.scope import Scope, of_agency, visible
from visit_record.chain import LinkState
from visit_record.note import AboutVisit, VisitNote
from visit_record.note_sealing import OpenedNote
from visit_record.vocabulary import ContestReason, IdentityMethod


class NoteStanding(StrEnum):
    """How a note stands to the record that it is about."""

    OWN = "own"
    OTHERS = "others"
    UNKNOWN = "unknown"


class NewNote(Struct, frozen=True):
    """A note that is entered for the first time."""

    opened: OpenedNote
    place: LedgerPlace
    link_state: LinkState


class NoteLine(Struct, frozen=True):
    """A note as it was sealed, where it stands in chain and ledger, and how it stands to what it is about.

    ``standing`` is ``own`` where the record is of the same caregiver's visit at the same device, ``others`` where it is
    not, ``unknown`` where no such record is to be seen. Only the first counts as a contest.
    """

    digest: str
    log_index: int
    received_at_ms: int
    link_state: LinkState
    agency: str
    device: str
    seq: int
    written_at_ms: int
    about: AboutVisit
    caregiver: str
    shown_by: IdentityMethod
    reason: ContestReason
    text: str | None
    standing: NoteStanding


class NoteFilter(Struct, frozen=True):
    """Which notes are wanted; ``None`` wants all. ``before`` is the row before which they lie, newest first."""

    agency: str | None = None
    caregiver: str | None = None
    device: str | None = None
    standing: NoteStanding | None = None
    before: int | None = None


# The caregiver's own visit, by the record that the note names and no other.
IS_OWN: ColumnElement[bool] = and_(
    visits.c.digest == visit_notes.c.about_digest,
    visits.c.caregiver == visit_notes.c.caregiver,
    visits.c.device == visit_notes.c.device,
    visits.c.visit == visit_notes.c.about_visit,
)
_stands = case(
    (visits.c.digest.is_(None), NoteStanding.UNKNOWN.value),
    (IS_OWN, NoteStanding.OWN.value),
    else_=NoteStanding.OTHERS.value,
)


def enter_notes(connection: Connection, entries: Iterable[NewNote]) -> None:
    """Insert new notes, each with its link of the chain."""
    entries = list(entries)
    if entries:
        connection.execute(insert(records), [record_row(one.opened, one.place, one.link_state) for one in entries])
        connection.execute(insert(visit_notes), [_row(one.opened.digest, one.opened.note) for one in entries])


def notes_of(connection: Connection, scope: Scope, digest: str) -> tuple[NoteLine, ...]:
    """What the caregiver of a record wrote of it, oldest first."""
    query = _lines(scope).where(visit_notes.c.about_digest == digest, IS_OWN).order_by(records.c.log_index)
    return tuple(_line(row) for row in connection.execute(query))


def notes_page(connection: Connection, scope: Scope, wanted: NoteFilter, limit: int) -> list[tuple[int, NoteLine]]:
    """Notes with their rows, newest first."""
    query = _lines(scope).where(_matching(wanted)).order_by(visit_notes.c.id.desc()).limit(limit)
    return [(row.id, _line(row)) for row in connection.execute(query)]


def count_own(connection: Connection, of_visits: ColumnElement[bool]) -> int:
    """How many notes were written of some visits by their own caregivers; ``of_visits`` carries the viewer's scope."""
    query = select(func.count()).select_from(visit_notes).join(visits, IS_OWN).where(of_visits)
    return int(connection.execute(query).scalar_one())


def _lines(scope: Scope) -> Select[Any]:
    columns = (visit_notes, records.c.log_index, records.c.received_at_ms, records.c.link_state, records.c.seq)
    seen = and_(visits.c.digest == visit_notes.c.about_digest, visible(scope))
    query = select(*columns, _stands.label("standing")).join_from(
        visit_notes, records, records.c.digest == visit_notes.c.digest
    )
    return query.outerjoin(visits, seen).where(of_agency(scope, visit_notes.c.agency))


def _matching(wanted: NoteFilter) -> ColumnElement[bool]:
    asked = ("agency", "caregiver", "device")
    given = {name: getattr(wanted, name) for name in asked}
    conditions = [visit_notes.c[name] == value for name, value in given.items() if value is not None]
    if wanted.before is not None:
        conditions.append(visit_notes.c.id < wanted.before)
    if wanted.standing is not None:
        conditions.append(_stands == wanted.standing.value)
    return and_(true(), *conditions)


def _row(digest: str, note: VisitNote) -> dict[str, object]:
    return {
        "digest": digest,
        "agency": note.agency,
        "device": note.iss,
        "caregiver": note.caregiver,
        "about_visit": note.about.visit,
        "about_seq": note.about.seq,
        "about_digest": note.about.digest,
        "written_at_ms": note.iat * 1000,
        "shown_by": note.shown_by,
        "reason": note.reason,
        "text": note.text,
    }


def _line(row: Row[Any]) -> NoteLine:
    return NoteLine(
        digest=row.digest,
        log_index=row.log_index,
        received_at_ms=row.received_at_ms,
        link_state=LinkState(row.link_state),
        agency=row.agency,
        device=row.device,
        seq=row.seq,
        written_at_ms=row.written_at_ms,
        about=AboutVisit(row.about_visit, row.about_seq, row.about_digest),
        caregiver=row.caregiver,
        shown_by=IdentityMethod(row.shown_by),
        reason=ContestReason(row.reason),
        text=row.text,
        standing=NoteStanding(row.standing),
    )
