"""The life of a case: what may be done to it where it stands, and by whom. Pure; what may follow what is :data:`NEXT`.

A case is nothing but its steps in order, none of which is ever taken back: a step undone is followed by its undoing.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.errors import CaseError

# Long enough for a slip of the finger; later, a closed case is reopened and says why.
UNDO_MS: Final = 10 * 60_000


class State(StrEnum):
    """Where a case stands."""

    PENDING = "pending"
    INVESTIGATING = "investigating"
    AWAITING_INFORMATION = "awaiting_information"
    PENDING_SECOND_APPROVAL = "pending_second_approval"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a case came to."""

    CONFIRMED = "confirmed"
    IRREGULAR = "irregular"
    FALSE_ALARM = "false_alarm"
    INCONCLUSIVE = "inconclusive"


class Action(StrEnum):
    """What is done to one, as its history names it."""

    OPEN = "open"
    TAKE = "take"
    COMMENT = "comment"
    SNOOZE = "snooze"
    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"
    PROPOSE = "propose"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"
    APPEAL = "appeal"
    UNDO = "undo"


class Step(Struct, frozen=True):
    """One step: who did what when, and why.

    ``outcome`` goes with ``close`` alone; ``until_ms`` is when an opened case is due, or a snoozed one wakes.
    """

    action: Action
    actor: str
    at_ms: int
    note: str | None = None
    outcome: Outcome | None = None
    until_ms: int | None = None


class Standing(Struct, frozen=True):
    """How a case stands after its steps, of which there are ``version``.

    ``proposed_by`` is who wants the outcome confirmed while it waits for a second person; ``wakes_at_ms`` is until
    when it is out of the queue.
    """

    state: State
    version: int
    opened_at_ms: int
    changed_at_ms: int
    due_at_ms: int | None = None
    assignee: str | None = None
    outcome: Outcome | None = None
    proposed_by: str | None = None
    wakes_at_ms: int | None = None
    appealed: bool = False


_AT_WORK: Final = (State.PENDING, State.INVESTIGATING, State.AWAITING_INFORMATION)
NEXT: Final[Mapping[tuple[State | None, Action], State]] = {
    (None, Action.OPEN): State.PENDING,
    **{(state, Action.COMMENT): state for state in State},
    **{(state, Action.SNOOZE): state for state in _AT_WORK},
    **{(state, Action.TAKE): State.INVESTIGATING for state in _AT_WORK},
    **{(state, Action.CLOSE): State.CLOSED for state in _AT_WORK},
    **{(state, Action.PROPOSE): State.PENDING_SECOND_APPROVAL for state in _AT_WORK},
    (State.PENDING, Action.ASK): State.AWAITING_INFORMATION,
    (State.INVESTIGATING, Action.ASK): State.AWAITING_INFORMATION,
    (State.AWAITING_INFORMATION, Action.ANSWER): State.INVESTIGATING,
    (State.PENDING_SECOND_APPROVAL, Action.APPROVE): State.CLOSED,
    (State.PENDING_SECOND_APPROVAL, Action.RETURN): State.INVESTIGATING,
    (State.CLOSED, Action.REOPEN): State.INVESTIGATING,
    (State.CLOSED, Action.APPEAL): State.INVESTIGATING,
}
UNDOABLE: Final = frozenset({Action.TAKE, Action.SNOOZE, Action.ASK, Action.ANSWER, Action.CLOSE, Action.PROPOSE})
# Whoever decides against somebody, or against an earlier decision, says why.
NEEDS_A_NOTE: Final = frozenset({
    Action.COMMENT, Action.ASK, Action.PROPOSE, Action.RETURN, Action.REOPEN, Action.APPEAL,
})  # fmt: skip


def standing_after(steps: Sequence[Step]) -> Standing:
    """How a case stands after its steps, oldest first.

    Raises:
        CaseError: a step is out of turn, lacks what it needs, or is of somebody who may not take it.
    """
    lasting: list[Step] = []
    for step in steps:
        if step.action is Action.UNDO:
            _check_undo(lasting, step)
            lasting.pop()
        else:
            lasting.append(step)
    standing: Standing | None = None
    for step in lasting:
        standing = _after(standing, step)
    if standing is None:
        raise CaseError("a case begins by being opened", "案件须先立案")
    return replace(standing, version=len(steps), changed_at_ms=steps[-1].at_ms)


def possible(standing: Standing, actor: str) -> tuple[Action, ...]:
    """What somebody may do to a case where it stands; whether it may be undone, the steps say."""
    return tuple(action for action in Action if (standing.state, action) in NEXT and _may(standing, action, actor))


def _after(standing: Standing | None, step: Step) -> Standing:
    state = None if standing is None else standing.state
    if (state, step.action) not in NEXT:
        raise CaseError(
            f"{step.action} is out of turn: the case is {state or 'not opened'}", "案件当前状态不允许这一操作"
        )
    _check(standing, step)
    opened = Standing(State.PENDING, 0, step.at_ms, step.at_ms, step.until_ms)
    return _changed(standing or opened, step, NEXT[state, step.action])


def _check(standing: Standing | None, step: Step) -> None:
    if step.action in NEEDS_A_NOTE and not (step.note or "").strip():
        raise CaseError(f"{step.action} needs a note that says why", "请写明理由")
    if (step.action is Action.CLOSE) != (step.outcome is not None):
        raise CaseError("an outcome goes with closing, and closing with an outcome", "结案须选择结论")
    if step.outcome is Outcome.CONFIRMED:
        raise CaseError("`confirmed` is proposed, and closed by a second person's approval", "「属实」须由第二人复核")
    if step.action is Action.SNOOZE and (step.until_ms is None or step.until_ms <= step.at_ms):
        raise CaseError("snoozing needs a date to come", "请选择将来的日期")
    if standing is not None and not _may(standing, step.action, step.actor):
        raise CaseError("whoever proposed cannot be the second person", "提出人不能同时作为复核人")


def _may(standing: Standing, action: Action, actor: str) -> bool:
    return action is not Action.APPROVE or standing.proposed_by != actor


def _check_undo(lasting: Sequence[Step], undo: Step) -> None:
    if not lasting or lasting[-1].action not in UNDOABLE:
        raise CaseError("the last step cannot be undone; reopen the case instead", "上一步不能撤销，可重新立案")
    if lasting[-1].actor != undo.actor or undo.at_ms - lasting[-1].at_ms > UNDO_MS:
        raise CaseError("only one's own last step is undone, within ten minutes", "只能在十分钟内撤销自己的上一步")


def _changed(standing: Standing, step: Step, state: State) -> Standing:
    undecided: dict[str, object] = {"outcome": None, "proposed_by": None}
    changes: Mapping[Action, dict[str, object]] = {
        Action.TAKE: {"assignee": step.actor, "wakes_at_ms": None},
        Action.SNOOZE: {"wakes_at_ms": step.until_ms},
        Action.CLOSE: {"outcome": step.outcome, "wakes_at_ms": None},
        Action.PROPOSE: {"proposed_by": step.actor, "wakes_at_ms": None},
        Action.APPROVE: {"outcome": Outcome.CONFIRMED},
        Action.RETURN: undecided,
        Action.REOPEN: undecided,
        Action.APPEAL: undecided | {"appealed": True},
    }
    return replace(standing, state=state, **changes.get(step.action, {}))
