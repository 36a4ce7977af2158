"""Ids in addresses and queries: the record's, as OpenAPI writes patterns."""

from typing import Annotated, Final

from fastapi import Query

from visit_record.record import IDENTIFIER

ID_PATTERN: Final = f"^{IDENTIFIER.pattern}$"
# Of a row: the largest that every database keeps in one.
MOST_ID: Final = 2**31 - 1
_CURSOR: Final = "`next_cursor` of the page before."
AfterRow = Annotated[int | None, Query(ge=1, le=MOST_ID, description=_CURSOR)]
AfterName = Annotated[str | None, Query(pattern=ID_PATTERN, description=_CURSOR)]
AfterPlace = Annotated[str | None, Query(max_length=400, description=_CURSOR)]
