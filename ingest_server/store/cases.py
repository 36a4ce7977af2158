"""Cases in the database: read within a scope, and taken a step further. What may follow what says ``cases.life``."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from ingest_server.cases.life import standing_after
from ingest_server.cases.standing import Standing
from ingest_server.cases.step import Outcome, State, Step
from ingest_server.errors import ChangedMeanwhileError
from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import case_steps, case_visits, cases, visit_exceptions, visits
from ingest_server.store.scope import Scope, of_agency
from visit_record.first_use import known
from visit_record.vocabulary import Typology


class CaseVisit(Struct, frozen=True):
    """A visit of a case, with its standing verdict; ``at_risk_fen`` is the fund's money that is expected to be lost.

    ``settled_fen`` is the fund's share of what it was billed at, ``since_step`` the number of the step by which it came
    to be in the case.
    """

    visit: str
    digest: str
    caregiver: str
    check_in_ms: int
    band: Band
    typology: Typology
    suspicion: float
    at_risk_fen: int
    settled_fen: int
    since_step: int


class Case(Struct, frozen=True):
    """A case with its visits, and all of its steps, oldest first."""

    case: int
    agency: str
    standing: Standing
    visits: tuple[CaseVisit, ...]
    steps: tuple[Step, ...]

    @property
    def settled_fen(self) -> int:
        """The fund's share of what its visits were billed at."""
        return sum(visit.settled_fen for visit in self.visits)


# What waits for a second person has left the queue of the first.
_DONE_WITH = frozenset({State.CLOSED, State.PENDING_SECOND_APPROVAL})
# Visits of which note was taken, where nothing was alleged: they are closed without an outcome, as no other case is.
ACKNOWLEDGED = (cases.c.state == State.CLOSED) & cases.c.outcome.is_(None)
# What of a standing is kept for lists, as the columns are named.
_STANDING = (
    "state", "version", "opened_at_ms", "changed_at_ms", "due_at_ms", "assignee", "outcome", "proposed_by",
    "closed_at_ms", "of_fund",
)  # fmt: skip


def find_case(connection: Connection, scope: Scope, case: int) -> Case | None:
    """A case by its number; ``None`` where there is none to see."""
    row = connection.execute(select(cases).where(cases.c.case == case, of_agency(scope, cases.c.agency))).one_or_none()
    return None if row is None else _case(connection, row)


def case_of_visit(connection: Connection, scope: Scope, digest: str) -> Case | None:
    """The case that a visit's record is in; ``None`` where it is in none, or in none to see."""
    case = connection.execute(select(case_visits.c.case).where(case_visits.c.digest == digest)).scalar()
    return None if case is None else find_case(connection, scope, case)


def waiting_for(connection: Connection, scope: Scope, reader: str, *, by_fund: bool) -> int:
    """How many cases wait for a second person, whom the reader may be: what the fund took on, no agency ends."""
    waits = (cases.c.state == State.PENDING_SECOND_APPROVAL) & (cases.c.proposed_by != reader)
    theirs = true() if by_fund else ~cases.c.of_fund
    query = select(func.count()).select_from(cases).where(of_agency(scope, cases.c.agency), waits, theirs)
    return connection.execute(query).scalar_one()


def open_case(connection: Connection, agency: str, digests: Sequence[str], steps: Sequence[Step]) -> int:
    """Open a case over visits, and take its first steps; its number.

    Raises:
        CaseError: the steps are out of turn, or lack what they need.
        ChangedMeanwhileError: one of the visits is in a case by now.
    """
    standing = standing_after(steps)
    number: int = connection.execute(insert(cases).returning(cases.c.case), _row(agency, standing)).scalar_one()
    _hold(connection, number, digests, 1)
    _write(connection, number, steps, 0)
    _mark_visits(connection, number, standing)
    return number


def add_visits(connection: Connection, case: Case, seen_version: int, digests: Sequence[str], step: Step) -> None:
    """Take a case a step further by which visits come to be in it.

    Raises:
        CaseError: the step is out of turn, or is not this person's to take.
        ChangedMeanwhileError: the case has other steps than they have seen, or one of the visits is in a case by now.
    """
    _hold(connection, case.case, digests, len(case.steps) + 1)
    take_step(connection, case, seen_version, step)


def take_step(connection: Connection, case: Case, seen_version: int, step: Step) -> None:
    """Take a case a step further.

    Raises:
        CaseError: the step is out of turn, lacks what it needs, or is not this person's to take.
        ChangedMeanwhileError: the case has other steps than whoever decides has seen.
    """
    if case.standing.version != seen_version:
        last = case.steps[-1]
        raise ChangedMeanwhileError(
            f"{last.actor} took a step meanwhile: {last.action}; nothing of yours was written",
            f"{last.actor} 刚刚处理了此案，您的操作未写入，请查看后再处理",
        )
    standing = standing_after([*case.steps, step])
    _write(connection, case.case, [step], len(case.steps))
    connection.execute(update(cases).where(cases.c.case == case.case).values(_row(case.agency, standing)))
    _mark_visits(connection, case.case, standing)


def _hold(connection: Connection, case: int, digests: Sequence[str], since_step: int) -> None:
    rows = [{"digest": digest, "case": case, "since_step": since_step} for digest in digests]
    try:
        connection.execute(insert(case_visits), rows)
    except IntegrityError as cause:
        raise ChangedMeanwhileError("somebody opened a case meanwhile", "他人已立案，请查看后再处理") from cause


def _write(connection: Connection, case: int, steps: Sequence[Step], before: int) -> None:
    rows = [
        {"case": case, "number": number, **msgspec.structs.asdict(step)}
        for number, step in enumerate(steps, start=before + 1)
    ]
    try:
        connection.execute(insert(case_steps), rows)
    except IntegrityError as cause:
        raise ChangedMeanwhileError("somebody took a step meanwhile", "他人刚刚处理了此案，请查看后再处理") from cause


def _mark_visits(connection: Connection, case: int, standing: Standing) -> None:
    held = select(case_visits.c.digest).where(case_visits.c.case == case)
    confirmed_at_ms = standing.closed_at_ms if standing.outcome is Outcome.CONFIRMED else None
    marks = {"handled": standing.state in _DONE_WITH, "wakes_at_ms": standing.wakes_at_ms or 0}
    marked = update(visits).where(visits.c.digest.in_(held))
    connection.execute(marked.values(**marks, confirmed_at_ms=confirmed_at_ms))
    connection.execute(update(visit_exceptions).where(visit_exceptions.c.digest.in_(held)).values(marks))


def _case(connection: Connection, row: Row[tuple[object, ...]]) -> Case:
    taken = select(case_steps).where(case_steps.c.case == row.case).order_by(case_steps.c.number)
    steps = tuple(_step(one) for one in connection.execute(taken))
    held = (
        select(visits, case_visits.c.since_step)
        .join(case_visits, case_visits.c.digest == visits.c.digest)
        .where(case_visits.c.case == row.case)
    )
    found = tuple(
        msgspec.convert({name: one._mapping[name] for name in CaseVisit.__struct_fields__}, known(CaseVisit))
        for one in connection.execute(held.order_by(visits.c.check_in_ms, visits.c.digest))
    )
    return Case(row.case, row.agency, standing_after(steps), found, steps)


def _step(row: Row[tuple[object, ...]]) -> Step:
    return msgspec.convert({name: row._mapping[name] for name in Step.__struct_fields__}, known(Step))


def _row(agency: str, standing: Standing) -> dict[str, object]:
    return {"agency": agency, **{name: getattr(standing, name) for name in _STANDING}}
