"""The page of the EVV export: which days, the file, the shares of visits that were edited, and the edits."""

from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from msgspec.structs import asdict, replace
from starlette.responses import HTMLResponse, Response

from ingest_server.edits.codes import Place
from ingest_server.edits.edit import Mark
from ingest_server.edits.shares import EditorKind
from ingest_server.errors import ExportError, SaidError
from ingest_server.evv.days import span_of
from ingest_server.evv.lines import Form
from ingest_server.local_days import day_of
from ingest_server.store.edit_sums import ShareFilter
from ingest_server.store.edits import EditFilter
from ingest_server.store.evv import EvvFilter
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.edited_shares import period_of, share_place, shares_answer
from ingest_server.web.evv_fields import fields_answer
from ingest_server.web.evv_files import evv_count, evv_file
from ingest_server.web.exporting import exporting
from ingest_server.web.ids import MOST_ID
from ingest_server.web.latest_edits import MOST_EDITS, edits_answer
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.rendering import page
from ingest_server.words.bilingual import Words

SHARES_A_PAGE, EDITS_A_PAGE = 25, 25
USUAL_DAYS: Final = 30
Typed = Annotated[str, Query(max_length=64)]
router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
files = APIRouter(dependencies=[Depends(exporting), Depends(evidence_viewer)], include_in_schema=False)


class TypedExport(Struct, frozen=True):
    """The form as it was typed."""

    first: str
    last: str
    agency: str
    caregiver: str


async def typed_export(
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
    agency: Typed = "",
    caregiver: Typed = "",
) -> TypedExport:
    """What was typed into the form."""
    return TypedExport(first.strip(), last.strip(), agency.strip(), caregiver.strip())


class Lists(Struct, frozen=True):
    """What is listed under the form: whose shares and from where on, which edits, before which and how many."""

    kind: EditorKind = EditorKind.CAREGIVER
    cursor: str | None = None
    mark: Mark | None = None
    before: int | None = None
    limit: int = EDITS_A_PAGE


_UNASKED: Final = Lists()


async def asked_lists(
    kind: EditorKind = EditorKind.CAREGIVER,
    cursor: Annotated[str | None, Query(max_length=250)] = None,
    mark: Mark | None = None,
    before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_EDITS)] = EDITS_A_PAGE,
) -> Lists:
    """The lists that an address asks for."""
    return Lists(kind, cursor, mark, before, limit)


Asked = Annotated[TypedExport, Depends(typed_export)]


@router.get("/evv")
def evv(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    typed: Asked,
    lists: Annotated[Lists, Depends(asked_lists)],
) -> HTMLResponse:
    """Which visits a file would hold, the shares of edited visits of the last twelve months, and the latest edits."""
    return _page(request, viewer, parts, _filled(typed, parts), lists)


@files.get("/evv.csv")
def evv_csv(request: Request, viewer: EvidenceViewer, parts: GivenParts, typed: Asked) -> Response:
    """A file for spreadsheets, or the form again with what was typed and why."""
    return _file(request, viewer, parts, typed, Form.CSV)


@files.get("/evv.json")
def evv_json(request: Request, viewer: EvidenceViewer, parts: GivenParts, typed: Asked) -> Response:
    """The same for programs."""
    return _file(request, viewer, parts, typed, Form.JSON)


@router.get("/evv/fields")
def fields(request: Request) -> HTMLResponse:
    """What each field of the files is, and what the codes in them are called."""
    return page(request, "evv_fields.html", **asdict(fields_answer()))


def _file(request: Request, viewer: Viewer, parts: Parts, typed: TypedExport, form: Form) -> Response:
    try:
        return evv_file(request, parts, viewer.scope, _wanted(typed, parts.zone), form)
    except ExportError as refused:
        return _page(request, viewer, parts, typed, refused=refused)


def _filled(typed: TypedExport, parts: Parts) -> TypedExport:
    """The form as it opens: the last thirty days."""
    if typed.first or typed.last:
        return typed
    today = day_of(parts.now_ms(), parts.zone)
    first = today - timedelta(days=USUAL_DAYS - 1)
    return TypedExport(first.isoformat(), today.isoformat(), typed.agency, typed.caregiver)


def _wanted(typed: TypedExport, zone: ZoneInfo) -> EvvFilter:
    try:
        first, last = date.fromisoformat(typed.first), date.fromisoformat(typed.last)
    except ValueError as cause:
        raise ExportError("write both days, such as 2026-09-01", "请填写起止日期，如 2026-09-01") from cause
    return EvvFilter(span_of(first, last, zone), typed.agency or None, typed.caregiver or None)


def _page(  # noqa: PLR0913, PLR0917 - a page, and what stands in its form
    request: Request,
    viewer: Viewer,
    parts: Parts,
    typed: TypedExport,
    lists: Lists = _UNASKED,
    refused: SaidError | None = None,
) -> HTMLResponse:
    count: int | None = None
    if refused is None:
        try:
            count = evv_count(parts, viewer.scope, _wanted(typed, parts.zone))
        except ExportError as cause:
            refused = cause
    return page(
        request,
        "evv.html",
        200 if refused is None else 400,
        typed=typed,
        count=count,
        most=parts.limits.export_rows,
        refused=None if refused is None else Words(*refused.said),
        **_shares(parts, viewer, typed, lists),
        **_edits(parts, viewer, typed, lists),
    )


def _shares(parts: Parts, viewer: Viewer, typed: TypedExport, lists: Lists) -> dict[str, object]:
    period, place = period_of(None, None, parts.now_ms()), share_place(lists.cursor)
    wanted = ShareFilter(lists.kind, period, typed.agency or None, _whose(typed, lists), place)
    shares = shares_answer(parts, viewer.scope, wanted, SHARES_A_PAGE)
    return {
        "shares": shares,
        "kinds": [(one, _address(typed, replace(lists, kind=one, cursor=None))) for one in EditorKind],
        "following": shares.next_cursor and _address(typed, replace(lists, cursor=shares.next_cursor)),
    }


def _whose(typed: TypedExport, lists: Lists) -> str | None:
    return typed.caregiver or None if lists.kind is EditorKind.CAREGIVER else None


def _edits(parts: Parts, viewer: Viewer, typed: TypedExport, lists: Lists) -> dict[str, object]:
    wanted = EditFilter(typed.agency or None, typed.caregiver or None, mark=lists.mark, before=lists.before)
    found = edits_answer(parts, viewer.scope, wanted, lists.limit)
    marks = [(one, _address(typed, replace(lists, mark=one, before=None))) for one in (None, *Mark)]
    older = found.next_cursor and _address(typed, replace(lists, before=found.next_cursor))
    return {"edits": found.edits, "mark": lists.mark, "marks": marks, "older": older, "edit_places": tuple(Place)}


def _address(typed: TypedExport, lists: Lists) -> str:
    given = {"from": typed.first, "to": typed.last, "agency": typed.agency, "caregiver": typed.caregiver}
    given |= {"kind": lists.kind.value, "cursor": lists.cursor or ""}
    given |= {"mark": lists.mark.value if lists.mark else "", "before": str(lists.before or "")}
    given |= {"limit": "" if lists.limit == EDITS_A_PAGE else str(lists.limit)}
    return "/evv?" + urlencode({name: value for name, value in given.items() if value})
