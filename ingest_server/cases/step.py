"""What may be done to a case, and what may follow what. Pure; it is the table :data:`NEXT`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct


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
    ADD = "add"
    """Further visits, which are from then on decided about with the others."""

    ASSIGN = "assign"
    """Handed to somebody else of those who may."""

    SET_DUE = "set_due"
    """Given another deadline."""

    COMMENT = "comment"
    SNOOZE = "snooze"
    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"
    PROPOSE = "propose"
    ACKNOWLEDGE = "acknowledge"
    """Taken note of, where nothing is alleged: closed, without an outcome."""

    STATEMENT = "statement"
    """What the caregiver says of the visit, as told to whoever enters it."""

    APPROVE = "approve"
    RETURN = "return"
    RECOVER = "recover"
    """Money of a confirmed case came back; a negative amount corrects what was entered before."""

    REOPEN = "reopen"
    APPEAL = "appeal"
    UNDO = "undo"


class Step(Struct, frozen=True):
    """One step: who did what when, and why.

    ``outcome`` goes with ``close`` and ``propose`` alone; ``until_ms`` with ``open``, ``add`` and ``set_due``,
    of a case that is due then, and with ``snooze``, of one that wakes then. ``by_fund`` says whether they are of the
    fund and not of the agency; ``assignee`` goes with ``assign`` alone, and with ``recover`` alone
    ``recovered_fen``, in hundredths of a yuan, and ``recovered_on``, the local day, ``2026-09-22``.
    """

    action: Action
    actor: str
    at_ms: int
    note: str | None = None
    outcome: Outcome | None = None
    until_ms: int | None = None
    by_fund: bool = False
    assignee: str | None = None
    recovered_fen: int | None = None
    recovered_on: str | None = None


_AT_WORK: Final = (State.PENDING, State.INVESTIGATING, State.AWAITING_INFORMATION)
NEXT: Final[Mapping[tuple[State | None, Action], State]] = {
    (None, Action.OPEN): State.PENDING,
    **{(state, Action.COMMENT): state for state in State},
    **{(state, Action.STATEMENT): state for state in State},
    (State.PENDING, Action.ACKNOWLEDGE): State.CLOSED,
    **{(state, Action.SNOOZE): state for state in _AT_WORK},
    **{(state, Action.TAKE): State.INVESTIGATING for state in _AT_WORK},
    # What was proposed was proposed of the visits that stood there then.
    **{(state, Action.ADD): state for state in _AT_WORK},
    # Who has a case to work on has not begun with it.
    **{(state, Action.ASSIGN): state for state in _AT_WORK},
    **{(state, Action.SET_DUE): state for state in (*_AT_WORK, State.PENDING_SECOND_APPROVAL)},
    **{(state, Action.CLOSE): State.CLOSED for state in _AT_WORK},
    **{(state, Action.PROPOSE): State.PENDING_SECOND_APPROVAL for state in _AT_WORK},
    (State.PENDING, Action.ASK): State.AWAITING_INFORMATION,
    (State.INVESTIGATING, Action.ASK): State.AWAITING_INFORMATION,
    (State.AWAITING_INFORMATION, Action.ANSWER): State.INVESTIGATING,
    (State.PENDING_SECOND_APPROVAL, Action.APPROVE): State.CLOSED,
    (State.PENDING_SECOND_APPROVAL, Action.RETURN): State.INVESTIGATING,
    (State.CLOSED, Action.RECOVER): State.CLOSED,
    (State.CLOSED, Action.REOPEN): State.INVESTIGATING,
    (State.CLOSED, Action.APPEAL): State.INVESTIGATING,
}
# What one person alone may close a case with, the kindest first; the fourth takes two.
ALONE: Final = (Outcome.FALSE_ALARM, Outcome.IRREGULAR, Outcome.INCONCLUSIVE)
WITH_OUTCOME: Final = frozenset({Action.CLOSE, Action.PROPOSE})
WITH_DATE: Final = frozenset({Action.OPEN, Action.ADD, Action.SNOOZE, Action.SET_DUE})
WITH_ASSIGNEE: Final = frozenset({Action.ASSIGN})
# A deadline is set again; undone, it would let what was decided before it be undone as if it had not been read.
UNDOABLE: Final = frozenset({
    Action.TAKE, Action.ASSIGN, Action.SNOOZE, Action.ASK, Action.ANSWER, Action.CLOSE, Action.PROPOSE,
    Action.ACKNOWLEDGE,
})  # fmt: skip
# Whoever decides against somebody, or against an earlier decision, says why.
NEEDS_A_NOTE: Final = frozenset({
    Action.COMMENT, Action.STATEMENT, Action.ASK, Action.PROPOSE, Action.RETURN, Action.REOPEN, Action.APPEAL,
})  # fmt: skip
# What somebody remarks or told is kept as it was said; every other note is a reason.
AS_SAID: Final = frozenset({Action.COMMENT, Action.STATEMENT})
# What the fund does so is from then on the fund's to end; what it opens, says or puts off is not yet taken on.
TAKEN_ON_BY: Final = frozenset({
    Action.TAKE, Action.ASSIGN, Action.ASK, Action.CLOSE, Action.PROPOSE, Action.APPROVE, Action.RETURN, Action.REOPEN,
})  # fmt: skip
# What an agency may still do then: say what it knows, and appeal.
AGENCYS_WORD: Final = frozenset({Action.COMMENT, Action.STATEMENT, Action.ANSWER, Action.APPEAL})
