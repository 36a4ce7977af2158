"""What a caregiver's visits come to."""

from collections import Counter
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import visits_page
from ingest_server.store.wanted import Cut, VisitFilter
from visit_record.vocabulary import ExceptionCode

RECENT = 50


class CaregiverSummary(Struct, frozen=True):
    """A caregiver's visits within the reader's scope.

    ``recent`` holds the newest visits; ``exceptions`` counts how many of those raised each exception, breaks of the
    device's chain among them.
    """

    caregiver: str
    agencies: tuple[str, ...]
    visits: int
    hours: float
    bands: dict[Band, int]
    mean_observed_share: float
    first_check_in_ms: int
    last_check_in_ms: int
    recent: tuple[VisitSummary, ...]
    exceptions: dict[ExceptionCode, int]


def caregiver_summary(connection: Connection, scope: Scope, caregiver: str, now_ms: int) -> CaregiverSummary | None:
    """The summary, or ``None`` where there is no visit to see."""
    rows = _by_agency_and_band(connection, scope, caregiver)
    if not rows:
        return None
    count = sum(row.visits for row in rows)
    recent = visits_page(connection, scope, VisitFilter(caregiver=caregiver), Cut(RECENT, now_ms)).visits
    return CaregiverSummary(
        caregiver=caregiver,
        agencies=tuple(sorted({row.agency for row in rows})),
        visits=count,
        hours=sum(row.seconds for row in rows) / 3600,
        bands={band: sum(row.visits for row in rows if row.band == band) for band in Band},
        mean_observed_share=sum(row.observed for row in rows) / count,
        first_check_in_ms=min(row.first_ms for row in rows),
        last_check_in_ms=max(row.last_ms for row in rows),
        recent=recent,
        exceptions=_exceptions(recent),
    )


def _by_agency_and_band(connection: Connection, scope: Scope, caregiver: str) -> list[Row[Any]]:
    read = (visits.c[name] for name in ("agency", "band", "duration_s", "observed_share", "check_in_ms"))
    theirs = select(*read).where(visits.c.caregiver == caregiver, visible(scope)).cte("theirs")
    # Read apart from the sums: SQLite would walk an agency's whole queue, in which the bands are in order already.
    column = theirs.prefix_with("MATERIALIZED").c
    figures = (
        func.count().label("visits"),
        func.sum(column.duration_s).label("seconds"),
        func.sum(column.observed_share).label("observed"),
        func.min(column.check_in_ms).label("first_ms"),
        func.max(column.check_in_ms).label("last_ms"),
    )
    query = select(column.agency, column.band, *figures).group_by(column.agency, column.band)
    return list(connection.execute(query).all())


def _exceptions(recent: tuple[VisitSummary, ...]) -> dict[ExceptionCode, int]:
    counted = Counter(code for visit in recent for code in {exception.code for exception in visit.raised})
    return dict(counted.most_common())
