"""Visits that raised one code, by the index of what was raised, whether that is rare or stands at every other visit.

The index leads to cells: one class, one band, handled or not. Within a cell the newest are first and the end is near,
so that a page of any choice of cells, and counts up to a limit, cost what is shown and not what there is.

A statement over all cells takes longer to put together than to answer: it is made once for each shape of a question,
and run with the question's values.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    select,
    true,
    union_all,
)

from ingest_server.scoring.verdict import CLASSES, Band
from ingest_server.store.newest import Rows, Stretch, StretchShape, in_stretch
from ingest_server.store.schema import visit_exceptions, visits
from ingest_server.store.scope import AnyScope, Scope, named, of_agency, unnamed
from ingest_server.store.wanted import VisitFilter, Work
from visit_record.vocabulary import ExceptionClass

_RAISED: Final = visit_exceptions.c
_MOST: Final = bindparam("most", type_=BigInteger)
_NOW_MS: Final = bindparam("now_ms", type_=BigInteger)


def led_by_code(wanted: VisitFilter) -> bool:
    """Whether what was raised leads to the visits, as nothing does of which anybody has few."""
    fewer = (wanted.caregiver, wanted.recipient, wanted.device, wanted.link)
    return wanted.exception is not None and all(one is None for one in fewer)


class OfCode(Struct, frozen=True):
    """Which visits a reader wants, of one code; ``now_ms`` is our clock."""

    scope: Scope
    wanted: VisitFilter
    now_ms: int

    def newest(self, connection: Connection, stretch: Stretch, most: int) -> Rows:
        """Rows of ``visits``, the newest first."""
        query = _newest(self._shape(stretch.shape))
        return connection.execute(query, {**self._values(most), **stretch.values}).all()

    def digests(self, connection: Connection, most: int) -> Sequence[str]:
        """At most so many of their records, in no order."""
        return connection.execute(_digests(self._shape()), self._values(most)).scalars().all()

    def count(self, connection: Connection, most: int) -> int:
        """How many there are; ``most`` where there are as many or more."""
        found: int = connection.execute(_count(self._shape()), self._values(most)).scalar_one()
        return found

    def _shape(self, within: StretchShape | None = None) -> "_Shape":
        wanted = self.wanted
        of_agency = wanted.agency is not None
        return _Shape(unnamed(self.scope), of_agency, wanted.gravest, wanted.band, wanted.work, within)

    def _values(self, most: int) -> dict[str, object]:
        asked = {"code": self.wanted.exception, "agency": self.wanted.agency, "now_ms": self.now_ms, "most": most}
        return {**asked, **named(self.scope)}


class _Shape(NamedTuple):
    """A question without its values."""

    scope: AnyScope
    of_agency: bool
    gravest: ExceptionClass | None
    band: Band | None
    work: Work | None
    within: StretchShape | None


@lru_cache(maxsize=256)
def _newest(shape: _Shape) -> Select[Any]:
    found = _found(shape)
    query = select(visits).join(found, found.c.digest == visits.c.digest)
    return query.order_by(found.c.check_in_ms.desc(), found.c.digest.desc()).limit(_MOST)


@lru_cache(maxsize=256)
def _digests(shape: _Shape) -> Select[Any]:
    return select(_found(shape).c.digest).limit(_MOST)


@lru_cache(maxsize=256)
def _count(shape: _Shape) -> Select[Any]:
    return select(func.count()).select_from(_digests(shape).subquery())


def _found(shape: _Shape) -> Subquery:
    """Digests and check-ins of every cell that is wanted, at most so many of each, the newest first."""
    asked = [of_agency(shape.scope, _RAISED.agency), _RAISED.code == bindparam("code")]
    asked += [] if shape.within is None else [in_stretch(visit_exceptions, shape.within)]
    asked += [_RAISED.agency == bindparam("agency")] if shape.of_agency else []
    cells = [_newest_first(and_(*asked, cell)) for cell in _cells(shape)]
    # SQLite takes a limit within a union only where it stands in a query of its own.
    return union_all(*(select(cell.subquery()) for cell in cells)).subquery("found")


def _newest_first(condition: ColumnElement[bool]) -> Select[Any]:
    query = select(_RAISED.check_in_ms, _RAISED.digest).where(condition)
    return query.order_by(_RAISED.check_in_ms.desc(), _RAISED.digest.desc()).limit(_MOST)


def _cells(shape: _Shape) -> Iterator[ColumnElement[bool]]:
    # A visit of which the chain alone is broken has a verdict that raised nothing.
    classes: Sequence[str] = ("", *CLASSES) if shape.gravest is None else (shape.gravest,)
    bands = tuple(Band) if shape.band is None else (shape.band,)
    for gravest, band, (handled, awake) in product(classes, bands, _works(shape.work)):
        yield and_(_RAISED.gravest == gravest, _RAISED.band == band, _RAISED.handled.is_(handled), awake)


def _works(work: Work | None) -> tuple[tuple[bool, ColumnElement[bool]], ...]:
    match work:
        case None:
            return ((False, true()), (True, true()))
        case Work.WAITING:
            return ((False, _RAISED.wakes_at_ms <= _NOW_MS),)
        case Work.SNOOZED:
            return ((False, _RAISED.wakes_at_ms > _NOW_MS),)
        case Work.HANDLED:
            return ((True, true()),)
