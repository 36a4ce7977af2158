"""Combined queries as JSON and as files: the views, a page of rows, and all of them."""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ingest_server.exports.file import MEDIA_TYPES, Format
from ingest_server.exports.moments import iso
from ingest_server.queries import query as queries
from ingest_server.queries.address import written
from ingest_server.queries.bounds import Shown
from ingest_server.queries.columns import Kind, View, ViewColumn
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
from ingest_server.web.asked_view import Cursor, Question
from ingest_server.web.asking import asked, file_of
from ingest_server.web.exporting import exporting
from ingest_server.web.parts import GivenParts
from ingest_server.web.query_cursor import cursor_of

MOST_QUERIED: Final = 200
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
