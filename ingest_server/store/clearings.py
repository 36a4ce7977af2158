"""What agencies closed as false alarms by themselves, of visits that their standing verdict has looked at first."""

from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, case, func, select

from ingest_server.cases.step import Outcome
from ingest_server.scoring.verdict import Band
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.schema import case_visits, cases, visits


class Cleared(Struct, frozen=True):
    """How many such visits of an agency, by when their case was closed: since one moment and since another."""

    agency: str
    lately: int
    year: int


def cleared_by_agency(connection: Connection, of: Narrowed, lately_ms: int, year_ms: int) -> list[Cleared]:
    """Agencies that cleared any, those that cleared most lately first.

    A case that the fund took on is the fund's to close, and is not among them.
    """
    lately, year = _since(lately_ms), _since(year_ms)
    query = select(cases.c.agency, lately, year).join(case_visits, case_visits.c.case == cases.c.case)
    query = query.join(visits, visits.c.digest == case_visits.c.digest).where(
        of.of(cases.c.agency),
        cases.c.closed_at_ms >= min(lately_ms, year_ms),
        cases.c.outcome == Outcome.FALSE_ALARM,
        ~cases.c.of_fund,
        visits.c.band == Band.HOLD,
    )
    rows = connection.execute(query.group_by(cases.c.agency).order_by(lately.desc(), year.desc(), cases.c.agency))
    return [Cleared(agency, int(since_days), int(since_year)) for agency, since_days, since_year in rows]


def _since(at_ms: int) -> ColumnElement[Any]:
    return func.sum(case((cases.c.closed_at_ms >= at_ms, 1), else_=0))
