"""The pages of combined queries: which views there are, and one with its form, its rows and its exports."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BeforeValidator
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import TooLongError
from ingest_server.exports.file import Format
from ingest_server.queries import form as forms
from ingest_server.queries.address import PAGING, order_named, read, written
from ingest_server.queries.columns import View
from ingest_server.queries.form import Row
from ingest_server.queries.query import Query as Asked
from ingest_server.queries.query import Refusal, RefusedQueryError
from ingest_server.queries.reach import reads_everything
from ingest_server.queries.reading import COLUMNS, ORDER
from ingest_server.queries.views import VIEWS
from ingest_server.store.asking import Answer
from ingest_server.store.saved import saved_for
from ingest_server.store.scope import OneAgency
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.asked_view import AskedView, Cursor, Question
from ingest_server.web.asking import asked, file_of
from ingest_server.web.exporting import exporting
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.query_cursor import cursor_of
from ingest_server.web.query_desk import cells_of, loose, orders_of, shown_rows
from ingest_server.web.rendering import page
from ingest_server.words.bilingual import Words

ROWS_A_PAGE: Final = (50, 100, 200)
# An address has texts alone, which are no whole numbers yet.
RowsAPage = Annotated[Literal[50, 100, 200], BeforeValidator(int)]
router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
files = APIRouter(dependencies=[Depends(exporting), Depends(evidence_viewer)], include_in_schema=False)
Pairs = list[tuple[str, str]]


@router.get("/query")
def views(request: Request, viewer: EvidenceViewer, parts: GivenParts) -> HTMLResponse:
    """Every view that may be asked about, and the reader's saved queries."""
    return views_page(request, viewer, parts)


def views_page(request: Request, viewer: Viewer, parts: Parts, status: int = 200, **refused: object) -> HTMLResponse:
    """The same; ``typed`` and ``refused`` where a query could not be saved."""
    with parts.database.reading() as connection:
        saved = saved_for(connection, viewer.account)
    told = {"typed": None, "refused": None, "changes": None} | refused
    return page(request, "query_views.html", status, views=VIEWS, saved=saved, **told)


@files.get("/query/{view}.{form}")
def export(request: Request, viewer: EvidenceViewer, parts: GivenParts, query: Question, form: Format) -> Response:
    """All rows of a question as a file."""
    return file_of(request, parts, viewer, query, form)


@router.get("/query/{view}")
def query(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    view: AskedView,
    cursor: Cursor = None,
    limit: Annotated[RowsAPage, Query()] = 50,
) -> Response:
    """The form of a view and the rows that it asks for; a form that was sent leads to its link."""
    pairs = request.query_params.multi_items()
    desk = _Desk(request, viewer, parts, view)
    if not forms.is_sent(pairs):
        return desk.linked(pairs, cursor, limit)
    form = forms.sent(pairs)
    changed = forms.changed(view, form)
    return desk.asked(form) if changed is None else desk.unanswered(changed)


class _Desk:
    """One look at the page of a view."""

    def __init__(self, request: Request, viewer: Viewer, parts: Parts, view: View) -> None:
        self._request = request
        self._viewer = viewer
        self._parts = parts
        self._view = view

    def asked(self, form: forms.Sent) -> Response:
        """On to the link of a form; back to it where it is wrong."""
        try:
            query = read(self._view, forms.pairs_of(form))
        except RefusedQueryError as refused:
            return self.unanswered(form, refused.refusals)
        return RedirectResponse(_address(query), status_code=303)

    def linked(self, pairs: Pairs, cursor: str | None, limit: int) -> Response:
        """The rows of a link."""
        form = forms.Sent(forms.rows_of(pair for pair in pairs if pair[0] not in PAGING), forms.beside(pairs))
        try:
            query = read(self._view, pairs)
            found = asked(self._parts, self._viewer, query, limit, cursor)
        except RefusedQueryError as refused:
            return self.unanswered(form, refused.refusals)
        except TooLongError as late:
            return self.unanswered(form, (Refusal("", Words(*late.said)),))
        rows = form.rows or forms.first_rows(self._view)
        told = self._answer(query, found, limit, first=cursor is not None)
        return self._page(rows, (), order=order_named(query.order), chosen=query.columns, added=False, **told)

    def unanswered(self, form: forms.Sent, refusals: tuple[Refusal, ...] = ()) -> HTMLResponse:
        """The form as it was typed, without an answer."""
        order = next((text for name, text in form.rest if name == ORDER), "")
        chosen = tuple(part for name, text in form.rest if name == COLUMNS for part in text.split(","))
        added = form.does == forms.ADD
        return self._page(form.rows, refusals, order=order, chosen=chosen, query=None, added=added)

    def _page(self, rows: tuple[Row, ...], refusals: tuple[Refusal, ...], **told: object) -> HTMLResponse:
        shown = shown_rows(self._view, rows, refusals)
        told |= {"view": self._view, "rows": shown, "refused": loose(shown, refusals), "orders": orders_of(self._view)}
        return page(self._request, "query.html", 400 if refusals else 200, formats=tuple(Format), **told)

    def _answer(self, query: Asked, found: Answer, limit: int, first: bool) -> dict[str, object]:
        return {
            "query": query,
            "address": written(query),
            "columns": [column for column in self._view.shown if column.name in query.columns],
            "cells": tuple(cells_of(query, found)),
            "following": None if found.after is None else _address(query, limit, cursor_of(query, found.after)),
            "first": _address(query, limit) if first else None,
            "sizes": [(size, _address(query, size), size == limit) for size in ROWS_A_PAGE],
            "everything": reads_everything(query, isinstance(self._viewer.scope, OneAgency)),
            "most_rows": self._parts.limits.export_rows,
        }


def _address(query: Asked, limit: int = ROWS_A_PAGE[0], cursor: str | None = None) -> str:
    paging = {"limit": "" if limit == ROWS_A_PAGE[0] else str(limit), "cursor": cursor or ""}
    parts = [written(query), urlencode({name: value for name, value in paging.items() if value})]
    asked = "&".join(part for part in parts if part)
    return f"/query/{query.view.name}?{asked}" if asked else f"/query/{query.view.name}"
