"""The page on which several visits that were chosen from a list are decided about at once."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import CaseError
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import chosen_visits
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.deciding import Text
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.own_path import own_path
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.rendering import page
from ingest_server.web.several import MOST_AT_ONCE, Digest, SeveralAsked, acknowledge_all, named, open_over

Back = Annotated[str, Query(max_length=2_000)]
router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


class Chosen(Struct, frozen=True):
    """What was chosen and typed; ``back`` is the list that it was chosen from."""

    records: tuple[str, ...]
    note: str = ""
    back: str = "/"


async def typed_choice(
    record: Annotated[list[Digest] | None, Form(max_length=MOST_AT_ONCE)] = None,
    note: Text = "",
    back: Annotated[str, Form(max_length=2_000)] = "/",
) -> Chosen:
    """What the form was sent with."""
    return Chosen(tuple(record or ()), note, own_path(back))


@router.get("/cases/new")
def chosen(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    record: Annotated[list[Digest] | None, Query(max_length=MOST_AT_ONCE)] = None,
    back: Back = "/",
) -> HTMLResponse:
    """The visits that were chosen, and what may be done about all of them."""
    choice = Chosen(tuple(record or ()), back=own_path(back))
    found = _found(viewer, parts, choice)
    # The question may be longer than an entry of the trail: what of it was shown stands there by name.
    request.state.named_instead, request.state.did = True, f"show:{named(visit.digest for visit in found)}"
    return _page(request, choice, found)


@router.post("/cases/new")
def decide(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    does: Annotated[Literal["open", "acknowledge"], Form()],
    sent: Annotated[Chosen, Depends(typed_choice)],
) -> Response:
    """Open one case over them, or take note of each; or show the form again with what was typed and why."""
    try:
        if not sent.records:
            raise CaseError("choose at least one visit", "请至少选择一次服务")
        deciding, asked = (
            Doing(request, parts, viewer, SEE_OTHER),
            SeveralAsked(records=list(sent.records), note=sent.note),
        )
        acknowledged = does == "acknowledge" and acknowledge_all(deciding, asked)
        done = sent.back if acknowledged else f"/cases/{open_over(deciding, asked).case}"
    except CaseError as refused:
        return _page(request, sent, _found(viewer, parts, sent), refused)
    return RedirectResponse(done, status_code=SEE_OTHER)


def _found(viewer: Viewer, parts: Parts, chosen: Chosen) -> tuple[VisitSummary, ...]:
    with parts.database.reading() as connection:
        return chosen_visits(connection, viewer.scope, chosen.records)


def _page(
    request: Request, chosen: Chosen, found: tuple[VisitSummary, ...], refused: CaseError | None = None
) -> HTMLResponse:
    return page(
        request,
        "chosen.html",
        status_of(refused),
        found=found,
        chosen=chosen,
        refused=refused_as(refused),
        for_information=bool(found) and all(visit.for_information for visit in found),
    )
