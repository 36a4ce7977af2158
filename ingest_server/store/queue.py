"""The queue of visits that wait for people: which is the next."""

from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, Select, select, tuple_

from ingest_server.cases.step import State
from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import case_visits, cases, visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.wanted import IN_QUEUE, Place, VisitFilter, Work, matching


class NextVisit(Struct, frozen=True):
    """A visit, and the digest of its record."""

    visit: str
    digest: str


def next_waiting(connection: Connection, scope: Scope, now_ms: int, after: str | None = None) -> NextVisit | None:
    """The visit to be looked at next: held before reviewed, most expected loss first, and nobody's yet.

    ``after`` is the digest of one that was looked at and left: what comes before it is not come back to.
    """
    left = None if after is None else _placed(connection, scope, after)
    for band in (Band.HOLD, Band.REVIEW):
        if left is not None and (left.band, band) == (Band.REVIEW, Band.HOLD):
            continue
        query = _nobodys(scope, band, now_ms)
        if left is not None and left.band == band:
            query = query.where(tuple_(*IN_QUEUE) < tuple_(*left.place))
        if row := connection.execute(query.order_by(*(column.desc() for column in IN_QUEUE)).limit(1)).first():
            return NextVisit(row.visit, row.digest)
    return None


class _Left(NamedTuple):
    band: Band
    place: Place


def _placed(connection: Connection, scope: Scope, digest: str) -> _Left | None:
    query = select(visits.c.band, *IN_QUEUE).where(visits.c.digest == digest, visible(scope))
    row = connection.execute(query).one_or_none()
    return None if row is None else _Left(Band(row.band), Place(row.at_risk_fen, row.check_in_ms, row.digest))


def _nobodys(scope: Scope, band: Band, now_ms: int) -> Select[Any]:
    # Looked up for one visit after the other until one is found: all that were ever taken are many in a year.
    taken = select(case_visits.c.digest).join(cases, cases.c.case == case_visits.c.case)
    waits_for_others = cases.c.state.in_([State.PENDING_SECOND_APPROVAL, State.AWAITING_INFORMATION])
    taken = taken.where(case_visits.c.digest == visits.c.digest, cases.c.assignee.is_not(None) | waits_for_others)
    wanted = matching(scope, VisitFilter(band=band, work=Work.WAITING), now_ms)
    return select(visits.c.visit, visits.c.digest).where(wanted, ~taken.correlate(visits).exists())
