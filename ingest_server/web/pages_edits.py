"""The form of an edit on a visit's page."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from ingest_server.errors import EditError
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.correcting import Returned, Sent, edit_asked
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.edits import edit_visit, found_to_edit
from ingest_server.web.ids import RecordDigest, VisitPath
from ingest_server.web.pages_visit import visit_page
from ingest_server.web.parts import GivenParts
from ingest_server.web.steps import OfVisit

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


@router.post("/visits/{visit}/edits")
def edit(  # noqa: PLR0913, PLR0917 - each is a part of the address or the form
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    visit: VisitPath,
    sent: Sent,
    record: RecordDigest = None,
) -> Response:
    """Append an edit, or show the form again with what was typed and why."""
    of, correcting = OfVisit(visit, record), Doing(request, parts, viewer, SEE_OTHER)
    correcting.tries(f"edit:{sent.codes}")
    with parts.database.reading() as connection:
        found = found_to_edit(connection, viewer, of)
    try:
        asked = edit_asked(sent, found.found, parts.zone)
        edit_visit(correcting, asked, of)
    except EditError as refused:
        return visit_page(request, viewer, parts, of, returned=Returned(sent, refused))
    return RedirectResponse(f"{of.page}#edits", status_code=SEE_OTHER)


@router.get("/visits/{visit}/edits")
def form_of_edit(visit: VisitPath, record: RecordDigest = None) -> RedirectResponse:
    """Whoever opens the address of the form again is led to the page that it stands on."""
    return RedirectResponse(f"{OfVisit(visit, record).page}#edits", status_code=SEE_OTHER)
