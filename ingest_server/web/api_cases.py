"""Cases as JSON: lists, one with its whole history, and the steps that people take."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ingest_server.cases.step import Outcome, State
from ingest_server.store.case_lists import CaseFilter
from ingest_server.store.cases import case_of_visit, find_case
from ingest_server.store.visits import find_key
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import AcknowledgedAnswer, CasesAnswer, answer, documented
from ingest_server.web.case_list import cases_answer
from ingest_server.web.choices import CaseAnswer, VisitStepsAnswer, case_answer, choices_of
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterPlace, CasePath, RecordDigest, VisitPath, WantedId
from ingest_server.web.parts import GivenParts
from ingest_server.web.several import AddAsked, SeveralAsked, acknowledge_all, add_to, open_over
from ingest_server.web.steps import OfVisit, StepAsked, step_on_case, step_on_visit

MOST_CASES = 200

router = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["cases"])


@router.get("/cases", responses=documented(CasesAnswer, 400, 403, 422))
def cases(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: EvidenceViewer,
    parts: GivenParts,
    state: State | None = None,
    assignee: WantedId = None,
    agency: WantedId = None,
    outcome: Outcome | None = None,
    caregiver: WantedId = None,
    cursor: AfterPlace = None,
    limit: Annotated[int, Query(ge=1, le=MOST_CASES)] = 50,
) -> Response:
    """Cases that are open by when they are due, late ones first; then those that are closed, newest first."""
    wanted = CaseFilter(state, assignee, agency, outcome, caregiver)
    return answer(cases_answer(parts, viewer.scope, wanted, limit, cursor))


@router.post("/cases", responses=documented(CaseAnswer, 400, 403, 404, 409, 422))
def open_over_several(request: Request, viewer: EvidenceViewer, parts: GivenParts, asked: SeveralAsked) -> Response:
    """Open one case over several visits of one agency; 409 where one of them is in a case already."""
    return answer(case_answer(parts, viewer, open_over(Doing(request, parts, viewer), asked)))


@router.post("/acknowledgements", responses=documented(AcknowledgedAnswer, 400, 403, 404, 409, 422))
def acknowledge(request: Request, viewer: EvidenceViewer, parts: GivenParts, asked: SeveralAsked) -> Response:
    """Take note of visits whose exceptions are for information alone; each is closed in a case of its own."""
    return answer(AcknowledgedAnswer(acknowledge_all(Doing(request, parts, viewer), asked)))


@router.get("/cases/{case}", responses=documented(CaseAnswer, 403, 404, 422))
def case(viewer: EvidenceViewer, parts: GivenParts, case: CasePath) -> Response:
    """One case: how it stands, its visits, every step in order, and what its reader may do."""
    with parts.database.reading() as connection:
        found = find_case(connection, viewer.scope, case)
    if found is None:
        raise NotFoundError
    return answer(case_answer(parts, viewer, found))


@router.post("/cases/{case}/steps", responses=documented(CaseAnswer, 400, 403, 404, 409, 422))
def step(request: Request, viewer: EvidenceViewer, parts: GivenParts, case: CasePath, asked: StepAsked) -> Response:
    """Take a case a step further; 409 where somebody else did since `seen_version`."""
    return answer(case_answer(parts, viewer, step_on_case(Doing(request, parts, viewer), asked, case)))


@router.get("/visits/{visit}/steps", responses=documented(VisitStepsAnswer, 403, 404, 422))
def steps_of_visit(
    viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None
) -> Response:
    """The case of a visit, where it is in one, and what its reader may do."""
    with parts.database.reading() as connection:
        key = find_key(connection, viewer.scope, visit, record)
        if key is None:
            raise NotFoundError
        found = case_of_visit(connection, viewer.scope, key.digest)
        return answer(VisitStepsAnswer(found, choices_of(connection, found, viewer, parts.now_ms())))


@router.post("/cases/{case}/visits", responses=documented(CaseAnswer, 400, 403, 404, 409, 422))
def add(request: Request, viewer: EvidenceViewer, parts: GivenParts, case: CasePath, asked: AddAsked) -> Response:
    """Add visits of its agency to a case that is neither closed nor proposed; they are decided about together."""
    return answer(case_answer(parts, viewer, add_to(Doing(request, parts, viewer), asked, case)))


@router.post("/visits/{visit}/steps", responses=documented(CaseAnswer, 400, 403, 404, 409, 422))
def step_of_visit(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    visit: VisitPath,
    asked: StepAsked,
    record: RecordDigest = None,
) -> Response:
    """The same for the case of a visit, which is opened where there is none yet."""
    taken = step_on_visit(Doing(request, parts, viewer), asked, OfVisit(visit, record))
    return answer(case_answer(parts, viewer, taken))
