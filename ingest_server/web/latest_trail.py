"""The audit trail, newest first, a page at a time: one answer for programs and for the page."""

from typing import Final

from ingest_server.store.scope import Scope
from ingest_server.store.trail import TrailFilter, entries
from ingest_server.web.answers import TrailAnswer
from ingest_server.web.parts import Parts

ENTRIES_A_PAGE: Final = 100


def trail_answer(parts: Parts, scope: Scope, wanted: TrailFilter, limit: int) -> TrailAnswer:
    """A page of entries, and where the next one begins."""
    with parts.database.reading() as connection:
        found = entries(connection, scope, wanted, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return TrailAnswer(tuple(found[:limit]), more)
