"""How many visits there are of each kind, as far as anybody wants to know.

Nobody reads whether a million visits are credible or two; counting them all would take seconds.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import BigInteger, ColumnElement, Connection, ScalarSelect, Select, bindparam, func, select

from ingest_server.scoring.verdict import CLASSES, Band
from ingest_server.store.of_code import OfCode, led_by_code
from ingest_server.store.schema import visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.wanted import VisitFilter, Work, matching
from visit_record.vocabulary import ExceptionClass

MOST_COUNTED: Final = 10_000
_MOST: Final = bindparam("most", type_=BigInteger)
_NOW_MS: Final = bindparam("now_ms", type_=BigInteger)


def class_counts(
    connection: Connection, scope: Scope, wanted: VisitFilter, now_ms: int, most: int = MOST_COUNTED
) -> dict[ExceptionClass, int]:
    """How many visits are of each class, whichever is wanted; ``most`` where there are as many or more."""
    of_class = tuple(replace(wanted, gravest=one) for one in CLASSES)
    return dict(zip(CLASSES, _counts(connection, scope, of_class, now_ms, most), strict=True))


def band_counts(
    connection: Connection, scope: Scope, wanted: VisitFilter, now_ms: int, most: int = MOST_COUNTED
) -> dict[Band, int]:
    """How many visits stand in each band, whichever is wanted; ``most`` where there are as many or more."""
    of_band = tuple(replace(wanted, band=band) for band in Band)
    return dict(zip(Band, _counts(connection, scope, of_band, now_ms, most), strict=True))


def has_visits(connection: Connection, scope: Scope) -> bool:
    """Whether there is any visit to see at all."""
    return connection.execute(select(visits.c.digest).where(visible(scope)).limit(1)).first() is not None


def _counts(
    connection: Connection, scope: Scope, asked: tuple[VisitFilter, ...], now_ms: int, most: int
) -> Sequence[int]:
    if any(led_by_code(wanted) for wanted in asked):
        return [OfCode(scope, wanted, now_ms).count(connection, most) for wanted in asked]
    return connection.execute(_counting(scope, asked), {"now_ms": now_ms, "most": most}).one()


# One statement for all, and made once for each question that somebody asks again and again: to put seven together and
# run them took a third of the time of the queue's page.
@lru_cache(maxsize=128)
def _counting(scope: Scope, asked: tuple[VisitFilter, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(_count(scope, wanted) for wanted in asked))


def _count(scope: Scope, wanted: VisitFilter) -> ScalarSelect[int]:
    found = select(visits.c.digest).where(matching(scope, wanted, _NOW_MS), *_of_any_band(wanted)).limit(_MOST)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def _of_any_band(wanted: VisitFilter) -> list[ColumnElement[bool]]:
    """Each band by its name: in the index of a class they stand before what is handled, which would be looked for."""
    of_class = wanted.gravest is not None and wanted.work is not None and wanted.band is None
    return [visits.c.band.in_(tuple(Band))] if of_class and wanted.work is not Work.SNOOZED else []
