"""What happened since a moment: cases that were opened, steps that decided, visits that are to be looked at first."""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select

from ingest_server.cases.step import Action, Outcome
from ingest_server.scoring.verdict import Band
from ingest_server.store.cases import ACKNOWLEDGED
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.schema import case_steps, cases, visits
from visit_record.vocabulary import Typology

# How many of each are named; of all, it is told how many there are.
MOST_NAMED: Final = 5
# What settles something about a visit, or unsettles it.
DECIDING: Final = (Action.CLOSE, Action.PROPOSE, Action.APPROVE, Action.RETURN, Action.REOPEN, Action.APPEAL)
_NEXT: Final = case_steps.alias("next")
# Nothing that is done upon a deciding step can itself be undone, so that only the step right after one undoes it.
_UNDONE: Final = exists().where(
    _NEXT.c.case == case_steps.c.case, _NEXT.c.number == case_steps.c.number + 1, _NEXT.c.action == Action.UNDO
)


class OpenedCase(Struct, frozen=True):
    """A case that was opened."""

    case: int
    agency: str
    opened_at_ms: int


class Decision(Struct, frozen=True):
    """A step that decided something; ``outcome`` is that which it names itself."""

    case: int
    action: Action
    outcome: Outcome | None
    actor: str
    at_ms: int


class HeldVisit(Struct, frozen=True):
    """A visit that is to be looked at first."""

    visit: str
    digest: str
    agency: str
    typology: Typology
    check_in_ms: int
    at_risk_fen: int


class News(Struct, frozen=True):
    """How many of each, and the latest few; of visits the few with the most money at risk.

    ``cases_opened`` are not those in which note was taken of a visit and nothing more. ``decided`` counts steps by what
    was done, and none that was undone. ``held`` are visits that checked in since then, and are not handled yet.
    """

    since_ms: int
    cases_opened: int
    opened: tuple[OpenedCase, ...]
    decided: dict[Action, int]
    decisions: tuple[Decision, ...]
    visits_held: int
    held: tuple[HeldVisit, ...]


def news_since(connection: Connection, of: Narrowed, since_ms: int, now_ms: int) -> News:
    """What happened from a moment until now."""
    opened = (of.of(cases.c.agency), cases.c.opened_at_ms >= since_ms, ~ACKNOWLEDGED)
    first = visits.c.band == Band.HOLD, ~visits.c.handled
    held = (*first, of.of(visits.c.agency), visits.c.check_in_ms.between(since_ms, now_ms))
    return News(
        since_ms=since_ms,
        cases_opened=_counted(connection, select(cases.c.case).where(*opened)),
        opened=tuple(_opened(connection, opened)),
        decided=_decided(connection, of, since_ms),
        decisions=tuple(_decisions(connection, of, since_ms)),
        visits_held=_counted(connection, select(visits.c.digest).where(*held)),
        held=tuple(_held(connection, held)),
    )


def _counted(connection: Connection, query: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def _opened(connection: Connection, where: tuple[ColumnElement[bool], ...]) -> list[OpenedCase]:
    query = select(cases).where(*where).order_by(cases.c.opened_at_ms.desc(), cases.c.case.desc()).limit(MOST_NAMED)
    return [OpenedCase(row.case, row.agency, row.opened_at_ms) for row in connection.execute(query)]


def _deciding(of: Narrowed, since_ms: int) -> tuple[ColumnElement[bool], ...]:
    return (case_steps.c.at_ms >= since_ms, case_steps.c.action.in_(DECIDING), ~_UNDONE, of.of(cases.c.agency))


def _decided(connection: Connection, of: Narrowed, since_ms: int) -> dict[Action, int]:
    query = select(case_steps.c.action, func.count()).join(cases, cases.c.case == case_steps.c.case)
    rows = connection.execute(query.where(*_deciding(of, since_ms)).group_by(case_steps.c.action))
    found: dict[str, int] = {action: count for action, count in rows}  # noqa: C416 - rows are no pairs to mypy
    return {action: found[action] for action in DECIDING if action in found}


def _decisions(connection: Connection, of: Narrowed, since_ms: int) -> list[Decision]:
    query = select(case_steps).join(cases, cases.c.case == case_steps.c.case).where(*_deciding(of, since_ms))
    latest = (case_steps.c.at_ms.desc(), case_steps.c.case.desc(), case_steps.c.number.desc())
    return [_decision(row) for row in connection.execute(query.order_by(*latest).limit(MOST_NAMED))]


def _decision(row: Row[Any]) -> Decision:
    outcome = None if row.outcome is None else Outcome(row.outcome)
    return Decision(row.case, Action(row.action), outcome, row.actor, row.at_ms)


def _held(connection: Connection, where: tuple[ColumnElement[bool], ...]) -> list[HeldVisit]:
    most = (visits.c.at_risk_fen.desc(), visits.c.check_in_ms.desc(), visits.c.digest)
    query = select(visits).where(*where).order_by(*most).limit(MOST_NAMED)
    return [
        HeldVisit(row.visit, row.digest, row.agency, Typology(row.typology), row.check_in_ms, row.at_risk_fen)
        for row in connection.execute(query)
    ]
