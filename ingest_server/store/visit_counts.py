"""How many visits there are of each kind, as far as anybody wants to know.

Nobody reads whether a million visits are credible or two; counting them all would take seconds.
"""

from typing import Final

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, func, select

from ingest_server.scoring.verdict import CLASSES, Band
from ingest_server.store.of_code import OfCode, led_by_code
from ingest_server.store.schema import visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.wanted import VisitFilter, Work, matching
from visit_record.vocabulary import ExceptionClass

MOST_COUNTED: Final = 10_000


def class_counts(
    connection: Connection, scope: Scope, wanted: VisitFilter, now_ms: int, most: int = MOST_COUNTED
) -> dict[ExceptionClass, int]:
    """How many visits are of each class, whichever is wanted; ``most`` where there are as many or more."""
    of_class = {one: replace(wanted, gravest=one) for one in CLASSES}
    return {one: _count(connection, scope, asked, now_ms, most) for one, asked in of_class.items()}


def band_counts(
    connection: Connection, scope: Scope, wanted: VisitFilter, now_ms: int, most: int = MOST_COUNTED
) -> dict[Band, int]:
    """How many visits stand in each band, whichever is wanted; ``most`` where there are as many or more."""
    return {band: _count(connection, scope, replace(wanted, band=band), now_ms, most) for band in Band}


def has_visits(connection: Connection, scope: Scope) -> bool:
    """Whether there is any visit to see at all."""
    return connection.execute(select(visits.c.digest).where(visible(scope)).limit(1)).first() is not None


def _count(connection: Connection, scope: Scope, wanted: VisitFilter, now_ms: int, most: int) -> int:
    if led_by_code(wanted):
        return OfCode(scope, wanted, now_ms).count(connection, most)
    found = select(visits.c.digest).where(matching(scope, wanted, now_ms), *_of_any_band(wanted)).limit(most)
    return connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def _of_any_band(wanted: VisitFilter) -> list[ColumnElement[bool]]:
    """Each band by its name: in the index of a class they stand before what is handled, which would be looked for."""
    of_class = wanted.gravest is not None and wanted.work is not None and wanted.band is None
    return [visits.c.band.in_(tuple(Band))] if of_class and wanted.work is not Work.SNOOZED else []
