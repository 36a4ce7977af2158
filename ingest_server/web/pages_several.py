"""The page on which several visits that were chosen from a list are decided about at once."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import CaseError
from ingest_server.store.case_lists import CaseLine
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import chosen_visits
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.deciding import Text
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.own_path import own_path
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.rendering import page
from ingest_server.web.several import (
    MOST_AT_ONCE,
    AddAsked,
    Digest,
    SeveralAsked,
    acknowledge_all,
    add_to,
    cases_to_join,
    named,
    open_over,
)

Back = Annotated[str, Query(max_length=2_000)]
router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


class Chosen(Struct, frozen=True):
    """What was chosen and typed; ``back`` is the list that it was chosen from.

    ``into`` is a case that they are to be in, with the version of it that was shown after a colon.
    """

    records: tuple[str, ...]
    note: str = ""
    back: str = "/"
    into: str = ""


class Shown(Struct, frozen=True):
    """What was chosen, as it is found, and the open cases that it may be added to."""

    visits: tuple[VisitSummary, ...]
    growing: tuple[CaseLine, ...]


async def typed_choice(
    record: Annotated[list[Digest] | None, Form(max_length=MOST_AT_ONCE)] = None,
    note: Text = "",
    back: Annotated[str, Form(max_length=2_000)] = "/",
    into: Annotated[str, Form(pattern=r"^([1-9][0-9]{0,8}:[1-9][0-9]{0,5})?$")] = "",
) -> Chosen:
    """What the form was sent with."""
    return Chosen(tuple(record or ()), note, own_path(back), into)


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
    request.state.named_instead, request.state.did = True, f"show:{named(visit.digest for visit in found.visits)}"
    return _page(request, choice, found)


@router.post("/cases/new")
def decide(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    does: Annotated[Literal["open", "add", "acknowledge"], Form()],
    sent: Annotated[Chosen, Depends(typed_choice)],
) -> Response:
    """Open one case over them, add them to one, or take note of each; or show the form again with why not."""
    try:
        done = _done(Doing(request, parts, viewer, SEE_OTHER), does, sent)
    except CaseError as refused:
        return _page(request, sent, _found(viewer, parts, sent), refused)
    return RedirectResponse(done, status_code=SEE_OTHER)


def _done(deciding: Doing, does: str, sent: Chosen) -> str:
    """Do it; the address to go on to."""
    if not sent.records:
        raise CaseError("choose at least one visit", "请至少选择一次服务")
    asked = SeveralAsked(records=list(sent.records), note=sent.note)
    match does:
        case "acknowledge":
            acknowledge_all(deciding, asked)
            return sent.back
        case "add":
            number, _, version = sent.into.partition(":")
            if not number:
                raise CaseError("choose the case that they are to be in", "请选择要并入的案件")
            adding = AddAsked(records=asked.records, note=asked.note, seen_version=int(version))
            return f"/cases/{add_to(deciding, adding, int(number)).case}"
        case _:
            return f"/cases/{open_over(deciding, asked).case}"


def _found(viewer: Viewer, parts: Parts, chosen: Chosen) -> Shown:
    with parts.database.reading() as connection:
        found = chosen_visits(connection, viewer.scope, chosen.records)
        return Shown(found, tuple(cases_to_join(connection, viewer, found)))


def _page(request: Request, chosen: Chosen, shown: Shown, refused: CaseError | None = None) -> HTMLResponse:
    found = shown.visits
    return page(
        request,
        "chosen.html",
        status_of(refused),
        found=found,
        chosen=chosen,
        growing=shown.growing,
        refused=refused_as(refused),
        for_information=bool(found) and all(visit.for_information for visit in found),
    )
