"""The form of an edit: what stands in it, why it may not be sent, and what it asks for when it is."""

from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Form
from msgspec import Struct
from pydantic import ValidationError

from ingest_server.edits.codes import ActionTaken, Field, Place, Reason
from ingest_server.edits.edit import Values, value_of, withdrawn
from ingest_server.errors import EditError
from ingest_server.local_days import is_skipped, moment_ms
from ingest_server.store.edits import EditedVisit, ToEdit
from ingest_server.web.access import Viewer
from ingest_server.web.edit_fields import not_wanted
from ingest_server.web.edits import EditAsked, closed_to
from ingest_server.web.formats import local_time
from ingest_server.web.parts import Parts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.words.bilingual import Words

# As `datetime-local` has it, to the second: what nobody touched is then no change.
PATTERN: Final = "%Y-%m-%dT%H:%M:%S"
# As long as a body may be: what is too long for its field is refused in words, and comes back.
Line = Annotated[str, Form()]


class TypedEdit(Struct, frozen=True):
    """A form as it stands or was sent: ``codes`` is a reason, after a colon with its action."""

    start: str
    end: str
    items: tuple[str, ...]
    place: str
    recipient: str
    caregiver: str
    codes: str = ""
    memo: str = ""


class SentEdit(Struct, frozen=True):
    """What was sent; ``withdraws`` is the number of an edit that is taken back, and then nothing else is asked for."""

    typed: TypedEdit
    seen_version: int
    withdraws: int | None

    @property
    def codes(self) -> str:
        """A reason, after a colon with its action, as they were chosen."""
        return self.typed.codes if self.withdraws is None else f"{Reason.ENTERED_IN_ERROR}:{ActionTaken.EDIT_WITHDRAWN}"


class Returned(Struct, frozen=True):
    """A form that comes back, and why."""

    sent: SentEdit
    refused: EditError


class Correction(Struct, frozen=True):
    """The section of a visit's page: how it stands, the form, and what was refused.

    ``closed`` is why its reader may not edit the visit, ``withdrawn`` the numbers of edits that were taken back;
    ``withdraws`` and ``why`` are of a withdrawal that was refused.
    """

    found: EditedVisit
    typed: TypedEdit
    closed: Words | None
    refused: Words | None
    withdraws: int | None
    why: str
    withdrawn: frozenset[int]
    status: int


async def sent_edit(  # noqa: PLR0913, PLR0917 - each is a field of the form
    seen_version: Annotated[int, Form(ge=0, le=1_000)],
    start: Line = "",
    end: Line = "",
    items: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    place: Line = "",
    recipient: Line = "",
    caregiver: Line = "",
    codes: Line = "",
    note: Line = "",
    withdraws: Annotated[int | None, Form(ge=1, le=1_000)] = None,
) -> SentEdit:
    """What was typed into the form of an edit."""
    typed = TypedEdit(start, end, tuple(items), place, recipient.strip(), caregiver.strip(), codes, note)
    return SentEdit(typed, seen_version, withdraws)


Sent = Annotated[SentEdit, Depends(sent_edit)]


def correction_of(viewer: Viewer, parts: Parts, found: ToEdit, returned: Returned | None = None) -> Correction:
    """The section for a reader, with what was typed where that was refused."""
    sent = None if returned is None else returned.sent
    withdrawing = sent if sent is not None and sent.withdraws is not None else None
    typed = sent.typed if sent is not None and withdrawing is None else typed_of(found.found.standing, parts.zone)
    return Correction(
        found=found.found,
        typed=typed,
        closed=closed_to(viewer, parts, found),
        refused=None if returned is None else refused_as(returned.refused),
        withdraws=None if withdrawing is None else withdrawing.withdraws,
        why="" if withdrawing is None else withdrawing.typed.memo,
        withdrawn=frozenset(withdrawn(found.found.edits)),
        status=status_of(None if returned is None else returned.refused),
    )


def typed_of(standing: Values, zone: ZoneInfo) -> TypedEdit:
    """The form as it stands before anything is typed."""
    local = local_time(zone)
    start, end = local(standing.start_ms, PATTERN), local(standing.end_ms, PATTERN)
    return TypedEdit(start, end, standing.items, standing.place or "", standing.recipient, standing.caregiver)


def edit_asked(sent: SentEdit, found: EditedVisit, zone: ZoneInfo) -> EditAsked:
    """The edit that a form asks for: what was changed in it, its times being those of the screens' zone.

    Raises:
        EditError: there is no such time, id or code, or the memo is too long.
    """
    if sent.withdraws is not None:
        return _withdrawal(sent)
    reason, _, action = sent.typed.codes.partition(":")
    if reason not in set(Reason) or action not in set(ActionTaken):
        raise EditError("choose a reason, with what was done about it", "请选择原因与处理")
    return _asked(sent, {"reason": reason, "action": action} | _changed(sent.typed, found.standing, zone))


def _withdrawal(sent: SentEdit) -> EditAsked:
    codes = {"reason": Reason.ENTERED_IN_ERROR, "action": ActionTaken.EDIT_WITHDRAWN}
    return _asked(sent, {**codes, "withdraws": sent.withdraws})


def _asked(sent: SentEdit, values: dict[str, object]) -> EditAsked:
    # As the field counts them: what is sent ends each line with two characters.
    memo = sent.typed.memo.replace("\r\n", "\n")
    try:
        return EditAsked.model_validate({**values, "seen_version": sent.seen_version, "memo": memo})
    except ValidationError as cause:
        raise not_wanted(str(found["loc"][0]) for found in cause.errors()) from cause


def _changed(typed: TypedEdit, standing: Values, zone: ZoneInfo) -> dict[str, object]:
    times = ((Field.START, "start_ms", typed.start), (Field.END, "end_ms", typed.end))
    found: dict[str, object] = {
        name: moment_ms
        for field, name, told in times
        if (moment_ms := _moved_ms(told, value_of(standing, field), zone)) is not None
    }
    if set(typed.items) != set(standing.items):
        found["items"] = list(typed.items)
    for field, told in ((Field.RECIPIENT, typed.recipient), (Field.CAREGIVER, typed.caregiver)):
        if told not in {"", value_of(standing, field)}:
            found[field.value] = told
    if typed.place not in {"", standing.place}:
        found["place"] = typed.place if typed.place in set(Place) else "?"
    return found


def _moved_ms(told: str, stands: object, zone: ZoneInfo) -> int | None:
    """The moment of a field of the form; ``None`` where it stands as it was offered, or is empty."""
    assert isinstance(stands, int)
    if not told:
        return None
    try:
        typed = datetime.fromisoformat(told)
        if typed == datetime.fromisoformat(local_time(zone)(stands, PATTERN)):
            return None
        if is_skipped(typed, zone):
            raise EditError("the clocks were put forward over that time", "该时刻因夏令时不存在")
        return moment_ms(typed, zone)
    except (ValueError, OverflowError) as cause:
        raise EditError("a time is none; write it as the field shows it", "时间无效，请按格式填写") from cause
