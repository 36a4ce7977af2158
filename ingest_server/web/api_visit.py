"""What belongs to one visit, as JSON: its neighbours, and whether its record is still what was received."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ingest_server.store.checks import CheckedRecord, check_record
from ingest_server.store.neighbours import find_beside, neighbours_of
from ingest_server.store.visits import find_key
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import NeighboursAnswer, answer, documented
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import RecordDigest, VisitPath
from ingest_server.web.parts import GivenParts

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["evidence"])


@router.get("/visits/{visit}/neighbours", responses=documented(NeighboursAnswer, 403, 404, 422))
def neighbours(viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None) -> Response:
    """The visits before and after this one, of the same caregiver, recipient and device."""
    with parts.database.reading() as connection:
        key = find_key(connection, viewer.scope, visit, record)
        beside = None if key is None else find_beside(connection, viewer.scope, key.digest)
        if beside is None:
            raise NotFoundError
        found = neighbours_of(connection, viewer.scope, beside)
    return answer(NeighboursAnswer(found))


@router.get("/visits/{visit}/check", responses=documented(CheckedRecord, 403, 404, 422))
def check(viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None) -> Response:
    """Look again whether the record is what was received: digest, signature, chain, and its place in the ledger."""
    with parts.database.reading() as connection:
        found = check_record(connection, viewer.scope, visit, record, parts.now_ms())
    if found is None:
        raise NotFoundError
    return answer(found)
