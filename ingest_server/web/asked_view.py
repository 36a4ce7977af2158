"""What the address of a combined query names: the view, the question about it, and where its page begins."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Path, Query, Request

from ingest_server.queries import query as queries
from ingest_server.queries.address import PAGING, TOO_LONG, read
from ingest_server.queries.columns import View
from ingest_server.queries.query import MOST_ADDRESS, Refusal, RefusedQueryError
from ingest_server.queries.views import VIEWS
from ingest_server.web.errors import NotFoundError

Cursor = Annotated[str | None, Query(max_length=1_000, description="`next_cursor` of the page before.")]


async def view_of(view: Annotated[str, Path(json_schema_extra={"enum": list(VIEWS)})]) -> View:
    """The view that an address names.

    Raises:
        NotFoundError: there is none of the name.
    """
    if view not in VIEWS:
        raise NotFoundError
    return VIEWS[view]


AskedView = Annotated[View, Depends(view_of)]


async def question_of(request: Request, view: AskedView) -> queries.Query:
    """The question that an address asks.

    Raises:
        RefusedQueryError: it is not understood.
    """
    asked = request.query_params.multi_items()
    # As it was typed, not as a link has it: it is the former that the trail keeps.
    if len(urlencode([(name, text) for name, text in asked if name not in PAGING], safe=",:/")) > MOST_ADDRESS:
        raise RefusedQueryError((Refusal("", TOO_LONG),))
    return read(view, asked)


Question = Annotated[queries.Query, Depends(question_of)]
