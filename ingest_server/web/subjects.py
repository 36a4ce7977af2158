"""The pages of an agency, a recipient and a device: what their visits come to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import HTMLResponse

from ingest_server.authenticity.estimate import Kind
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.authenticity import authenticity_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import ID_PATTERN
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.rendering import page
from ingest_server.web.shares import shown_of

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
Identified = Annotated[str, Path(pattern=ID_PATTERN)]


@router.get("/agencies/{agency}")
def agency(request: Request, viewer: EvidenceViewer, parts: GivenParts, agency: Identified) -> HTMLResponse:
    """What an agency's visits come to."""
    return _page(request, viewer, parts, Kind.AGENCY, agency)


@router.get("/recipients/{recipient}")
def recipient(request: Request, viewer: EvidenceViewer, parts: GivenParts, recipient: Identified) -> HTMLResponse:
    """What the visits to a recipient come to."""
    return _page(request, viewer, parts, Kind.RECIPIENT, recipient)


@router.get("/devices/{device}")
def device(request: Request, viewer: EvidenceViewer, parts: GivenParts, device: Identified) -> HTMLResponse:
    """What the visits that a device witnessed come to."""
    return _page(request, viewer, parts, Kind.DEVICE, device)


def _page(request: Request, viewer: Viewer, parts: Parts, kind: Kind, subject: str) -> HTMLResponse:
    found = authenticity_of(parts, viewer.scope, kind, subject)
    if found is None:
        raise NotFoundError
    return page(request, "subject.html", kind=kind, shown=shown_of(found, parts.censuses.settings))
