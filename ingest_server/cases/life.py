"""The life of a case: how it stands after its steps, and what somebody may do to it then. Pure.

A case is nothing but its steps in order, none of which is ever taken back: a step undone is followed by its undoing.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from ingest_server.cases.checking import check_fields, check_step, refusal
from ingest_server.cases.standing import Standing
from ingest_server.cases.step import NEXT, TAKEN_ON_BY, UNDOABLE, Action, Outcome, State, Step
from ingest_server.errors import CaseError
from ingest_server.local_days import DAY_MS

# Long enough for a slip of the finger; later, a closed case is reopened and says why.
UNDO_MS: Final = 10 * 60_000
# What was closed and is opened again is due as if it were new.
DUE_AGAIN_MS: Final = 7 * DAY_MS


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
    may = (step.action for step in asked if refusal(standing, step) is None)
    undo = (Action.UNDO,) if _undoable(lasting_steps(steps), actor, now_ms) else ()
    return (*may, *undo)


def lasting_steps(steps: Sequence[Step]) -> list[Step]:
    """The steps that were not undone.

    Raises:
        CaseError: a step lacks what it needs, or undoes what may not be undone.
    """
    lasting: list[Step] = []
    for step in steps:
        check_fields(step)
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
    check_step(standing, step)
    opened = Standing(State.PENDING, 0, step.at_ms, step.at_ms, step.until_ms)
    return _changed(standing or opened, step, NEXT[state, step.action])


def _changed(standing: Standing, step: Step, state: State) -> Standing:
    undecided: dict[str, object] = {"outcome": None, "proposed": None, "proposed_by": None}
    again = undecided | {"due_at_ms": step.at_ms + DUE_AGAIN_MS}
    confirmed = standing.once_confirmed or standing.proposed is Outcome.CONFIRMED
    changes: Mapping[Action, dict[str, object]] = {
        Action.TAKE: {"assignee": step.actor, "wakes_at_ms": None},
        Action.ADD: {"due_at_ms": step.until_ms or standing.due_at_ms, "wakes_at_ms": None},
        Action.ASSIGN: {"assignee": step.assignee, "wakes_at_ms": None},
        Action.SET_DUE: {"due_at_ms": step.until_ms},
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
        Action.RECOVER: {"recovered_fen": standing.recovered_fen + (step.recovered_fen or 0)},
        Action.REOPEN: again,
        Action.APPEAL: again | {"appealed": True},
    }
    # What is said of a closed case moves nothing.
    closed_at_ms = None if state is not State.CLOSED else standing.closed_at_ms or step.at_ms
    own = {"closed_at_ms": closed_at_ms, "of_fund": standing.of_fund or (step.by_fund and step.action in TAKEN_ON_BY)}
    return replace(standing, state=state, **own, **changes.get(step.action, {}))
