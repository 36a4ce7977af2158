"""The EVV export for programs: pages of JSON, files, and what their fields are."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ingest_server.edits.shares import EditorKind
from ingest_server.evv.days import span_of
from ingest_server.evv.lines import MEDIA_TYPES, Form
from ingest_server.store.edit_sums import ShareFilter
from ingest_server.store.evv import EvvFilter, evv_page
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import EvvAnswer, a_file, answer, documented
from ingest_server.web.cursor import cursor_of, place_of
from ingest_server.web.edited_shares import Month, period_of
from ingest_server.web.evv_fields import FieldsAnswer, fields_answer
from ingest_server.web.evv_files import evv_count, evv_file, shares_file
from ingest_server.web.exporting import exporting
from ingest_server.web.ids import WantedId
from ingest_server.web.parts import GivenParts

MOST_VISITS = 500
First = Annotated[date, Query(alias="from", description="First day of check-in, in the server's time zone.")]
Last = Annotated[date, Query(alias="to", description="Last day of check-in, which is included.")]

# Its pages leave the house as its files do.
router = APIRouter(prefix="/api/v1", dependencies=[Depends(exporting), Depends(evidence_viewer)], tags=["evv"])
# No visit leaves with what its fields are.
described = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["evv"])


async def wanted_evv(
    parts: GivenParts, first: First, last: Last, agency: WantedId = None, caregiver: WantedId = None
) -> EvvFilter:
    """The filters of the export."""
    return EvvFilter(span_of(first, last, parts.zone), agency, caregiver)


Wanted = Annotated[EvvFilter, Depends(wanted_evv)]


@router.get("/evv", responses=documented(EvvAnswer, 400, 403, 422))
def evv(
    viewer: EvidenceViewer,
    parts: GivenParts,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_VISITS)] = 50,
) -> Response:
    """Visits with their six data elements, exceptions and edits, by check-in, oldest first."""
    after = None if cursor is None else place_of(cursor, "evv")
    with parts.database.reading() as connection:
        asked = EvvFilter(wanted.span, wanted.agency, wanted.caregiver, after)
        page = evv_page(connection, viewer.scope, asked, parts.zone, limit)
    count = evv_count(parts, viewer.scope, wanted)
    return answer(EvvAnswer(page.visits, count, None if page.after is None else cursor_of(page.after, "evv")))


@router.get("/evv.csv", responses=a_file(MEDIA_TYPES[Form.CSV], 400, 403, 422))
def evv_csv(request: Request, viewer: EvidenceViewer, parts: GivenParts, wanted: Wanted) -> Response:
    """The same as one file of CSV, of at most 100,000 visits."""
    return evv_file(request, parts, viewer.scope, wanted, Form.CSV)


@router.get("/evv.json", responses=a_file(MEDIA_TYPES[Form.JSON], 400, 403, 422))
def evv_json(request: Request, viewer: EvidenceViewer, parts: GivenParts, wanted: Wanted) -> Response:
    """The same as one document, ``{"visits": […]}``, a visit a line."""
    return evv_file(request, parts, viewer.scope, wanted, Form.JSON)


@described.get("/evv/fields", responses=documented(FieldsAnswer, 403))
def fields() -> Response:
    """What each field of the files is, in both languages, and what the codes in them are called."""
    return answer(fields_answer())


@router.get("/edits/shares.csv", responses=a_file(MEDIA_TYPES[Form.CSV], 403, 422))
def shares_csv(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    kind: EditorKind = EditorKind.CAREGIVER,
    agency: WantedId = None,
    since: Month = None,
    until: Month = None,
) -> Response:
    """Shares of edited visits as one file of CSV."""
    wanted = ShareFilter(kind, period_of(since, until, parts.now_ms()), agency)
    return shares_file(request, parts, viewer.scope, wanted)
