"""Saved queries as JSON: kept, changed and deleted by whoever they are of, asked by whoever they are shared with."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from ingest_server.store.saved import MOST_NAME, SavedQuery, saved_for
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import SavedQueriesAnswer, answer, documented, problems
from ingest_server.web.doing import Doing
from ingest_server.web.ids import SavedPath
from ingest_server.web.parts import GivenParts
from ingest_server.web.saving import KeptQuery, change_kept, forget_kept, keep, saving

router = APIRouter(
    prefix="/api/v1/saved-queries", dependencies=[Depends(saving), Depends(evidence_viewer)], tags=["queries"]
)


class SavedAsked(BaseModel):
    """A query to be kept: ``query`` is that of its address; ``shared`` with those of the same role and agency."""

    model_config = {"extra": "forbid"}

    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    view: Annotated[str, Field(max_length=32)]
    query: Annotated[str, Field(max_length=1_000)] = ""
    shared: bool = False

    @property
    def kept(self) -> KeptQuery:
        """The same, as pages and programs have it."""
        return KeptQuery(self.name, self.view, self.query, self.shared)


@router.get("", responses=documented(SavedQueriesAnswer, 403))
def saved_queries(viewer: EvidenceViewer, parts: GivenParts) -> Response:
    """A reader's own saved queries, and what those of the same role and agency share."""
    with parts.database.reading() as connection:
        return answer(SavedQueriesAnswer(tuple(saved_for(connection, viewer.account))))


@router.post("", responses=documented(SavedQuery, 400, 403, 404, 422))
def save(request: Request, viewer: EvidenceViewer, parts: GivenParts, asked: SavedAsked) -> Response:
    """Keep a question by a name."""
    return answer(keep(Doing(request, parts, viewer), asked.kept))


@router.put("/{saved}", responses=documented(SavedQuery, 400, 403, 404, 422))
def change(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, saved: SavedPath, asked: SavedAsked
) -> Response:
    """Give a saved query of one's own another name, question or readers."""
    return answer(change_kept(Doing(request, parts, viewer), saved, asked.kept))


@router.delete("/{saved}", status_code=204, responses=problems(403, 404, 422) | {204: {"description": "It is gone."}})
def delete(request: Request, viewer: EvidenceViewer, parts: GivenParts, saved: SavedPath) -> Response:
    """Delete a saved query of one's own."""
    forget_kept(Doing(request, parts, viewer, 204), saved)
    return Response(status_code=204)
