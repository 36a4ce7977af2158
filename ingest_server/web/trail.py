"""The audit trail, as a page and as JSON: each sees what is theirs to see of it, and looking is entered too."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from ingest_server.store.scope import Scope
from ingest_server.store.trail import TrailFilter, entries
from ingest_server.store.trail_leaves import last_leaf, proven_leaf
from ingest_server.vocabulary import Deed
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.answers import TrailAnswer, TrailLeafAnswer, answer, documented
from ingest_server.web.ids import AfterRow
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.rendering import page

ENTRIES_A_PAGE, MOST_ENTRIES = 100, 500

api = APIRouter(prefix="/api/v1", dependencies=[Depends(viewer)], tags=["trail"])
pages = APIRouter(dependencies=[Depends(viewer)], include_in_schema=False)


@api.get("/trail", responses=documented(TrailAnswer, 422))
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
    return answer(_read(parts, viewer.scope, TrailFilter(actor, deed, refused, cursor), limit))


@api.get("/trail/leaf", responses=documented(TrailLeafAnswer))
def leaf(parts: GivenParts) -> Response:
    """The last leaf by which the ledger commits to the trail, and its proof; it tells nothing of what anybody did."""
    with parts.database.reading() as connection:
        return answer(TrailLeafAnswer(proven_leaf(connection)))


@pages.get("/trail")
def trail_page(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: AnyViewer,
    parts: GivenParts,
    actor: Annotated[str, Query(max_length=64)] = "",
    deed: Deed | Literal[""] = "",
    refused: Literal["", "1"] = "",
    cursor: AfterRow = None,
) -> HTMLResponse:
    """The same for people."""
    wanted = TrailFilter(actor.strip() or None, Deed(deed) if deed else None, True if refused else None, cursor)
    found = _read(parts, viewer.scope, wanted, ENTRIES_A_PAGE)
    asked = {"actor": wanted.actor, "deed": wanted.deed, "refused": refused, "cursor": found.next_cursor}
    following = address_of("/trail", asked) if found.next_cursor else None
    with parts.database.reading() as connection:
        entered = last_leaf(connection)
    return page(
        request, "trail.html", found=found, wanted=wanted, deeds=tuple(Deed), following=following, entered=entered
    )


def _read(parts: Parts, scope: Scope, wanted: TrailFilter, limit: int) -> TrailAnswer:
    with parts.database.reading() as connection:
        found = entries(connection, scope, wanted, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return TrailAnswer(tuple(found[:limit]), more)
