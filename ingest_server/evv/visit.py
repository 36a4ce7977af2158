"""One visit of the EVV export: the six data elements as planned, captured and edited. Pure.

Every field stands in ``docs/evv.md``, which a test holds.
"""

from collections.abc import Sequence
from datetime import tzinfo
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.edits.codes import ActionTaken, Field, Reason
from ingest_server.edits.edit import Change, Edit, Mark, Value, Values, value_of, values_after
from ingest_server.edits.visit import captured_of
from ingest_server.local_days import local
from ingest_server.scoring.verdict import Band, RaisedException
from visit_record.record import Fix, NotObserved, VisitRecord

MEASURED: Final = "measured"
_TIMES: Final = frozenset({Field.START, Field.END})


class RowState(StrEnum):
    """Whether a row can be relied on."""

    INTACT = "intact"
    VERDICT_UNREADABLE = "verdict_unreadable"
    ALTERED = "altered"


class EvvEdit(Struct, frozen=True):
    """One edit; start and end of its changes are written as times."""

    number: int
    at: str
    actor: str
    reason: Reason
    action: ActionTaken
    memo: str | None
    withdraws: int | None
    changes: tuple[Change, ...]
    marks: tuple[Mark, ...]


class EvvVisit(Struct, frozen=True, kw_only=True):
    """One visit.

    ``…_edited`` is ``None`` where it stands as captured. Of a record that is no longer what was received nothing is
    told but which one it is.
    """

    visit: str
    record_digest: str
    log_index: int
    state: RowState
    agency: str
    service_date: str | None = None
    items_planned: tuple[str, ...] | None = None
    items_captured: tuple[str, ...] | None = None
    items_edited: tuple[str, ...] | None = None
    recipient_captured: str | None = None
    recipient_edited: str | None = None
    caregiver_captured: str | None = None
    caregiver_edited: str | None = None
    checked_in_by: str | None = None
    start_planned: str | None = None
    start_captured: str | None = None
    start_edited: str | None = None
    end_planned: str | None = None
    end_captured: str | None = None
    end_edited: str | None = None
    duration_captured_s: float | None = None
    ending: str | None = None
    check_in_position: str | None = None
    check_in_latitude_deg: float | None = None
    check_in_longitude_deg: float | None = None
    check_in_accuracy_m: float | None = None
    check_in_from_home_m: float | None = None
    check_out_position: str | None = None
    check_out_latitude_deg: float | None = None
    check_out_longitude_deg: float | None = None
    check_out_accuracy_m: float | None = None
    check_out_from_home_m: float | None = None
    place_edited: str | None = None
    order: str | None = None
    device: str | None = None
    band: Band | None = None
    exceptions: tuple[str, ...] | None = None
    edits: tuple[EvvEdit, ...] = ()


class Source(Struct, frozen=True):
    """What a row is made of; ``raised`` is ``None`` where the verdict cannot be read."""

    visit: str
    digest: str
    log_index: int
    band: Band
    record: VisitRecord
    raised: tuple[RaisedException, ...] | None
    edits: tuple[Edit, ...]


def iso_time(at_ms: float, zone: tzinfo) -> str:
    """A moment as ISO 8601 writes it, with the offset of the zone, to the second."""
    return local(int(at_ms), zone).isoformat(timespec="seconds")


def evv_visit(source: Source, zone: tzinfo) -> EvvVisit:
    """The row of a visit, its times and its date being those of a zone."""
    record = source.record
    captured = captured_of(record)
    standing = values_after(captured, source.edits)
    return EvvVisit(
        visit=source.visit,
        record_digest=source.digest,
        log_index=source.log_index,
        state=RowState.INTACT if source.raised is not None else RowState.VERDICT_UNREADABLE,
        agency=record.agency,
        device=record.iss,
        service_date=iso_time(standing.start_ms, zone)[:10],
        checked_in_by=record.who.checked_in_by.value,
        duration_captured_s=record.span.duration_s,
        ending=record.span.ending.value,
        band=source.band,
        exceptions=None if source.raised is None else tuple(f"{one.code}:{one.class_}" for one in source.raised),
        edits=tuple(_edit(edit, zone) for edit in source.edits),
        **_planned(record, zone),
        **_elements(captured, standing, zone),
        **_position("check_in", record.where.check_in),
        **_position("check_out", record.where.check_out),
    )


def altered_visit(visit: str, digest: str, log_index: int, agency: str) -> EvvVisit:
    """The row of a record that is no longer what was received: it is neither left out nor repeated."""
    return EvvVisit(visit=visit, record_digest=digest, log_index=log_index, agency=agency, state=RowState.ALTERED)


def _planned(record: VisitRecord, zone: tzinfo) -> dict[str, Any]:
    order = record.who.order
    if order is None:
        return {}
    end_ms = order.planned_start_ms + 1000 * order.planned_duration_s
    return {
        "order": order.order,
        "items_planned": order.items,
        "start_planned": iso_time(order.planned_start_ms, zone),
        "end_planned": iso_time(end_ms, zone),
    }


def _elements(captured: Values, standing: Values, zone: tzinfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in Field:
        was, now = (_told(field, value_of(values, field), zone) for values in (captured, standing))
        if field is not Field.PLACE:
            found[f"{field}_captured"] = was
        found[f"{field}_edited"] = None if now == was else now
    return found


def _told(field: Field, value: Value, zone: tzinfo) -> Value:
    return iso_time(value, zone) if field in _TIMES and isinstance(value, int) else value


def _position(at: str, fix: Fix | NotObserved) -> dict[str, Any]:
    if isinstance(fix, NotObserved):
        return {f"{at}_position": fix.reason.value}
    return {
        f"{at}_position": MEASURED,
        f"{at}_latitude_deg": fix.latitude_deg,
        f"{at}_longitude_deg": fix.longitude_deg,
        f"{at}_accuracy_m": fix.accuracy_m,
        f"{at}_from_home_m": fix.distance_to_site_m,
    }


def _edit(edit: Edit, zone: tzinfo) -> EvvEdit:
    return EvvEdit(
        number=edit.number,
        at=iso_time(edit.at_ms, zone),
        actor=edit.actor,
        reason=edit.reason,
        action=edit.action,
        memo=edit.memo,
        withdraws=edit.withdraws,
        changes=_changes(edit.changes, zone),
        marks=edit.marks,
    )


def _changes(changes: Sequence[Change], zone: tzinfo) -> tuple[Change, ...]:
    return tuple(
        replace(one, before=_told(one.field, one.before, zone), after=_told(one.field, one.after, zone))
        for one in changes
    )
