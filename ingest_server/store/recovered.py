"""Sums of the money that came back. No step that enters any is ever undone, so that the steps themselves are summed."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ingest_server.store.narrowed import Narrowed
from ingest_server.store.schema import case_steps, cases


class Recovered(NamedTuple):
    """Of how many cases money came back, corrections counted against it, and how much."""

    cases: int
    fen: int


def recovered_between(connection: Connection, of: Narrowed, first: str, last: str) -> Recovered:
    """What came back from the first local day to the last."""
    fen = func.sum(case_steps.c.recovered_fen).label("fen")
    query = select(fen).join(cases, cases.c.case == case_steps.c.case).group_by(case_steps.c.case)
    # As an expression it has no index: of all cases of an agency, money comes back of few.
    seen = of.of(cases.c.agency.concat(""))
    within = query.where(case_steps.c.recovered_on.between(first, last), seen).subquery()
    count = func.count().filter(within.c.fen != 0)
    found, sum_fen = connection.execute(select(count, func.coalesce(func.sum(within.c.fen), 0))).one()
    # PostgreSQL sums whole numbers as decimals.
    return Recovered(found, int(sum_fen))
