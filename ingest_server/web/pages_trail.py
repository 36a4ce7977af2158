"""The page of the audit trail: each sees what is theirs to see of it, and looking is entered too."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse

from ingest_server.store.trail import TrailFilter
from ingest_server.store.trail_leaves import last_leaf
from ingest_server.vocabulary import Deed
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.ids import AfterRow
from ingest_server.web.latest_trail import ENTRIES_A_PAGE, trail_answer
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts
from ingest_server.web.rendering import page

router = APIRouter(dependencies=[Depends(viewer)], include_in_schema=False)


@router.get("/trail")
def trail(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: AnyViewer,
    parts: GivenParts,
    actor: Annotated[str, Query(max_length=64)] = "",
    deed: Deed | Literal[""] = "",
    refused: Literal["", "1"] = "",
    cursor: AfterRow = None,
) -> HTMLResponse:
    """Who did what, newest first."""
    wanted = TrailFilter(actor.strip() or None, Deed(deed) if deed else None, True if refused else None, cursor)
    found = trail_answer(parts, viewer.scope, wanted, ENTRIES_A_PAGE)
    asked = {"actor": wanted.actor, "deed": wanted.deed, "refused": refused, "cursor": found.next_cursor}
    following = address_of("/trail", asked) if found.next_cursor else None
    with parts.database.reading() as connection:
        entered = last_leaf(connection)
    return page(
        request, "trail.html", found=found, wanted=wanted, deeds=tuple(Deed), following=following, entered=entered
    )
