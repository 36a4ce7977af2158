"""What the form of a case offers its reader, and what stands in it."""

from collections.abc import Sequence

from msgspec import Struct

from ingest_server.cases.life import UNDO_MS, UNDOABLE, Action, Outcome, Step, possible
from ingest_server.errors import CaseError, ChangedMeanwhileError
from ingest_server.store.cases import Case
from ingest_server.words.bilingual import Words

# Before there is a case: whatever may be done to one that was just opened.
AT_FIRST = (Action.TAKE, Action.SNOOZE, Action.ASK, Action.CLOSE, Action.PROPOSE, Action.COMMENT)


class Typed(Struct, frozen=True):
    """What somebody typed into the form."""

    note: str = ""
    until: str = ""


class Desk(Struct, frozen=True):
    """The form: what may be done, what was typed, why it was refused, and with which status the page answers."""

    version: int
    actions: tuple[Action, ...]
    outcomes: tuple[Outcome, ...]
    typed: Typed
    refused: Words | None
    status: int


def desk_of(
    case: Case | None, reader: str, now_ms: int, typed: Typed | None = None, refused: CaseError | None = None
) -> Desk:
    """The form for a reader; ``case`` is ``None`` where there is none yet."""
    return Desk(
        version=0 if case is None else case.standing.version,
        actions=AT_FIRST if case is None else _actions(case, reader, now_ms),
        outcomes=tuple(outcome for outcome in Outcome if outcome is not Outcome.CONFIRMED),
        typed=typed or Typed(),
        refused=None if refused is None else Words(*refused.said),
        status=200 if refused is None else 409 if isinstance(refused, ChangedMeanwhileError) else 400,
    )


def _actions(case: Case, reader: str, now_ms: int) -> tuple[Action, ...]:
    undo = (Action.UNDO,) if _may_undo(case.steps, reader, now_ms) else ()
    return (*possible(case.standing, reader), *undo)


def _may_undo(steps: Sequence[Step], reader: str, now_ms: int) -> bool:
    last = steps[-1]
    return last.action in UNDOABLE and last.actor == reader and now_ms - last.at_ms <= UNDO_MS
