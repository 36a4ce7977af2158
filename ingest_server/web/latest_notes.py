"""Notes from devices: one answer for programs and for pages."""

from ingest_server.store.scope import Scope
from ingest_server.store.visit_notes import NoteFilter, notes_of, notes_page
from ingest_server.store.visits import find_key
from ingest_server.web.answers import NotesAnswer, NotesOfVisitAnswer
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts

MOST_NOTES = 200


def notes_answer(parts: Parts, scope: Scope, wanted: NoteFilter, limit: int) -> NotesAnswer:
    """A page of notes, newest first, and where the next one begins."""
    with parts.database.reading() as connection:
        found = notes_page(connection, scope, wanted, limit + 1)
    more = found[limit - 1][0] if len(found) > limit else None
    return NotesAnswer(tuple(line for _, line in found[:limit]), more)


def notes_of_visit(parts: Parts, scope: Scope, visit: str, record: str | None) -> NotesOfVisitAnswer:
    """What its caregiver wrote of one visit.

    Raises:
        NotFoundError: there is no such visit to see.
    """
    with parts.database.reading() as connection:
        key = find_key(connection, scope, visit, record)
        if key is None:
            raise NotFoundError
        return NotesOfVisitAnswer(visit, key.digest, notes_of(connection, scope, key.digest))
