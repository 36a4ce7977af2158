"""Edits as JSON: of one visit, of all, and the shares of visits that were edited."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ingest_server.edits.codes import ActionTaken, Reason
from ingest_server.edits.edit import Mark
from ingest_server.edits.shares import EditorKind
from ingest_server.store.edit_sums import ShareFilter
from ingest_server.store.edits import EditFilter, find_to_edit
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import EditsAnswer, SharesAnswer, answer, documented
from ingest_server.web.doing import Doing
from ingest_server.web.edited_shares import Month, period_of, share_place, shares_answer
from ingest_server.web.edits import EditAsked, EditedVisitAnswer, edit_visit, edited_answer
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterPlace, AfterRow, RecordDigest, VisitPath, WantedId
from ingest_server.web.latest_edits import MOST_EDITS, edits_answer
from ingest_server.web.parts import GivenParts
from ingest_server.web.steps import OfVisit

MOST_SHARES = 200

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["edits"])


@router.get("/visits/{visit}/edits", responses=documented(EditedVisitAnswer, 403, 404, 422))
def edits_of_visit(
    viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None
) -> Response:
    """A visit as planned, as captured, and as it stands after its edits, all told; and why none may be made now."""
    with parts.database.reading() as connection:
        found = find_to_edit(connection, viewer.scope, visit, record)
    if found is None:
        raise NotFoundError
    return answer(edited_answer(viewer, parts, found))


@router.post("/visits/{visit}/edits", responses=documented(EditedVisitAnswer, 400, 403, 404, 409, 422))
def edit(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    visit: VisitPath,
    asked: EditAsked,
    record: RecordDigest = None,
) -> Response:
    """Append an edit, as a supervisor; 409 where somebody else did since `seen_version`. Nothing captured changes."""
    made = edit_visit(Doing(request, parts, viewer), asked, OfVisit(visit, record))
    return answer(edited_answer(viewer, parts, made))


async def wanted_edits(  # noqa: PLR0913, PLR0917 - each is a part of the question
    agency: WantedId = None,
    caregiver: WantedId = None,
    actor: WantedId = None,
    reason: Reason | None = None,
    action: ActionTaken | None = None,
    mark: Annotated[Mark | None, Query(description="Edits that the fund wants to see: `lengthens` and others.")] = None,
    cursor: AfterRow = None,
) -> EditFilter:
    """The filters of a list of edits."""
    return EditFilter(agency, caregiver, actor, reason, action, mark, cursor)


@router.get("/edits", responses=documented(EditsAnswer, 403, 422))
def edits(
    viewer: EvidenceViewer,
    parts: GivenParts,
    wanted: Annotated[EditFilter, Depends(wanted_edits)],
    limit: Annotated[int, Query(ge=1, le=MOST_EDITS)] = 50,
) -> Response:
    """Edits, newest first."""
    return answer(edits_answer(parts, viewer.scope, wanted, limit))


@router.get("/edits/shares", responses=documented(SharesAnswer, 400, 403, 422))
def shares(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: EvidenceViewer,
    parts: GivenParts,
    kind: EditorKind = EditorKind.CAREGIVER,
    agency: WantedId = None,
    subject: WantedId = None,
    since: Month = None,
    until: Month = None,
    cursor: AfterPlace = None,
    limit: Annotated[int, Query(ge=1, le=MOST_SHARES)] = 50,
) -> Response:
    """Shares of edited visits, per caregiver or per supervisor, most edited visits first; the last twelve months."""
    period = period_of(since, until, parts.now_ms())
    wanted = ShareFilter(kind, period, agency, subject, share_place(cursor))
    return answer(shares_answer(parts, viewer.scope, wanted, limit))
