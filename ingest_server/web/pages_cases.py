"""The pages on which people decide: cases, one case, and the forms of a visit and of a case."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.cases.step import Outcome, State
from ingest_server.errors import CaseError
from ingest_server.scoring.verdict import Band
from ingest_server.store.case_lists import CaseFilter
from ingest_server.store.cases import find_case
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.case_list import cases_answer
from ingest_server.web.deciding import NOTHING_TYPED, Sent, Typed, desk_of, step_asked
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterPlace, CasePath, RecordDigest, VisitPath
from ingest_server.web.own_path import address_of
from ingest_server.web.pages_visit import visit_page
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.rendering import page
from ingest_server.web.steps import (
    OfVisit,
    step_on_case,
    step_on_visit,
)

CASES_A_PAGE: Final = 50
router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


@router.get("/cases")
def cases(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    state: State | Literal[""] = "",
    outcome: Outcome | Literal[""] = "",
    assignee: Annotated[str, Query(max_length=64)] = "",
    agency: Annotated[str, Query(max_length=64)] = "",
    cursor: AfterPlace = None,
) -> HTMLResponse:
    """Cases that are open by when they are due, late ones first; then those that are closed, newest first."""
    wanted = CaseFilter(
        State(state) if state else None,
        assignee.strip() or None,
        agency.strip() or None,
        Outcome(outcome) if outcome else None,
    )
    found = cases_answer(parts, viewer.scope, wanted, CASES_A_PAGE, cursor)
    asked = {"state": wanted.state, "outcome": wanted.outcome, "assignee": wanted.assignee, "agency": wanted.agency}
    return page(
        request,
        "cases.html",
        found=found.cases,
        wanted=wanted,
        states=tuple(State),
        outcomes=tuple(Outcome),
        bands=tuple(Band),
        following=address_of("/cases", asked | {"cursor": found.next_cursor}) if found.next_cursor else None,
        first=address_of("/cases", asked) if cursor else None,
    )


@router.get("/cases/{case}")
def case(request: Request, viewer: EvidenceViewer, parts: GivenParts, case: CasePath) -> HTMLResponse:
    """One case: its visits, what was done, and what may be done."""
    return _case_page(request, viewer, parts, case)


@router.post("/cases/{case}/steps")
def step_of_case(request: Request, viewer: EvidenceViewer, parts: GivenParts, case: CasePath, sent: Sent) -> Response:
    """Take a case a step further, or show the form again with what was typed and why."""
    deciding = Doing(request, parts, viewer, SEE_OTHER)
    deciding.tries(sent.typed.does)
    try:
        step_on_case(deciding, step_asked(sent, parts.zone), case)
    except CaseError as refused:
        return _case_page(request, viewer, parts, case, sent.typed, refused)
    return RedirectResponse(f"/cases/{case}", status_code=SEE_OTHER)


@router.post("/visits/{visit}/steps")
def step_of_visit(  # noqa: PLR0913, PLR0917 - each is a part of the address or the form
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    visit: VisitPath,
    sent: Sent,
    record: RecordDigest = None,
) -> Response:
    """The same on a visit's page."""
    of, deciding = OfVisit(visit, record), Doing(request, parts, viewer, SEE_OTHER)
    deciding.tries(sent.typed.does)
    try:
        step_on_visit(deciding, step_asked(sent, parts.zone), of)
    except CaseError as refused:
        return visit_page(request, viewer, parts, of, sent.typed, refused)
    return RedirectResponse(of.page, status_code=SEE_OTHER)


@router.get("/cases/{case}/steps")
def form_of_case(case: CasePath) -> RedirectResponse:
    """Whoever opens the address of a form again is led to the page that it stands on."""
    return RedirectResponse(f"/cases/{case}", status_code=SEE_OTHER)


@router.get("/visits/{visit}/steps")
def form_of_visit(visit: VisitPath, record: RecordDigest = None) -> RedirectResponse:
    """The same for a visit's."""
    return RedirectResponse(OfVisit(visit, record).page, status_code=SEE_OTHER)


def _case_page(  # noqa: PLR0913, PLR0917 - a page, and what stands in its form
    request: Request,
    viewer: Viewer,
    parts: Parts,
    number: int,
    typed: Typed = NOTHING_TYPED,
    refused: CaseError | None = None,
) -> HTMLResponse:
    with parts.database.reading() as connection:
        found = find_case(connection, viewer.scope, number)
        if found is None:
            raise NotFoundError
        desk = desk_of(connection, parts, found, viewer, typed, refused)
    return page(request, "case.html", desk.status, found=found, desk=desk, action=f"/cases/{number}/steps")
