"""The forms by which people keep a query, share it, name it anew and delete it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from ingest_server.errors import QueryError
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.ids import SavedPath
from ingest_server.web.pages_query import views_page
from ingest_server.web.parts import GivenParts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.saving import KeptQuery, change_kept, forget_kept, keep, saving

router = APIRouter(
    prefix="/query/saved", dependencies=[Depends(saving), Depends(evidence_viewer)], include_in_schema=False
)


async def typed_query(
    view: Annotated[str, Form(max_length=32)],
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    shared: Annotated[Literal["", "1"], Form()] = "",
) -> KeptQuery:
    """What was typed into the form, as long as a body may be: what is too long is refused in words, and comes back."""
    return KeptQuery(name, view, query, bool(shared))


Typed = Annotated[KeptQuery, Depends(typed_query)]


@router.post("")
def save(request: Request, viewer: EvidenceViewer, parts: GivenParts, typed: Typed) -> Response:
    """Keep a question, and go on to the list of what is kept; back to the form where it cannot be."""
    try:
        keep(Doing(request, parts, viewer, SEE_OTHER), typed)
    except QueryError as refused:
        return views_page(request, viewer, parts, status_of(refused), typed=typed, refused=refused_as(refused))
    return RedirectResponse("/query", SEE_OTHER)


@router.post("/{saved}")
def change(  # noqa: PLR0913, PLR0917 - each is a part of the form
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    saved: SavedPath,
    typed: Typed,
    does: Annotated[Literal["change", "delete"], Form()],
) -> Response:
    """Give a saved query another name or other readers, or delete it."""
    keeping = Doing(request, parts, viewer, SEE_OTHER)
    try:
        if does == "delete":
            forget_kept(keeping, saved)
        else:
            change_kept(keeping, saved, typed)
    except QueryError as refused:
        told = refused_as(refused)
        return views_page(request, viewer, parts, status_of(refused), typed=typed, changes=saved, refused=told)
    return RedirectResponse("/query", SEE_OTHER)


@router.get("")
def form_of_saved() -> RedirectResponse:
    """Whoever opens the address of a form again is led to the page that it stands on."""
    return RedirectResponse("/query", SEE_OTHER)
