"""Editing a visit, from a page or a program: the one way in which anybody corrects one."""

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec.structs import asdict
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.authenticity.estimate import Kind
from ingest_server.edits import codes
from ingest_server.edits.bounds import Limits
from ingest_server.edits.codes import ActionTaken, Place, Reason
from ingest_server.edits.edit import Edit, Value, value_of
from ingest_server.edits.making import Editing, Wanted, check_open, edit_made
from ingest_server.errors import EditedMeanwhileError, EditError
from ingest_server.local_days import HOUR_MS
from ingest_server.store.edits import EditedVisit, ToEdit, append_edit, find_to_edit, is_known
from ingest_server.vocabulary import Role
from ingest_server.web.access import Viewer
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError, NotTheirsToEditError
from ingest_server.web.ids import ID_PATTERN
from ingest_server.web.notes import MOST_NOTE, kept_note
from ingest_server.web.parts import Parts
from ingest_server.web.steps import LAST_MS, OfVisit
from ingest_server.words.bilingual import Words
from visit_record.catalogue import service_items

MOST_ITEMS: Final = 100
Moment = Annotated[int | None, Field(ge=0, le=LAST_MS)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]


class EditAsked(BaseModel):
    """An edit as a program asks for it: what is not named stays as it is.

    ``seen_version`` is how many edits it had when it was looked at, ``withdraws`` the number of one to take back.
    """

    model_config = {"extra": "forbid"}

    seen_version: Annotated[int, Field(ge=0, le=1_000)]
    reason: Reason
    action: ActionTaken
    memo: Annotated[str, Field(max_length=MOST_NOTE)] | None = None
    withdraws: Annotated[int, Field(ge=1, le=1_000)] | None = None
    start_ms: Moment = None
    end_ms: Moment = None
    items: Annotated[list[Id], Field(max_length=MOST_ITEMS)] | None = None
    recipient: Id | None = None
    caregiver: Id | None = None
    place: Place | None = None

    @property
    def values(self) -> Mapping[codes.Field, Value]:
        """The new values."""
        asked: dict[codes.Field, Value] = {
            codes.Field.START: self.start_ms,
            codes.Field.END: self.end_ms,
            codes.Field.ITEMS: None if self.items is None else tuple(self.items),
            codes.Field.RECIPIENT: self.recipient,
            codes.Field.CAREGIVER: self.caregiver,
            codes.Field.PLACE: self.place,
        }
        return {field: value for field, value in asked.items() if value is not None}


class EditedVisitAnswer(EditedVisit, frozen=True):
    """A visit as it was planned, as it was captured, as it stands after its edits, and these, oldest first.

    ``closed`` is why its reader may not edit it, ``null`` where they may.
    """

    closed: Words | None


def may_edit(viewer: Viewer) -> bool:
    """Whether somebody's role edits visits at all: an agency corrects, the fund judges what it corrected."""
    return viewer.role is Role.SUPERVISOR


def found_to_edit(connection: Connection, viewer: Viewer, of: OfVisit) -> ToEdit:
    """A visit that somebody wants to edit.

    Raises:
        NotFoundError: there is no such visit to see.
        NotTheirsToEditError: the role edits nothing.
    """
    found = find_to_edit(connection, viewer.scope, of.visit, of.record)
    if found is None:
        raise NotFoundError
    if not may_edit(viewer):
        raise NotTheirsToEditError
    return found


def edit_visit(correcting: Doing, asked: EditAsked, of: OfVisit) -> ToEdit:
    """Append an edit to a visit; how it stands then.

    Raises:
        NotFoundError: there is no such visit to see.
        NotTheirsToEditError: the role edits nothing.
        EditError: it may not be made so, or somebody else made one meanwhile.
    """
    did = f"edit:{asked.reason}:{asked.action}"
    with correcting.entered(did) as connection:
        found = found_to_edit(connection, correcting.viewer, of)
        _check_version(found.found, asked)
        _check_person(connection, found.found, asked)
        append_edit(connection, found.found, _made(correcting, found, asked))
        after = find_to_edit(connection, correcting.viewer.scope, of.visit, found.found.digest)
    assert after is not None, "it was there a moment ago"
    return after


def edited_answer(viewer: Viewer, parts: Parts, found: ToEdit) -> EditedVisitAnswer:
    """A visit with its edits as its reader is told of it."""
    return EditedVisitAnswer(**asdict(found.found), closed=closed_to(viewer, parts, found))


def closed_to(viewer: Viewer, parts: Parts, found: ToEdit) -> Words | None:
    """Why a reader may not edit a visit, or not any more; ``None`` where they may."""
    if not may_edit(viewer):
        return Words("由机构主管更正。", "Corrected by a supervisor of the agency.")
    try:
        check_open(editing_of(viewer, parts, found))
    except EditError as refused:
        return Words(*refused.said)
    return None


def editing_of(viewer: Viewer, parts: Parts, found: ToEdit) -> Editing:
    """What the edit of a visit by somebody, now, is judged by."""
    limits = Limits(round(parts.tariff.most_hours_a_visit * HOUR_MS), frozenset(service_items()))
    return Editing(found.record, found.found.edits, found.case, viewer.name, parts.now_ms(), limits)


def _made(correcting: Doing, found: ToEdit, asked: EditAsked) -> Edit:
    memo = kept_note(asked.memo, EditError)
    wanted = Wanted(asked.reason, asked.action, memo, asked.values, asked.withdraws)
    return edit_made(editing_of(correcting.viewer, correcting.parts, found), wanted)


def _check_version(found: EditedVisit, asked: EditAsked) -> None:
    if found.version != asked.seen_version:
        by = found.edits[-1].actor if found.edits else "nobody"
        raise EditedMeanwhileError(
            f"it has {found.version} edits by now, the last by {by}; nothing of yours was written",
            f"该服务现有 {found.version} 次更正（最近由 {by}），您的更正未写入，请查看后再处理",
        )


def _check_person(connection: Connection, found: EditedVisit, asked: EditAsked) -> None:
    for kind, field in ((Kind.CAREGIVER, codes.Field.CAREGIVER), (Kind.RECIPIENT, codes.Field.RECIPIENT)):
        wanted = asked.values.get(field)
        if wanted is None or wanted == value_of(found.captured, field):
            continue
        if not is_known(connection, found.agency, kind, str(wanted)):
            raise EditError(
                f"the agency has no visit of a {kind} {wanted}; check the id",
                f"本机构没有编号为 {wanted} 的人员服务记录，请核对编号",
            )
