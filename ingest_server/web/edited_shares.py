"""Shares of edited visits, a page at a time: one answer for programs, for the page and for files."""

import re
from typing import Annotated, Final

from fastapi import Query

from ingest_server.authenticity.counting import Period, period_to
from ingest_server.store.edit_sums import ShareFilter, SharePlace, edited_whole, shares_page
from ingest_server.store.scope import Scope
from ingest_server.web.answers import SharesAnswer
from ingest_server.web.cursor import fields_of, wrapped
from ingest_server.web.parts import Parts

MONTHS: Final = 12
Month = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Month of check-in, UTC.")]
_PLACE: Final = re.compile(r"shares:(0|[1-9][0-9]{0,14}),([A-Za-z0-9._-]{1,64}),([A-Za-z0-9._-]{1,64})")


def period_of(since: str | None, until: str | None, now_ms: int) -> Period:
    """The months asked for; unasked, the last twelve."""
    usual = period_to(now_ms, MONTHS)
    return Period(since or min(usual.first, until or usual.first), until or max(usual.last, since or usual.last))


def shares_answer(parts: Parts, scope: Scope, wanted: ShareFilter, limit: int) -> SharesAnswer:
    """A page of shares, and the whole to compare with."""
    with parts.database.reading() as connection:
        found = shares_page(connection, scope, wanted, limit + 1)
        whole = edited_whole(connection, scope, wanted)
    last = found[limit - 1] if len(found) > limit else None
    following = None if last is None else _cursor_of(SharePlace(last.edited, last.subject, last.agency))
    return SharesAnswer(wanted.kind, wanted.period.first, wanted.period.last, whole, tuple(found[:limit]), following)


def share_place(cursor: str | None) -> SharePlace | None:
    """The place that a cursor names.

    Raises:
        WrongCursorError: it is none that this server gave.
    """
    if cursor is None:
        return None
    edited, subject, agency = fields_of(cursor, _PLACE)
    return SharePlace(int(edited), subject, agency)


def _cursor_of(place: SharePlace) -> str:
    return wrapped(f"shares:{place.edited},{place.subject},{place.agency}".encode())
