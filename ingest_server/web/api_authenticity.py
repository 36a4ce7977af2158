"""Shares of genuine service, as JSON: everybody of a kind, and one subject."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.authenticity.estimate import Authenticity, Kind
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import SubjectsAnswer, answer, documented
from ingest_server.web.authenticity import SubjectPath, authenticity_of, seen_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterPlace
from ingest_server.web.parts import GivenParts
from ingest_server.web.ranking import Order, cursor_after, rank_of, ranked

MOST_SUBJECTS = 200

router = APIRouter(prefix="/api/v1/authenticity", dependencies=[Depends(evidence_viewer)], tags=["evidence"])


@router.get("/{kind}", responses=documented(SubjectsAnswer, 400, 403, 422))
def subjects(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: EvidenceViewer,
    parts: GivenParts,
    kind: Kind,
    order: Annotated[Order, Query(description="What comes first.")] = Order.HIGH,
    cursor: AfterPlace = None,
    limit: Annotated[int, Query(ge=1, le=MOST_SUBJECTS)] = 50,
) -> Response:
    """Everybody of a kind whose visits the reader sees, with the estimates of these visits."""
    census = parts.censuses.of(kind)
    after = None if cursor is None else rank_of(cursor)
    page = ranked(seen_of(census, viewer.scope), order, after, limit, parts.censuses.settings)
    following = None if page.after is None else cursor_after(page.after)
    return answer(SubjectsAnswer(kind, census.since_month, census.taken_at_ms, page.subjects, following))


@router.get("/{kind}/{subject}", responses=documented(Authenticity, 403, 404, 422))
def subject(viewer: EvidenceViewer, parts: GivenParts, kind: Kind, subject: SubjectPath) -> Response:
    """What the visits of one subject come to: the estimate, its months, what drives it, its money, what was seen."""
    found = authenticity_of(parts, viewer.scope, kind, subject)
    if found is None:
        raise NotFoundError
    return answer(found)
