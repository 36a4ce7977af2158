"""The way through the queue, as JSON; the queue itself is the list of visits, asked for by band and work."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ingest_server.store.cases import waiting_for
from ingest_server.store.queue import next_waiting
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import NextAnswer, answer, documented
from ingest_server.web.ids import RecordDigest
from ingest_server.web.parts import GivenParts

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["evidence"])


@router.get("/next", responses=documented(NextAnswer, 403, 422))
def following_visit(viewer: EvidenceViewer, parts: GivenParts, after: RecordDigest = None) -> Response:
    """The next visit that waits and that nobody took, after the one of a digest, and what waits for a second person."""
    with parts.database.reading() as connection:
        found = next_waiting(connection, viewer.scope, parts.now_ms(), after)
        second = waiting_for(connection, viewer.scope, viewer.name, by_fund=viewer.of_fund)
    return answer(NextAnswer(found, second))
