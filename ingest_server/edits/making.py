"""Making an edit: what is asked for, by whom and when, or why it cannot be. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from ingest_server.cases.life import lasting_steps, standing_after
from ingest_server.cases.step import Action, State, Step
from ingest_server.edits.bounds import Limits, Moved, check_bounds, marks_of
from ingest_server.edits.codes import FIELD_WORDS, FIELDS, NEEDS_A_MEMO, PAIRED, ActionTaken, Field, Reason
from ingest_server.edits.edit import (
    Edit,
    Mark,
    Value,
    Values,
    changes_between,
    lasting,
    values_after,
    values_without,
    with_values,
)
from ingest_server.edits.visit import EditedRecord
from ingest_server.edits.withdrawing import check_what_is_left
from ingest_server.errors import EditError
from ingest_server.local_days import DAY_MS
from ingest_server.readable import A_SENTENCE, is_sentence

# Counted from when the record came: a device that was offline costs nobody the right to correct.
MOST_AGE_MS: Final = 60 * DAY_MS
# Whatever was captured is not found again under more.
MOST_EDITS: Final = 30
_BLOCKED: Final = (State.CLOSED, State.PENDING_SECOND_APPROVAL)
_DECIDED: Final = (Action.PROPOSE, Action.APPROVE)


class Wanted(Struct, frozen=True):
    """What somebody asks for: new values, or with ``withdraws`` an earlier edit taken back."""

    reason: Reason
    action: ActionTaken
    memo: str | None
    values: Mapping[Field, Value]
    withdraws: int | None = None


class Editing(Struct, frozen=True):
    """Who edits which visit when: its record, its edits so far, the steps of its case, and what bounds them."""

    record: EditedRecord
    edits: Sequence[Edit]
    case: Sequence[Step]
    actor: str
    now_ms: int
    limits: Limits


def edit_made(editing: Editing, wanted: Wanted) -> Edit:
    """The edit that is asked for.

    Raises:
        EditError: it may not be made, and what to do instead.
    """
    check_open(editing)
    _check_codes(wanted)
    before, after = _before_and_after(editing, wanted)
    changes = changes_between(before, after)
    if not changes and wanted.withdraws is None:
        raise EditError("nothing is changed; correct a value first", "没有改动任何内容，请先更正")
    _check_fields(wanted, {change.field for change in changes})
    moved = Moved(
        editing.record, editing.edits, before, after, wanted.reason, wanted.action, editing.now_ms, editing.limits
    )
    if wanted.withdraws is not None:
        check_what_is_left(moved, wanted.withdraws)
    check_bounds(moved)
    marks = marks_of(moved)
    _check_memo(wanted, marks)
    number = len(editing.edits) + 1
    return Edit(
        number,
        editing.actor,
        editing.now_ms,
        wanted.reason,
        wanted.action,
        wanted.memo,
        wanted.withdraws,
        changes,
        marks,
    )


def check_open(editing: Editing) -> None:
    """Refuse whoever may not edit this visit, or not any more.

    Raises:
        EditError: it is too old, was edited too often, or its case stands against it.
    """
    if editing.now_ms - editing.record.received_at_ms > MOST_AGE_MS:
        raise EditError(
            "a visit is edited within 60 days after its record came; later, open a case",
            "记录收到超过 60 天不能再更正；请立案说明",
        )
    if len(editing.edits) >= MOST_EDITS:
        raise EditError(
            f"a visit has at most {MOST_EDITS} edits; open a case", f"一次服务最多更正 {MOST_EDITS} 次；请立案"
        )
    if editing.case:
        _check_case(editing)


def _check_case(editing: Editing) -> None:
    if standing_after(editing.case).state in _BLOCKED:
        raise EditError(
            "its case is closed, or before a second person, who must find the visit as it was; reopen it first",
            "案件已结或待第二人复核，服务须保持原样；请先重新立案或退回",
        )
    if any(step.action in _DECIDED and step.actor == editing.actor for step in lasting_steps(editing.case)):
        raise EditError(
            "whoever proposed or approved a decision about a visit does not edit it; ask a colleague",
            "提请或复核过此案的人不能更正该服务；请由同事处理",
        )


def _check_codes(wanted: Wanted) -> None:
    if wanted.action not in PAIRED[wanted.reason]:
        raise EditError(
            f"the action {wanted.action} does not go with the reason {wanted.reason}; choose one of "
            + ", ".join(sorted(PAIRED[wanted.reason])),
            "处理措施与原因不相配，请另选",
        )
    if (wanted.withdraws is None) == (wanted.reason is Reason.ENTERED_IN_ERROR):
        raise EditError(
            "an edit is withdrawn with the reason entered_in_error, and that reason does nothing else",
            "撤回更正须用“误录”原因，该原因也只用于撤回",
        )


def _before_and_after(editing: Editing, wanted: Wanted) -> tuple[Values, Values]:
    captured = editing.record.captured
    before = values_after(captured, editing.edits)
    if wanted.withdraws is None:
        return before, _settled(before, with_values(before, wanted.values))
    if wanted.withdraws not in {edit.number for edit in lasting(editing.edits)} or wanted.values:
        raise EditError(
            "there is no such edit to withdraw, or it was withdrawn, or values are changed at the same time",
            "没有可撤回的这一更正，或已撤回；撤回时不能同时改动内容",
        )
    return before, values_without(captured, editing.edits, wanted.withdraws)


def _settled(before: Values, after: Values) -> Values:
    """Items are a set: the same ones in another order are no change."""
    same = set(before.items) == set(after.items)
    return with_values(after, {Field.ITEMS: before.items if same else tuple(dict.fromkeys(after.items))})


def _check_fields(wanted: Wanted, changed: set[Field]) -> None:
    if wanted.withdraws is None and not changed <= FIELDS[wanted.reason]:
        stray = [FIELD_WORDS[field] for field in sorted(changed - FIELDS[wanted.reason])]
        raise EditError(
            f"the reason {wanted.reason} does not explain a change of {', '.join(one.en for one in stray)}; "
            "make two edits",
            f"所选原因不能解释对{'、'.join(one.zh for one in stray)}的改动；请分两次更正",
        )


def _check_memo(wanted: Wanted, marks: tuple[Mark, ...]) -> None:
    asks = {wanted.reason, wanted.action} & NEEDS_A_MEMO or {Mark.LENGTHENS, Mark.ADDS_ITEMS} & set(marks)
    if asks and not is_sentence(wanted.memo or ""):
        raise EditError(f"this needs a memo: {A_SENTENCE.en}", f"须在备注中写明情况：{A_SENTENCE.zh}")
