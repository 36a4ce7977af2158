"""The page of a caregiver."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from ingest_server.authenticity.estimate import Kind
from ingest_server.store.caregivers import RECENT, caregiver_summary
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.api import CaregiverPath
from ingest_server.web.authenticity import authenticity_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import GivenParts
from ingest_server.web.rendering import page
from ingest_server.web.shares import shown_of

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


@router.get("/caregivers/{caregiver}")
def caregiver(request: Request, viewer: EvidenceViewer, parts: GivenParts, caregiver: CaregiverPath) -> HTMLResponse:
    """What a caregiver's visits come to."""
    with parts.database.reading() as connection:
        found = caregiver_summary(connection, viewer.scope, caregiver, parts.now_ms())
    if found is None:
        raise NotFoundError
    share = authenticity_of(parts, viewer.scope, Kind.CAREGIVER, caregiver)
    shown = None if share is None else shown_of(share, parts.censuses.settings)
    return page(request, "caregiver.html", found=found, recent=RECENT, shown=shown)
