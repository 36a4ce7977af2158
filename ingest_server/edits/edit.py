"""An edit, and how a visit is to be read after its edits. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.edits.codes import ActionTaken, Field, Place, Reason

Value = int | str | tuple[str, ...] | None


class Mark(StrEnum):
    """What the fund wants to see of an edit at once. A mark accuses nobody."""

    LENGTHENS = "lengthens"
    ADDS_ITEMS = "adds_items"
    CHANGES_PERSON = "changes_person"
    LATE = "late"
    DOUBTED = "doubted"


class Values(Struct, frozen=True):
    """What may be edited, as it was captured or as it stands; times in UTC milliseconds.

    No device captures ``place``: it is ``None`` until somebody says it.
    """

    start_ms: int
    end_ms: int
    items: tuple[str, ...]
    recipient: str
    caregiver: str
    place: Place | None = None

    @property
    def length_ms(self) -> int:
        """From start to end."""
        return self.end_ms - self.start_ms


_NAMES: Final[Mapping[Field, str]] = {
    Field.START: "start_ms",
    Field.END: "end_ms",
    **{field: field.value for field in (Field.ITEMS, Field.RECIPIENT, Field.CAREGIVER, Field.PLACE)},
}


class Change(Struct, frozen=True):
    """One field before and after an edit."""

    field: Field
    before: Value
    after: Value


class Edit(Struct, frozen=True):
    """One edit; ``number`` counts those of its visit from 1.

    ``withdraws`` is the number of an earlier one that is taken back; ``changes`` is what the edit makes of the visit as
    it stood just before, which may be nothing where a later edit had replaced what is taken back.
    """

    number: int
    actor: str
    at_ms: int
    reason: Reason
    action: ActionTaken
    memo: str | None
    withdraws: int | None
    changes: tuple[Change, ...]
    marks: tuple[Mark, ...]


def value_of(values: Values, field: Field) -> Value:
    """One field of a visit."""
    found: Value = getattr(values, _NAMES[field])
    return found


def with_values(values: Values, changed: Mapping[Field, Value]) -> Values:
    """A visit with some fields changed."""
    named: dict[str, Any] = {_NAMES[field]: value for field, value in changed.items()}
    if named.get("place") is not None:
        named["place"] = Place(named["place"])
    return replace(values, **named)


def changes_between(before: Values, after: Values) -> tuple[Change, ...]:
    """What differs, in the order of the fields."""
    pairs = ((field, value_of(before, field), value_of(after, field)) for field in Field)
    return tuple(Change(field, was, now) for field, was, now in pairs if was != now)


def values_after(captured: Values, edits: Sequence[Edit]) -> Values:
    """How a visit stands after its edits, oldest first."""
    standing = captured
    for edit in edits:
        standing = with_values(standing, {change.field: change.after for change in edit.changes})
    return standing


def values_without(captured: Values, edits: Sequence[Edit], number: int) -> Values:
    """How it would stand had one of them, and whatever was withdrawn before, never been made."""
    return values_after(captured, [edit for edit in lasting(edits) if edit.number != number])


def lasting(edits: Sequence[Edit]) -> list[Edit]:
    """Those that still count: neither a withdrawal nor withdrawn. They alone make what stands."""
    gone = withdrawn(edits)
    return [edit for edit in edits if edit.withdraws is None and edit.number not in gone]


def withdrawn(edits: Sequence[Edit]) -> set[int]:
    """The numbers of those that were taken back."""
    return {edit.withdraws for edit in edits if edit.withdraws is not None}
