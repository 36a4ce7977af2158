"""Edits, newest first, a page at a time: one answer for programs and for the page."""

from ingest_server.store.edits import EditFilter, edits_page
from ingest_server.store.scope import Scope
from ingest_server.web.answers import EditsAnswer
from ingest_server.web.parts import Parts

MOST_EDITS = 200


def edits_answer(parts: Parts, scope: Scope, wanted: EditFilter, limit: int) -> EditsAnswer:
    """A page of edits, and where the next one begins."""
    with parts.database.reading() as connection:
        found = edits_page(connection, scope, wanted, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return EditsAnswer(tuple(found[:limit]), more)
