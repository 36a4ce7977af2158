"""Notes that caregivers wrote at a device, as JSON: of one visit, and all of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.store.visit_notes import NoteFilter, NoteStanding
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import NotesAnswer, NotesOfVisitAnswer, answer, documented
from ingest_server.web.ids import AfterRow, RecordDigest, VisitPath, WantedId
from ingest_server.web.latest_notes import MOST_NOTES, notes_answer, notes_of_visit
from ingest_server.web.parts import GivenParts

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["evidence"])


@router.get("/visits/{visit}/notes", responses=documented(NotesOfVisitAnswer, 403, 404, 422))
def notes_of_one(viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None) -> Response:
    """What the caregiver of a visit wrote of it at the device, oldest first: sealed, and in the device's chain."""
    return answer(notes_of_visit(parts, viewer.scope, visit, record))


async def wanted_notes(
    agency: WantedId = None,
    caregiver: WantedId = None,
    device: WantedId = None,
    standing: Annotated[
        NoteStanding | None, Query(description="Of the caregiver's own visit, of somebody else's, or of none known.")
    ] = None,
    cursor: AfterRow = None,
) -> NoteFilter:
    """The filters of a list of notes."""
    return NoteFilter(agency, caregiver, device, standing, cursor)


@router.get("/notes", responses=documented(NotesAnswer, 403, 422))
def notes(
    viewer: EvidenceViewer,
    parts: GivenParts,
    wanted: Annotated[NoteFilter, Depends(wanted_notes)],
    limit: Annotated[int, Query(ge=1, le=MOST_NOTES)] = 50,
) -> Response:
    """Notes from devices, newest first; those too that are of no visit of their writer's."""
    return answer(notes_answer(parts, viewer.scope, wanted, limit))
