"""The audit trail as JSON: each sees what is theirs to see of it, and looking is entered too."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.store.trail import TrailFilter
from ingest_server.store.trail_leaves import proven_leaf
from ingest_server.vocabulary import Deed
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.answers import TrailAnswer, TrailLeafAnswer, answer, documented
from ingest_server.web.ids import AfterRow
from ingest_server.web.latest_trail import ENTRIES_A_PAGE, trail_answer
from ingest_server.web.parts import GivenParts

MOST_ENTRIES: Final = 500

router = APIRouter(prefix="/api/v1", dependencies=[Depends(viewer)], tags=["trail"])


@router.get("/trail", responses=documented(TrailAnswer, 422))
def trail(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: AnyViewer,
    parts: GivenParts,
    actor: Annotated[str | None, Query(max_length=64, description="Whose deeds.")] = None,
    deed: Deed | None = None,
    refused: Annotated[bool | None, Query(description="Only what was refused, or only what was not.")] = None,
    cursor: AfterRow = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = ENTRIES_A_PAGE,
) -> Response:
    """Who did what, newest first.

    An auditor sees all, a supervisor what their agency's people did, an administrator who came and went and what
    became of accounts and devices.
    """
    return answer(trail_answer(parts, viewer.scope, TrailFilter(actor, deed, refused, cursor), limit))


@router.get("/trail/leaf", responses=documented(TrailLeafAnswer))
def leaf(parts: GivenParts) -> Response:
    """The last leaf by which the ledger commits to the trail, and its proof; it tells nothing of what anybody did."""
    with parts.database.reading() as connection:
        return answer(TrailLeafAnswer(proven_leaf(connection)))
