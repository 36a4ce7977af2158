"""The life of a case: how it stands after its steps, and what somebody may do to it then. Pure.

A case is nothing but its steps in order, none of which is ever taken back: a step undone is followed by its undoing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.cases.step import (
    AGENCYS_WORD,
    ALONE,
    NEEDS_A_NOTE,
    NEXT,
    TAKEN_ON_BY,
    UNDOABLE,
    WITH_DATE,
    WITH_OUTCOME,
    Action,
    Outcome,
    State,
    Step,
)
from ingest_server.errors import CaseError
from ingest_server.local_days import DAY_MS

# Long enough for a slip of the finger; later, a closed case is reopened and says why.
UNDO_MS: Final = 10 * 60_000
# A visit that is put off for longer is cleared in silence.
MOST_SNOOZE_MS: Final = 31 * DAY_MS
# What was closed and is opened again is due as if it were new.
DUE_AGAIN_MS: Final = 7 * DAY_MS


class Standing(Struct, frozen=True):
    """How a case stands after its steps, of which there are ``version``.

    ``proposed_by`` wants ``proposed`` for an outcome, while it waits for a second person; ``wakes_at_ms`` is until when
    it is out of the queue; ``closed_at_ms`` is since when it is closed; ``once_confirmed`` says whether two people
    found it to be so before, ``of_fund`` whether the fund took it on, so that no agency ends it.
    """

    state: State
    version: int
    opened_at_ms: int
    changed_at_ms: int
    due_at_ms: int | None = None
    assignee: str | None = None
    outcome: Outcome | None = None
    proposed: Outcome | None = None
    proposed_by: str | None = None
    wakes_at_ms: int | None = None
    appealed: bool = False
    once_confirmed: bool = False
    closed_at_ms: int | None = None
    of_fund: bool = False

    @property
    def outcomes_alone(self) -> tuple[Outcome, ...]:
        """The outcomes that one person alone may close it with: what two confirmed, one does not take back."""
        return () if self.once_confirmed else ALONE


def standing_after(steps: Sequence[Step]) -> Standing:
    """How a case stands after its steps, oldest first.

    Raises:
        CaseError: a step is out of turn, lacks what it needs, or is of somebody who may not take it.
    """
    standing: Standing | None = None
    for step in lasting_steps(steps):
        standing = _after(standing, step)
    if standing is None:
        raise CaseError("a case begins by being opened", "案件须先立案")
    return replace(standing, version=len(steps), changed_at_ms=steps[-1].at_ms)


def possible(steps: Sequence[Step], actor: str, now_ms: int, *, by_fund: bool = False) -> tuple[Action, ...]:
    """What somebody may do to a case after its steps."""
    standing = standing_after(steps)
    asked = (Step(action, actor, now_ms, by_fund=by_fund) for action in Action if (standing.state, action) in NEXT)
    may = (step.action for step in asked if _refusal(standing, step) is None)
    undo = (Action.UNDO,) if _undoable(lasting_steps(steps), actor, now_ms) else ()
    return (*may, *undo)


def lasting_steps(steps: Sequence[Step]) -> list[Step]:
    """The steps that were not undone.

    Raises:
        CaseError: a step lacks what it needs, or undoes what may not be undone.
    """
    lasting: list[Step] = []
    for step in steps:
        _check_fields(step)
        if step.action is not Action.UNDO:
            lasting.append(step)
        elif _undoable(lasting, step.actor, step.at_ms):
            lasting.pop()
        else:
            raise CaseError(
                "only one's own last step is undone, within ten minutes, and no approval; reopen the case instead",
                "只能在十分钟内撤销自己的上一步，复核不能撤销；可重新立案",
            )
    return lasting


def _undoable(lasting: Sequence[Step], actor: str, now_ms: int) -> bool:
    last = lasting[-1] if lasting else None
    return last is not None and last.action in UNDOABLE and last.actor == actor and now_ms - last.at_ms <= UNDO_MS


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
    if step.action is Action.CLOSE and standing is not None and step.outcome not in standing.outcomes_alone:
        raise CaseError(
            "that is proposed, and closed by a second person's approval", "这一结论须由一人提请、另一人复核"
        )
    if step.action is Action.SNOOZE and not 0 < (step.until_ms or 0) - step.at_ms <= MOST_SNOOZE_MS:
        raise CaseError("snoozing needs a date to come, within a month", "请选择一个月以内的将来日期")
    if standing is not None and (refused := _refusal(standing, step)) is not None:
        raise CaseError(*refused)


def _check_fields(step: Step) -> None:
    against = step.action in NEEDS_A_NOTE or step.outcome is Outcome.IRREGULAR
    if against and not (step.note or "").strip():
        raise CaseError(f"{step.outcome or step.action} needs a note that says why", "请写明理由")
    if step.action is Action.CLOSE and step.outcome is None:
        raise CaseError("closing needs an outcome", "结案须选择结论")
    if step.outcome is not None and step.action not in WITH_OUTCOME:
        raise CaseError(f"{step.action} has no outcome", "这一步没有结论")
    if step.until_ms is not None and step.action not in WITH_DATE:
        raise CaseError(f"{step.action} has no date", "这一步没有日期")


def _refusal(standing: Standing, step: Step) -> tuple[str, str] | None:
    """Why a step is not this person's to take, in English and Chinese; ``None`` where it is."""
    if step.action is Action.APPROVE and standing.proposed_by == step.actor:
        return "whoever proposed cannot be the second person", "提出人不能同时作为复核人"
    if standing.of_fund and not step.by_fund and step.action not in AGENCYS_WORD:
        return (
            "the fund has taken this case on: comment, answer, enter what the caregiver says, or appeal",
            "基金已在办理此案：机构可备注、补材料、代护理员说明或申诉",
        )
    return None


def _changed(standing: Standing, step: Step, state: State) -> Standing:
    undecided: dict[str, object] = {"outcome": None, "proposed": None, "proposed_by": None}
    again = undecided | {"due_at_ms": step.at_ms + DUE_AGAIN_MS}
    confirmed = standing.once_confirmed or standing.proposed is Outcome.CONFIRMED
    changes: Mapping[Action, dict[str, object]] = {
        Action.TAKE: {"assignee": step.actor, "wakes_at_ms": None},
        Action.SNOOZE: {"wakes_at_ms": step.until_ms},
        Action.ASK: {"wakes_at_ms": None},
        Action.ANSWER: {"wakes_at_ms": None},
        Action.ACKNOWLEDGE: {"wakes_at_ms": None},
        Action.CLOSE: {"outcome": step.outcome, "wakes_at_ms": None},
        Action.PROPOSE: {
            "proposed": step.outcome or Outcome.CONFIRMED,
            "proposed_by": step.actor,
            "wakes_at_ms": None,
        },
        Action.APPROVE: {"outcome": standing.proposed, "once_confirmed": confirmed},
        Action.RETURN: undecided,
        Action.REOPEN: again,
        Action.APPEAL: again | {"appealed": True},
    }
    # What is said of a closed case moves nothing.
    closed_at_ms = None if state is not State.CLOSED else standing.closed_at_ms or step.at_ms
    own = {"closed_at_ms": closed_at_ms, "of_fund": standing.of_fund or (step.by_fund and step.action in TAKEN_ON_BY)}
    return replace(standing, state=state, **own, **changes.get(step.action, {}))
