"""Visits that raised one code, by the index of what was raised, whether that is rare or stands at every other visit.

The index leads to cells: one class, one band, handled or not. Within a cell the newest are first and the end is near,
so that a page of any choice of cells, and counts up to a limit, cost what is shown and not what there is.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, func, select, true, union_all

from ingest_server.scoring.verdict import CLASSES, Band
from ingest_server.store.newest import Rows, Stretch
from ingest_server.store.schema import visit_exceptions, visits
from ingest_server.store.scope import Scope, of_agency
from ingest_server.store.wanted import VisitFilter, Work

_RAISED = visit_exceptions.c


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
        found = self._found(most, stretch.of(visit_exceptions))
        order = (found.c.check_in_ms.desc(), found.c.digest.desc())
        query = select(visits).join(found, found.c.digest == visits.c.digest)
        return connection.execute(query.order_by(*order).limit(most)).all()

    def digests(self, connection: Connection, most: int) -> Sequence[str]:
        """At most so many of their records, in no order."""
        return connection.execute(select(self._found(most).c.digest).limit(most)).scalars().all()

    def count(self, connection: Connection, most: int) -> int:
        """How many there are; ``most`` where there are as many or more."""
        found = select(self._found(most).c.digest).limit(most).subquery()
        return connection.execute(select(func.count()).select_from(found)).scalar_one()

    def _found(self, most: int, within: ColumnElement[bool] | None = None) -> Subquery:
        """Digests and check-ins of every cell that is wanted, at most so many of each, the newest first."""
        asked = [of_agency(self.scope, _RAISED.agency), _RAISED.code == self.wanted.exception]
        asked += [] if within is None else [within]
        asked += [] if self.wanted.agency is None else [_RAISED.agency == self.wanted.agency]
        cells = [_newest_first(and_(*asked, cell), most) for cell in _cells(self.wanted, self.now_ms)]
        # SQLite takes a limit within a union only where it stands in a query of its own.
        return union_all(*(select(cell.subquery()) for cell in cells)).subquery("found")


def _newest_first(condition: ColumnElement[bool], most: int) -> Select[Any]:
    query = select(_RAISED.check_in_ms, _RAISED.digest).where(condition)
    return query.order_by(_RAISED.check_in_ms.desc(), _RAISED.digest.desc()).limit(most)


def _cells(wanted: VisitFilter, now_ms: int) -> Iterator[ColumnElement[bool]]:
    # A visit of which the chain alone is broken has a verdict that raised nothing.
    classes: Sequence[str] = ("", *CLASSES) if wanted.gravest is None else (wanted.gravest,)
    bands = tuple(Band) if wanted.band is None else (wanted.band,)
    for gravest, band, (handled, awake) in product(classes, bands, _works(wanted.work, now_ms)):
        yield and_(_RAISED.gravest == gravest, _RAISED.band == band, _RAISED.handled.is_(handled), awake)


def _works(work: Work | None, now_ms: int) -> tuple[tuple[bool, ColumnElement[bool]], ...]:
    match work:
        case None:
            return ((False, true()), (True, true()))
        case Work.WAITING:
            return ((False, _RAISED.wakes_at_ms <= now_ms),)
        case Work.SNOOZED:
            return ((False, _RAISED.wakes_at_ms > now_ms),)
        case Work.HANDLED:
            return ((True, true()),)
