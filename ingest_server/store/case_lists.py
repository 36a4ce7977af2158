"""Lists of cases: open ones by when they are due, so that what is late comes first; then closed ones, newest first."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal_column, select, true, tuple_

from ingest_server.cases.step import NEXT, Action, Outcome, State
from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import case_visits, cases, visits
from ingest_server.store.scope import Everything, Scope, of_agency
from visit_record.first_use import known


class CaseLine(Struct, frozen=True):
    """A case as a line of a list.

    ``bands`` are its visits by where their standing verdicts put them, ``at_risk_fen`` what is expected to be lost at
    them together.
    """

    case: int
    agency: str
    state: State
    version: int
    of_fund: bool
    opened_at_ms: int
    changed_at_ms: int
    due_at_ms: int | None
    assignee: str | None
    outcome: Outcome | None
    visits: int
    bands: dict[Band, int]
    at_risk_fen: int


class CaseFilter(Struct, frozen=True):
    """Which cases are wanted; ``None`` wants all. ``caregiver`` is one who gave any of a case's visits."""

    state: State | None = None
    assignee: str | None = None
    agency: str | None = None
    outcome: Outcome | None = None
    caregiver: str | None = None


class Part(IntEnum):
    """The parts of a list, in their order."""

    DUE = 0
    NEVER_DUE = 1
    CLOSED = 2


class CasePlace(NamedTuple):
    """Where a page ended: the next one begins after it. ``due_at_ms`` is 0 where the part has none."""

    part: Part
    due_at_ms: int
    case: int


def cases_page(
    connection: Connection, scope: Scope, wanted: CaseFilter, limit: int, after: CasePlace | None = None
) -> list[CaseLine]:
    """At most ``limit`` cases after a place, or from the beginning."""
    rows: list[Row[Any]] = []
    for part in Part:
        if len(rows) < limit and (after is None or part >= after.part):
            query = _part(part, after).where(of_agency(scope, cases.c.agency), _matching(wanted))
            rows += connection.execute(query.limit(limit - len(rows))).all()
    return list(_lines(connection, rows))


def growing_cases(
    connection: Connection, scope: Scope, agency: str, caregivers: Collection[str], limit: int
) -> list[CaseLine]:
    """Cases of an agency over visits of some caregivers that may take further ones, the newest first.

    What the fund took on is the fund's to add to.
    """
    may = cases.c.state.in_(sorted(state for state, action in NEXT if action is Action.ADD and state is not None))
    theirs = (of_agency(scope, cases.c.agency), cases.c.agency == agency, cases.c.case.in_(_given_by(caregivers)))
    own = true() if isinstance(scope, Everything) else ~cases.c.of_fund
    query = select(cases).where(may, own, *theirs).order_by(cases.c.case.desc()).limit(limit)
    return list(_lines(connection, connection.execute(query).all()))


def open_with(connection: Connection, scope: Scope, assignee: str) -> int:
    """How many cases that are not closed somebody has to work on."""
    theirs = (cases.c.assignee == assignee, of_agency(scope, cases.c.agency), _OPEN)
    return connection.execute(select(func.count()).select_from(cases).where(*theirs)).scalar_one()


def place_of_case(line: CaseLine) -> CasePlace:
    """The place of a line in its list."""
    if line.state is State.CLOSED:
        return CasePlace(Part.CLOSED, 0, line.case)
    if line.due_at_ms is None:
        return CasePlace(Part.NEVER_DUE, 0, line.case)
    return CasePlace(Part.DUE, line.due_at_ms, line.case)


# Said as the index of those that are open says it, or it would not be looked at.
_OPEN: Final = cases.c.state != literal_column("'closed'")
_DUE: Final = (cases.c.due_at_ms, cases.c.case)


def _part(part: Part, after: CasePlace | None) -> Select[Any]:
    begun = after is not None and after.part is part
    match part:
        case Part.DUE:
            query = select(cases).where(_OPEN, cases.c.due_at_ms.is_not(None)).order_by(*_DUE)
            return query.where(tuple_(*_DUE) > tuple_(*after[1:])) if after is not None and begun else query
        case Part.NEVER_DUE:
            query = select(cases).where(_OPEN, cases.c.due_at_ms.is_(None)).order_by(cases.c.case)
            return query.where(cases.c.case > after.case) if after is not None and begun else query
        case Part.CLOSED:
            query = select(cases).where(cases.c.state == State.CLOSED).order_by(cases.c.case.desc())
            return query.where(cases.c.case < after.case) if after is not None and begun else query


def _matching(wanted: CaseFilter) -> ColumnElement[bool]:
    asked = msgspec.structs.asdict(wanted)
    caregiver = asked.pop("caregiver")
    conditions = [cases.c[name] == value for name, value in asked.items() if value is not None]
    if caregiver is not None:
        conditions.append(cases.c.case.in_(_given_by([caregiver])))
    return and_(true(), *conditions)


def _given_by(caregivers: Collection[str]) -> Select[Any]:
    held = select(case_visits.c.case).join(visits, visits.c.digest == case_visits.c.digest)
    return held.where(visits.c.caregiver.in_(caregivers))


def _lines(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[CaseLine]:
    bands, at_risk_fen = _held(connection, [row.case for row in rows])
    names = [name for name in CaseLine.__struct_fields__ if name in cases.c]
    for row in rows:
        told = {name: row._mapping[name] for name in names}
        told |= {
            "visits": bands[row.case].total(),
            "bands": dict(bands[row.case]),
            "at_risk_fen": at_risk_fen[row.case],
        }
        yield msgspec.convert(told, known(CaseLine))


def _held(connection: Connection, numbers: Sequence[int]) -> tuple[dict[int, Counter[Band]], Counter[int]]:
    """The visits of cases by band, and what is at risk at them."""
    query = select(case_visits.c.case, visits.c.band, func.count(), func.sum(visits.c.at_risk_fen))
    query = query.join(visits, visits.c.digest == case_visits.c.digest).where(case_visits.c.case.in_(numbers))
    bands: defaultdict[int, Counter[Band]] = defaultdict(Counter)
    at_risk_fen: Counter[int] = Counter()
    for case, band, count, fen in connection.execute(query.group_by(case_visits.c.case, visits.c.band)):
        bands[case][Band(band)] = count
        # PostgreSQL sums whole numbers as decimals.
        at_risk_fen[case] += int(fen)
    return bands, at_risk_fen
