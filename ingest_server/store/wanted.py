"""Which visits are wanted, and which page of them."""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, literal_column, select

from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import records, visit_exceptions, visits
from ingest_server.store.scope import Scope, of_agency
from visit_record.chain import LinkState
from visit_record.vocabulary import ExceptionClass, ExceptionCode

# The order of the queue, each column falling.
IN_QUEUE = (visits.c.at_risk_fen, visits.c.check_in_ms, visits.c.digest)
# By these anybody has many.
_OF_MANY = ("agency", "band", "gravest")
# Said as the index of these few says it, or it would not be looked at.
_PUT_OFF = visits.c.wakes_at_ms > literal_column("0")


class Work(StrEnum):
    """Whether a visit waits to be looked at, sleeps until a date, or was handled: closed, or before a second person."""

    WAITING = "waiting"
    SNOOZED = "snoozed"
    HANDLED = "handled"


class Order(StrEnum):
    """By what a list is ordered, falling."""

    LOSS = "loss"
    NEWEST = "newest"


class Place(NamedTuple):
    """Where a page ended, in either order: the next one begins after it. Stays right while new visits arrive."""

    at_risk_fen: int
    check_in_ms: int
    digest: str


class Cut(Struct, frozen=True):
    """Which page of a list: at most ``limit`` visits after a place, or from the beginning; ``now_ms`` is our clock.

    Without an ``order``, visits of a band that is to be looked at come by expected loss, others newest first.
    """

    limit: int
    now_ms: int
    after: Place | None = None
    order: Order | None = None


class VisitFilter(Struct, frozen=True):
    """Which visits are wanted; ``None`` wants all.

    ``link`` is how the record stands in its device's chain, ``work`` whether the visit waits for people, ``gravest``
    the gravest class of its verdict's exceptions, ``exception`` one that the visit raised, or its chain.
    """

    agency: str | None = None
    caregiver: str | None = None
    recipient: str | None = None
    device: str | None = None
    band: Band | None = None
    link: LinkState | None = None
    work: Work | None = None
    gravest: ExceptionClass | None = None
    exception: ExceptionCode | None = None


def matching(scope: Scope, wanted: VisitFilter, now_ms: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition on visits that are wanted, and that a scope sees."""
    asked = {name: getattr(wanted, name) for name in ("agency", "caregiver", "recipient", "device", "band", "gravest")}
    conditions = [_column(wanted, name) == value for name, value in asked.items() if value is not None]
    if wanted.link is not None:
        conditions.append(visits.c.digest.in_(select(records.c.digest).where(records.c.link_state == wanted.link)))
    if wanted.exception is not None:
        conditions.append(_raised(wanted.exception))
    if wanted.work is not None:
        conditions += _at_work(wanted.work, now_ms)
    return and_(of_agency(scope, _column(wanted, "agency")), *conditions)


def _column(wanted: VisitFilter, name: str) -> ColumnElement[str]:
    column: ColumnElement[str] = visits.c[name]
    few = wanted.link is not None or wanted.work is Work.SNOOZED
    # As an expression it has no index: among all visits of a band, broken links would be looked for one by one.
    return column.concat("") if few and name in _OF_MANY else column


def _raised(code: ExceptionCode) -> ColumnElement[bool]:
    # Looked up for one visit after the other: whoever asks has few, or stops at a page of them.
    found = select(visit_exceptions.c.digest).where(visit_exceptions.c.code == code)
    return found.where(visit_exceptions.c.digest == visits.c.digest).correlate(visits).exists()


def _at_work(work: Work, now_ms: int | ColumnElement[int]) -> list[ColumnElement[bool]]:
    match work:
        case Work.WAITING:
            return [~visits.c.handled, visits.c.wakes_at_ms <= now_ms]
        case Work.SNOOZED:
            return [~visits.c.handled, visits.c.wakes_at_ms > now_ms, _PUT_OFF]
        case Work.HANDLED:
            return [visits.c.handled]
