"""What a reader may do to a case: one answer for programs, and for the form that offers it."""

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection

from ingest_server.cases.life import possible
from ingest_server.cases.step import ALONE, Action, Outcome
from ingest_server.store.cases import Case
from ingest_server.store.colleagues import colleagues_of
from ingest_server.web.access import Viewer
from ingest_server.web.parts import Parts

# Before there is a case: whatever may be done to one that was just opened.
AT_FIRST = (
    Action.OPEN, Action.TAKE, Action.ASSIGN, Action.SET_DUE, Action.SNOOZE, Action.ASK, Action.CLOSE, Action.PROPOSE,
    Action.STATEMENT, Action.COMMENT,
)  # fmt: skip
_FROM_A_LIST = frozenset({Action.ACKNOWLEDGE, Action.ADD})


class Choices(Struct, frozen=True):
    """The steps that a reader may take now, naming ``seen_version``; what a step says besides may still refuse it.

    ``close_as`` are the outcomes that they may close the case with, ``propose_as`` those that they may propose,
    ``hand_to`` the people whom they may hand it to.
    """

    seen_version: int
    actions: tuple[Action, ...]
    close_as: tuple[Outcome, ...]
    propose_as: tuple[Outcome, ...]
    hand_to: tuple[str, ...]


class CaseAnswer(Case, frozen=True):
    """A case with its visits and all of its steps, oldest first; ``possible`` is what its reader may do to it."""

    possible: Choices


class VisitStepsAnswer(Struct, frozen=True):
    """The case of a visit, ``null`` where it is in none, and what its reader may do: a first step opens one."""

    case: Case | None
    possible: Choices


def choices_of(connection: Connection, case: Case | None, reader: Viewer, now_ms: int) -> Choices:
    """What a reader may do; ``case`` is ``None`` where there is none yet."""
    colleagues = colleagues_of(connection, reader.account)
    if case is None:
        return Choices(0, _offered(AT_FIRST, ALONE, colleagues), ALONE, (Outcome.CONFIRMED,), colleagues)
    standing = case.standing
    actions = possible(case.steps, reader.name, now_ms, by_fund=reader.of_fund)
    close_as = standing.outcomes_alone if Action.CLOSE in actions else ()
    propose_as = tuple(Outcome) if standing.once_confirmed else (Outcome.CONFIRMED,)
    others = tuple(name for name in colleagues if name != standing.assignee) if Action.ASSIGN in actions else ()
    taken = _offered(actions, close_as, others)
    return Choices(standing.version, taken, close_as, propose_as if Action.PROPOSE in actions else (), others)


def case_answer(parts: Parts, reader: Viewer, case: Case) -> CaseAnswer:
    """A case as its reader is told of it."""
    with parts.database.reading() as connection:
        return CaseAnswer(**asdict(case), possible=choices_of(connection, case, reader, parts.now_ms()))


def _offered(
    actions: tuple[Action, ...], close_as: tuple[Outcome, ...], hand_to: tuple[str, ...]
) -> tuple[Action, ...]:
    # Note is taken, and visits are added, from a list alone; nothing is closed without an outcome, or handed to nobody.
    missing = {Action.CLOSE} if not close_as else set()
    missing |= {Action.ASSIGN} if not hand_to else set()
    return tuple(one for one in actions if one not in _FROM_A_LIST | missing)
