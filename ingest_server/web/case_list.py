"""A list of cases, a page at a time: one answer for programs and for the page."""

import re
from typing import Final

from ingest_server.store.case_lists import CaseFilter, CasePlace, Part, cases_page, place_of_case
from ingest_server.store.scope import Scope
from ingest_server.web.answers import CasesAnswer
from ingest_server.web.cursor import fields_of, wrapped
from ingest_server.web.parts import Parts

# No more digits than every database compares with the numbers of its rows.
_PLACE: Final = re.compile(r"cases:([012]),(0|[1-9][0-9]{0,14}),([1-9][0-9]{0,8})")


def cases_answer(parts: Parts, scope: Scope, wanted: CaseFilter, limit: int, cursor: str | None) -> CasesAnswer:
    """A page of cases, and where the next one begins.

    Raises:
        WrongCursorError: the cursor is none that this server gave for this list.
    """
    after = None if cursor is None else _place_of(cursor)
    with parts.database.reading() as connection:
        found = cases_page(connection, scope, wanted, limit + 1, after)
    more = _cursor_of(place_of_case(found[limit - 1])) if len(found) > limit else None
    return CasesAnswer(tuple(found[:limit]), more)


def _cursor_of(place: CasePlace) -> str:
    return wrapped(f"cases:{place.part},{place.due_at_ms},{place.case}".encode())


def _place_of(cursor: str) -> CasePlace:
    part, due_at_ms, case = fields_of(cursor, _PLACE)
    return CasePlace(Part(int(part)), int(due_at_ms), int(case))
