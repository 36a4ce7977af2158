"""The overview as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import answer, documented
from ingest_server.web.authenticity import DISTRICT_PATTERN
from ingest_server.web.ids import AfterName, WantedId
from ingest_server.web.overview import Asked, devices_page, overview
from ingest_server.web.overview_answer import DevicesAnswer, Overview
from ingest_server.web.parts import GivenParts

MOST_DEVICES = 200
WantedDistrict = Annotated[
    str | None, Query(pattern=DISTRICT_PATTERN, description="Of this district's agencies alone; for the fund.")
]

router = APIRouter(prefix="/api/v1/overview", dependencies=[Depends(evidence_viewer)], tags=["overview"])


@router.get("", responses=documented(Overview, 403, 404, 422))
def whole(
    viewer: EvidenceViewer, parts: GivenParts, agency: WantedId = None, district: WantedDistrict = None
) -> Response:
    """Today and the year, warnings by theme, rankings, devices, and what changed since yesterday."""
    return answer(overview(parts, Asked(viewer.scope, agency, district)))


@router.get("/devices", responses=documented(DevicesAnswer, 403, 404, 422))
def devices(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: EvidenceViewer,
    parts: GivenParts,
    agency: WantedId = None,
    district: WantedDistrict = None,
    cursor: AfterName = None,
    limit: Annotated[int, Query(ge=1, le=MOST_DEVICES)] = 50,
) -> Response:
    """Devices with something out of order, as they were seen at ``seen_at_ms``, less than ten minutes ago."""
    return answer(devices_page(parts, Asked(viewer.scope, agency, district), cursor or "", limit))
