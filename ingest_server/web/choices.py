"""What a reader may do to a case: one answer for programs, and for the form that offers it."""

from msgspec import Struct
from msgspec.structs import asdict

from ingest_server.cases.life import possible
from ingest_server.cases.step import ALONE, Action, Outcome
from ingest_server.store.cases import Case
from ingest_server.web.access import Viewer

# Before there is a case: whatever may be done to one that was just opened.
AT_FIRST = (
    Action.OPEN, Action.TAKE, Action.SNOOZE, Action.ASK, Action.CLOSE, Action.PROPOSE, Action.STATEMENT, Action.COMMENT,
)  # fmt: skip


class Choices(Struct, frozen=True):
    """The steps that a reader may take now, naming ``seen_version``; what a step says besides may still refuse it.

    ``close_as`` are the outcomes that they may close the case with, ``propose_as`` those that they may propose.
    """

    seen_version: int
    actions: tuple[Action, ...]
    close_as: tuple[Outcome, ...]
    propose_as: tuple[Outcome, ...]


class CaseAnswer(Case, frozen=True):
    """A case with its visits and all of its steps, oldest first; ``possible`` is what its reader may do to it."""

    possible: Choices


class VisitStepsAnswer(Struct, frozen=True):
    """The case of a visit, ``null`` where it is in none, and what its reader may do: a first step opens one."""

    case: Case | None
    possible: Choices


def choices_of(case: Case | None, reader: Viewer, now_ms: int) -> Choices:
    """What a reader may do; ``case`` is ``None`` where there is none yet."""
    if case is None:
        return Choices(0, AT_FIRST, ALONE, (Outcome.CONFIRMED,))
    standing = case.standing
    actions = possible(case.steps, reader.name, now_ms, by_fund=reader.of_fund)
    close_as = standing.outcomes_alone if Action.CLOSE in actions else ()
    propose_as = tuple(Outcome) if standing.once_confirmed else (Outcome.CONFIRMED,)
    # Note is taken from a list alone, where nothing is alleged, and nothing is closed without an outcome.
    taken = tuple(
        one for one in actions if one is not Action.ACKNOWLEDGE and not (one is Action.CLOSE and not close_as)
    )
    return Choices(standing.version, taken, close_as, propose_as if Action.PROPOSE in actions else ())


def case_answer(case: Case, reader: Viewer, now_ms: int) -> CaseAnswer:
    """A case as its reader is told of it."""
    return CaseAnswer(**asdict(case), possible=choices_of(case, reader, now_ms))
