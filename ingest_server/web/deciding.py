"""What the form of a case offers its reader, and what stands in it."""

from msgspec import Struct

from ingest_server.cases.life import possible
from ingest_server.cases.step import Action, Outcome
from ingest_server.errors import CaseError, ChangedMeanwhileError
from ingest_server.store.cases import Case
from ingest_server.words.bilingual import Words

# Before there is a case: whatever may be done to one that was just opened.
ALONE_AT_FIRST = (Outcome.FALSE_ALARM, Outcome.IRREGULAR, Outcome.INCONCLUSIVE)
AT_FIRST = (Action.TAKE, Action.SNOOZE, Action.ASK, Action.CLOSE, Action.PROPOSE, Action.COMMENT)


class Typed(Struct, frozen=True):
    """What somebody typed into the form."""

    note: str = ""
    until: str = ""


class Desk(Struct, frozen=True):
    """The form: what may be done, what was typed, why it was refused, and with which status the page answers.

    ``alone`` are the outcomes that its reader may close the case with, ``by_two`` those that they may propose.
    """

    version: int
    actions: tuple[Action, ...]
    alone: tuple[Outcome, ...]
    by_two: tuple[Outcome, ...]
    typed: Typed
    refused: Words | None
    status: int


def desk_of(
    case: Case | None, reader: str, now_ms: int, typed: Typed | None = None, refused: CaseError | None = None
) -> Desk:
    """The form for a reader; ``case`` is ``None`` where there is none yet."""
    return Desk(
        version=0 if case is None else case.standing.version,
        actions=AT_FIRST if case is None else possible(case.steps, reader, now_ms),
        alone=ALONE_AT_FIRST if case is None else case.standing.outcomes_alone,
        by_two=tuple(Outcome) if case is not None and case.standing.once_confirmed else (Outcome.CONFIRMED,),
        typed=typed or Typed(),
        refused=None if refused is None else Words(*refused.said),
        status=200 if refused is None else 409 if isinstance(refused, ChangedMeanwhileError) else 400,
    )
