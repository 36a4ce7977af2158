"""With whom, on which days, and with what came of it: what single visits of one subject tell together.

For a caregiver, a recipient or a device, who have some thousand visits a year; an agency has too many to look at one by
one.
"""

from collections import Counter
from typing import Final, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from ingest_server.cases.step import Action, Outcome, State
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.store.cases import ACKNOWLEDGED
from ingest_server.store.neighbours import Of
from ingest_server.store.schema import case_steps, case_visits, cases, visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.visit_notes import count_own

MOST_PAIRS: Final = 20
_OTHERS: Final[dict[Of, tuple[Of, ...]]] = {
    "caregiver": ("recipient", "device"),
    "recipient": ("caregiver", "device"),
    "device": ("caregiver", "recipient"),
}
_IN_DOUBT: Final = case((visits.c.band.in_(sorted(DOUBTED)), 1), else_=0)


class Whose(NamedTuple):
    """A subject, and since when its visits are looked at, UTC milliseconds."""

    of: Of
    subject: str
    since_ms: int


class Pair(Struct, frozen=True):
    """Somebody, or a device, that a subject shares visits with: how many, and how many of these are to be looked at."""

    kind: Of
    other: str
    visits: int
    doubted: int


class Contests(Struct, frozen=True):
    """The cases that a subject's visits are in: by state, the closed ones by outcome, appeals, and what was said.

    Where note was taken of a visit and nothing was alleged, that is no case against anybody, and is not among them.
    ``notes`` is what caregivers wrote at the device of these visits, each of their own.
    """

    states: dict[State, int]
    outcomes: dict[Outcome, int]
    appeals: int
    statements: int
    notes: int = 0


class Moment(NamedTuple):
    """When a visit began, and whether it is to be looked at."""

    check_in_ms: int
    doubted: bool


def pairs_of(connection: Connection, scope: Scope, whose: Whose) -> tuple[Pair, ...]:
    """Those with whom most visits are shared, of each kind at most :data:`MOST_PAIRS`, most first."""
    return tuple(pair for kind in _OTHERS[whose.of] for pair in _pairs(connection, scope, whose, kind))


def moments_of(connection: Connection, scope: Scope, whose: Whose) -> list[Moment]:
    """Every visit of a subject."""
    rows = connection.execute(select(visits.c.check_in_ms, _IN_DOUBT).where(_of(scope, whose)))
    return [Moment(at_ms, bool(doubted)) for at_ms, doubted in rows]


def contests_of(connection: Connection, scope: Scope, whose: Whose) -> Contests:
    """What became of the subject's visits in cases."""
    held = _cases(connection, scope, whose)
    stands = select(cases.c.state, cases.c.outcome).where(cases.c.case.in_(held), ~ACKNOWLEDGED)
    found = connection.execute(stands).all()
    told = select(case_steps.c.action, func.count()).where(case_steps.c.case.in_(held))
    told = told.where(case_steps.c.action.in_([Action.APPEAL, Action.STATEMENT])).group_by(case_steps.c.action)
    steps = {str(row[0]): int(row[1]) for row in connection.execute(told)}
    return Contests(
        states=dict(Counter(State(row.state) for row in found)),
        outcomes=dict(Counter(Outcome(row.outcome) for row in found if row.outcome)),
        appeals=steps.get(Action.APPEAL, 0),
        statements=steps.get(Action.STATEMENT, 0),
        notes=count_own(connection, _of(scope, whose)),
    )


def _cases(connection: Connection, scope: Scope, whose: Whose) -> list[int]:
    held = select(case_visits.c.case).join(visits, visits.c.digest == case_visits.c.digest).where(_of(scope, whose))
    return list(connection.execute(held.distinct()).scalars())


def _pairs(connection: Connection, scope: Scope, whose: Whose, kind: Of) -> list[Pair]:
    other, count = visits.c[kind], func.count().label("visits")
    columns = (other.label("other"), count, func.sum(_IN_DOUBT).label("doubted"))
    query = select(*columns).where(_of(scope, whose)).group_by(other).order_by(count.desc(), other).limit(MOST_PAIRS)
    return [Pair(kind, row.other, row.visits, int(row.doubted)) for row in connection.execute(query)]


def _of(scope: Scope, whose: Whose) -> ColumnElement[bool]:
    return and_(visits.c[whose.of] == whose.subject, visits.c.check_in_ms >= whose.since_ms, visible(scope))
