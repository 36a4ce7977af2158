"""Accounts, a page at a time and one by one: one answer for programs and for the pages."""

from typing import Final

from ingest_server.store.people import Person, find_person, people_page
from ingest_server.web.answers import PeopleAnswer
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import Parts

PEOPLE_A_PAGE: Final = 50


def people_answer(parts: Parts, cursor: str | None, limit: int) -> PeopleAnswer:
    """A page of accounts."""
    with parts.database.reading() as connection:
        found = people_page(connection, parts.now_ms(), cursor, limit + 1)
    return PeopleAnswer(tuple(found[:limit]), found[limit - 1].name if len(found) > limit else None)


def person_called(parts: Parts, name: str) -> Person:
    """An account.

    Raises:
        NotFoundError: there is nobody of that name.
    """
    with parts.database.reading() as connection:
        found = find_person(connection, name, parts.now_ms())
    if found is None:
        raise NotFoundError
    return found
