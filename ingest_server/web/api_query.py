"""Combined queries as JSON and as files: the views, a page of rows, and all of them."""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from ingest_server.exports.file import MEDIA_TYPES, Format
from ingest_server.exports.moments import iso
from ingest_server.queries import query as queries
from ingest_server.queries.address import PAGING, TOO_LONG, read, written
from ingest_server.queries.bounds import Shown
from ingest_server.queries.columns import Kind, View, ViewColumn
from ingest_server.queries.query import MOST_ADDRESS, Refusal, RefusedQueryError
from ingest_server.queries.reach import reads_everything
from ingest_server.queries.views import VIEWS
from ingest_server.store.asking import Answer
from ingest_server.store.scope import OneAgency
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.answers import (
    ColumnAnswer,
    QueryAnswer,
    Responses,
    ViewAnswer,
    ViewsAnswer,
    answer,
    documented,
    problems,
)
from ingest_server.web.asking import asked, file_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.exporting import exporting
from ingest_server.web.parts import GivenParts
from ingest_server.web.query_cursor import cursor_of

MOST_QUERIED: Final = 200
Cursor = Annotated[str | None, Query(max_length=1_000, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST_QUERIED)]

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["queries"])
# What is refused of an export is entered as one too.
files = APIRouter(prefix="/api/v1", dependencies=[Depends(exporting), Depends(evidence_viewer)], tags=["queries"])
_FILTERS: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "filters",
            "in": "query",
            "style": "form",
            "explode": True,
            "description": "Conditions, all of which hold: `column=value` or `column__operator=value`, as "
            "`/api/v1/views` lists them; `order=column` or `order=-column`; `columns=one,other`.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    ]
}


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


def _files() -> Responses:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}
    return {200: {"description": "All rows, up to a limit that the file tells of.", "content": content}}


@router.get("/views", responses=documented(ViewsAnswer, 403))
def views() -> Response:
    """What may be asked about: every view with its columns."""
    return answer(ViewsAnswer(tuple(_described(view) for view in VIEWS.values())))


@files.get("/query/{view}.{form}", responses=_files() | problems(400, 403, 404, 422), openapi_extra=_FILTERS)
def export(request: Request, viewer: EvidenceViewer, parts: GivenParts, query: Question, form: Format) -> Response:
    """All rows of a question as a file: CSV, Excel or SQLite."""
    return file_of(request, parts, viewer, query, form)


@router.get("/query/{view}", responses=documented(QueryAnswer, 400, 403, 404, 422), openapi_extra=_FILTERS)
def query(
    viewer: EvidenceViewer, parts: GivenParts, query: Question, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """A page of the rows of a view that every filter holds of, within the reader's scope."""
    found = asked(parts, viewer, query, limit, cursor)
    return answer(answer_of(query, viewer, found))


def answer_of(query: queries.Query, viewer: Viewer, found: Answer) -> QueryAnswer:
    """A page of rows as JSON."""
    columns = {column.name: column for column in query.view.shown}
    return QueryAnswer(
        view=query.view.name,
        query=written(query),
        reads_everything=reads_everything(query, isinstance(viewer.scope, OneAgency)),
        rows=tuple(_row(query, columns, row) for row in found.rows),
        next_cursor=None if found.after is None else cursor_of(query, found.after),
    )


def _row(query: queries.Query, columns: Mapping[str, ViewColumn], row: tuple[Shown, ...]) -> dict[str, Shown]:
    return {name: _value(columns[name], value) for name, value in zip(query.columns, row, strict=True)}


def _value(column: ViewColumn, value: Shown) -> Shown:
    return iso(int(value), UTC) if column.kind is Kind.MOMENT and value is not None else value


def _described(view: View) -> ViewAnswer:
    columns = tuple(
        ColumnAnswer(
            name=column.name,
            kind=column.kind,
            label=column.label,
            means=column.means,
            unit=column.unit,
            operators=column.operators,
            values=tuple(value.value for value in column.vocabulary or ()),
            may_be_empty=column.may_be_empty,
            leads=column.leads,
            shown=column.shown,
        )
        for column in view.columns
    )
    return ViewAnswer(view.name, view.label, view.means, columns, view.orders)
