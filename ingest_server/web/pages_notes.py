"""The page of notes that caregivers wrote at a device of their past visits."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from ingest_server.store.visit_notes import NoteFilter, NoteStanding
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.ids import AfterRow
from ingest_server.web.latest_notes import notes_answer
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts
from ingest_server.web.rendering import page

NOTES_A_PAGE = 50

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


@router.get("/notes")
def notes(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    caregiver: Annotated[str, Query(max_length=64)] = "",
    device: Annotated[str, Query(max_length=64)] = "",
    standing: NoteStanding | Literal[""] = "",
    cursor: AfterRow = None,
) -> HTMLResponse:
    """Newest first; each leads to the visit that it is about, where that is its writer's."""
    stands = NoteStanding(standing) if standing else None
    wanted = NoteFilter(None, caregiver.strip() or None, device.strip() or None, stands, cursor)
    found = notes_answer(parts, viewer.scope, wanted, NOTES_A_PAGE)
    asked = {"caregiver": wanted.caregiver, "device": wanted.device, "standing": standing}
    following = address_of("/notes", asked | {"cursor": found.next_cursor}) if found.next_cursor else None
    return page(
        request,
        "notes.html",
        found=found,
        wanted=wanted,
        standings=tuple(NoteStanding),
        following=following,
        first=address_of("/notes", asked) if cursor else None,
    )
