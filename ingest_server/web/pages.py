"""The pages that people read: the queue, one visit, one caregiver. A page never knows what the API cannot say."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse

from ingest_server.authenticity.estimate import Kind
from ingest_server.scoring.verdict import Band
from ingest_server.store.caregivers import RECENT, caregiver_summary
from ingest_server.store.cases import waiting_for
from ingest_server.store.queue import next_waiting
from ingest_server.store.summaries import LINK_EXCEPTIONS
from ingest_server.store.visits import MOST_COUNTED, band_counts, has_visits, visits_page
from ingest_server.store.wanted import Cut, VisitFilter, Work
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.api import BrokenLink, CaregiverPath, RecordDigest
from ingest_server.web.authenticity import authenticity_of
from ingest_server.web.cursor import cursor_of, place_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.parts import GivenParts
from ingest_server.web.rendering import page
from ingest_server.web.shares import shown_of
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.chain import LinkState

VISITS_A_PAGE = 50
ALL: Final = "all"

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
# A form sends a field that was left empty as an empty text.
Asked = Annotated[str, Query(max_length=64)]


class Tab(Struct, frozen=True):
    """A band of the queue, or all of it."""

    words: Words
    address: str
    count: str
    chosen: bool


def typed_filter(
    band: Band | Literal["all"] = Band.HOLD,
    agency: Asked = "",
    caregiver: Asked = "",
    link: BrokenLink | Literal[""] = "",
    work: Work | Literal["all"] = Work.WAITING,
) -> VisitFilter:
    """The filters of the queue, which opens on what waits and is to be looked at first."""
    chosen = None if band == ALL else Band(band)
    at_work = None if work == ALL else Work(work)
    where = LinkState(link) if link else None
    return VisitFilter(agency.strip() or None, caregiver.strip() or None, chosen, where, at_work)


@router.get("/")
def queue(
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    wanted: Annotated[VisitFilter, Depends(typed_filter)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """Visits that wait to be looked at, by expected loss; or all those of another tab, newest first."""
    after, now_ms = None if cursor is None else place_of(cursor), parts.now_ms()
    with parts.database.reading() as connection:
        counts = band_counts(connection, viewer.scope, wanted, now_ms)
        if "band" not in request.query_params and not counts[Band.HOLD]:
            wanted = msgspec.structs.replace(wanted, band=Band.REVIEW)
        begun, second = has_visits(connection, viewer.scope), waiting_for(connection, viewer.scope, viewer.name)
        found = visits_page(connection, viewer.scope, wanted, Cut(VISITS_A_PAGE, now_ms, after))
    following = None if found.after is None else _address(wanted, cursor_of(found.after))
    first = None if cursor is None else _address(wanted)
    tabs = _tabs(wanted, counts)
    return page(
        request,
        "queue.html",
        found=found,
        wanted=wanted,
        tabs=tabs,
        begun=begun,
        second=second,
        following=following,
        first=first,
        broken_links=LINK_EXCEPTIONS,
        works=tuple(Work),
    )


@router.get("/next")
def following_visit(viewer: EvidenceViewer, parts: GivenParts, after: RecordDigest = None) -> RedirectResponse:
    """On to the next visit that waits and that nobody took, after the one of a digest; to the queue where none does."""
    with parts.database.reading() as connection:
        found = next_waiting(connection, viewer.scope, parts.now_ms(), after)
    return RedirectResponse("/" if found is None else f"/visits/{found.visit}?record={found.digest}", status_code=303)


@router.get("/caregivers/{caregiver}")
def caregiver(request: Request, viewer: EvidenceViewer, parts: GivenParts, caregiver: CaregiverPath) -> HTMLResponse:
    """What a caregiver's visits come to."""
    with parts.database.reading() as connection:
        found = caregiver_summary(connection, viewer.scope, caregiver, parts.now_ms())
    if found is None:
        raise NotFoundError
    share = authenticity_of(parts, viewer.scope, Kind.CAREGIVER, caregiver)
    shown = None if share is None else shown_of(share, parts.censuses.settings)
    return page(request, "caregiver.html", found=found, recent=RECENT, shown=shown)


def _tabs(wanted: VisitFilter, counts: dict[Band, int]) -> list[Tab]:
    bands: list[Band | None] = [Band.HOLD, Band.REVIEW, Band.INSUFFICIENT_EVIDENCE, Band.CREDIBLE, None]
    return [_tab(wanted, band, list(counts.values()) if band is None else [counts[band]]) for band in bands]


def _tab(wanted: VisitFilter, band: Band | None, counts: list[int]) -> Tab:
    words = Words("全部", "all") if band is None else said(band)
    count = f"{sum(counts):,}" + ("+" if max(counts) >= MOST_COUNTED else "")
    return Tab(words, _address(msgspec.structs.replace(wanted, band=band)), count, band is wanted.band)


def _address(wanted: VisitFilter, cursor: str | None = None) -> str:
    given = {"band": wanted.band or ALL, "agency": wanted.agency, "caregiver": wanted.caregiver, "link": wanted.link}
    # What waits is what the queue shows unasked.
    given |= {"cursor": cursor, "work": None if wanted.work is Work.WAITING else wanted.work or ALL}
    return "/?" + urlencode({name: value for name, value in given.items() if value})
