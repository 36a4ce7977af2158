"""The JSON API, version 1."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.ledger.checkpoint import sign_checkpoint
from ingest_server.scoring.verdict import Band
from ingest_server.store.caregivers import CaregiverSummary, caregiver_summary
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.visit_counts import band_counts, class_counts
from ingest_server.store.visits import VisitDetail, find_visit, visits_page
from ingest_server.store.wanted import Cut, Order, VisitFilter, Work
from ingest_server.web.access import EvidenceViewer, evidence_viewer, viewer
from ingest_server.web.answers import VisitsAnswer, answer, documented, problems
from ingest_server.web.cursor import cursor_of, place_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import AfterPlace, BrokenLink, Identified, RecordDigest, VisitPath, WantedId
from ingest_server.web.parts import GivenParts
from visit_record.vocabulary import ExceptionClass, ExceptionCode

MOST_VISITS = 200


evidence = APIRouter(prefix="/api/v1", dependencies=[Depends(evidence_viewer)], tags=["evidence"])
ledger = APIRouter(prefix="/api/v1/ledger", dependencies=[Depends(viewer)], tags=["ledger"])


async def wanted_visits(  # noqa: PLR0913, PLR0917 - each is a part of the question
    agency: WantedId = None,
    caregiver: WantedId = None,
    recipient: WantedId = None,
    device: WantedId = None,
    band: Band | None = None,
    link: Annotated[BrokenLink | None, Query(description="Records at a gap or fork of their device's chain.")] = None,
    work: Annotated[Work | None, Query(description="Whether a visit waits for people, sleeps, or was closed.")] = None,
    gravest: Annotated[
        ExceptionClass | None, Query(alias="class", description="The gravest class of the verdict's exceptions.")
    ] = None,
    exception: Annotated[
        ExceptionCode | None, Query(description="A code that the standing verdict raised, or the record's chain.")
    ] = None,
) -> VisitFilter:
    """The filters of a list of visits."""
    return VisitFilter(agency, caregiver, recipient, device, band, link, work, gravest, exception)


@evidence.get("/visits", responses=documented(VisitsAnswer, 400, 403, 422))
def visits(  # noqa: PLR0913, PLR0917 - each is a part of the question
    viewer: EvidenceViewer,
    parts: GivenParts,
    wanted: Annotated[VisitFilter, Depends(wanted_visits)],
    cursor: AfterPlace = None,
    limit: Annotated[int, Query(ge=1, le=MOST_VISITS)] = 50,
    sort: Annotated[Order | None, Query(description="Within one band; over all of them the newest are first.")] = None,
) -> Response:
    """Visits: with `band=hold` or `band=review` by expected loss, most first; else newest first; or as `sort` says."""
    after, now_ms = None if cursor is None else place_of(cursor), parts.now_ms()
    with parts.database.reading() as connection:
        page = visits_page(connection, viewer.scope, wanted, Cut(limit, now_ms, after, sort))
        bands = band_counts(connection, viewer.scope, wanted, now_ms)
        classes = class_counts(connection, viewer.scope, wanted, now_ms)
    return answer(VisitsAnswer(page.visits, None if page.after is None else cursor_of(page.after), bands, classes))


@evidence.get("/visits/{visit}", responses=documented(VisitDetail, 403, 404, 422))
def visit(viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None) -> Response:
    """One visit: the record, its verdict, its place in the device's chain, and the proof that the ledger holds it."""
    with parts.database.reading() as connection:
        found = find_visit(connection, viewer.scope, visit, record)
    if found is None:
        raise NotFoundError
    return answer(found)


@evidence.get("/caregivers/{caregiver}", responses=documented(CaregiverSummary, 403, 404, 422))
def caregiver(viewer: EvidenceViewer, parts: GivenParts, caregiver: Identified) -> Response:
    """What a caregiver's visits come to."""
    with parts.database.reading() as connection:
        found = caregiver_summary(connection, viewer.scope, caregiver, parts.now_ms())
    if found is None:
        raise NotFoundError
    return answer(found)


@ledger.get(
    "/checkpoint",
    responses=problems() | {200: {"description": "A C2SP signed note", "content": {"text/plain": {}}}},
)
def checkpoint(parts: GivenParts) -> Response:
    """What the ledger is at this moment, signed (C2SP tlog-checkpoint)."""
    with parts.database.reading() as connection:
        tree = Ledger(connection)
        note = sign_checkpoint(parts.ledger_origin, tree.size, tree.root(), parts.server_key)
    return Response(note, media_type="text/plain; charset=utf-8")
