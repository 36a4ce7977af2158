"""The queue, and the way through it. A page never knows what the API cannot say."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from ingest_server.scoring.verdict import Band
from ingest_server.store.case_lists import open_with
from ingest_server.store.cases import waiting_for
from ingest_server.store.queue import next_waiting
from ingest_server.store.summaries import LINK_EXCEPTIONS
from ingest_server.store.visit_counts import band_counts, class_counts, has_visits
from ingest_server.store.visits import order_of, visits_page
from ingest_server.store.wanted import Cut, Order, VisitFilter, Work
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.cursor import cursor_of, place_of
from ingest_server.web.ids import AfterPlace, BrokenLink, RecordDigest
from ingest_server.web.parts import GivenParts
from ingest_server.web.queue_tabs import ALL, Question, address, band_tabs, class_tabs, order_tabs
from ingest_server.web.rendering import page
from visit_record.chain import LinkState
from visit_record.vocabulary import ExceptionClass, ExceptionCode

# As many as somebody clears in half an hour.
VISITS_A_PAGE = 30

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
# A form sends a field that was left empty as an empty text.
Asked = Annotated[str, Query(max_length=64)]


async def typed_question(  # noqa: PLR0913, PLR0917 - each is a part of the question
    band: Band | Literal["all"] = Band.HOLD,
    agency: Asked = "",
    caregiver: Asked = "",
    recipient: Asked = "",
    device: Asked = "",
    link: BrokenLink | Literal[""] = "",
    work: Work | Literal["all"] = Work.WAITING,
    gravest: Annotated[ExceptionClass | Literal[""], Query(alias="class")] = "",
    exception: ExceptionCode | Literal[""] = "",
    sort: Order | Literal[""] = "",
) -> Question:
    """What is asked of the queue, which opens on what waits and is to be looked at first."""
    wanted = VisitFilter(
        agency=agency.strip() or None,
        caregiver=caregiver.strip() or None,
        recipient=recipient.strip() or None,
        device=device.strip() or None,
        band=None if band == ALL else Band(band),
        link=LinkState(link) if link else None,
        work=None if work == ALL else Work(work),
        gravest=ExceptionClass(gravest) if gravest else None,
        exception=ExceptionCode(exception) if exception else None,
    )
    return Question(wanted, Order(sort) if sort else None)


@router.get("/")
def queue(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    asked: Annotated[Question, Depends(typed_question)],
    cursor: AfterPlace = None,
) -> HTMLResponse:
    """Visits that wait to be looked at, by expected loss; or all those of another tab, newest first."""
    after, now_ms = None if cursor is None else place_of(cursor), parts.now_ms()
    with parts.database.reading() as connection:
        bands = band_counts(connection, viewer.scope, asked.wanted, now_ms)
        if "band" not in request.query_params and not bands[Band.HOLD]:
            asked = msgspec.structs.replace(asked, wanted=msgspec.structs.replace(asked.wanted, band=Band.REVIEW))
        cut = Cut(VISITS_A_PAGE, now_ms, after, asked.order)
        classes = class_counts(connection, viewer.scope, asked.wanted, now_ms)
        second = waiting_for(connection, viewer.scope, viewer.name, by_fund=viewer.of_fund)
        mine = open_with(connection, viewer.scope, viewer.name)
        found = visits_page(connection, viewer.scope, asked.wanted, cut)
        begun = bool(found.visits) or has_visits(connection, viewer.scope)
    order = order_of(asked.wanted, cut)
    return page(
        request,
        "queue.html",
        found=found,
        asked=asked,
        wanted=asked.wanted,
        order=order,
        tabs=list(band_tabs(asked, bands)),
        classes=list(class_tabs(asked, classes)),
        orders=list(order_tabs(asked, order)),
        begun=begun,
        second=second,
        mine=mine,
        following=None if found.after is None else address(asked, cursor_of(found.after)),
        first=None if cursor is None else address(asked),
        broken_links=LINK_EXCEPTIONS,
        codes=tuple(ExceptionCode),
        works=tuple(Work),
    )


@router.get("/next")
def following_visit(viewer: EvidenceViewer, parts: GivenParts, after: RecordDigest = None) -> RedirectResponse:
    """On to the next visit that waits and that nobody took, after the one of a digest; to the queue where none does."""
    with parts.database.reading() as connection:
        found = next_waiting(connection, viewer.scope, parts.now_ms(), after)
    return RedirectResponse("/" if found is None else f"/visits/{found.visit}?record={found.digest}", status_code=303)
