"""The pages that people read: the queue, one visit, one caregiver. A page never knows what the API cannot say."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse

from ingest_server.authenticity.estimate import Kind
from ingest_server.errors import CaseError
from ingest_server.rules.limits import limits_of
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Band
from ingest_server.store.caregivers import RECENT, caregiver_summary
from ingest_server.store.cases import case_of_visit
from ingest_server.store.summaries import LINK_EXCEPTIONS
from ingest_server.store.verdicts import BEFORE_RULES
from ingest_server.store.visits import (
    Cut,
    VisitFilter,
    Work,
    band_counts,
    find_visit,
    has_visits,
    next_waiting,
    visits_page,
)
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.api import BrokenLink, CaregiverPath, RecordDigest, VisitPath
from ingest_server.web.authenticity import authenticity_of
from ingest_server.web.cursor import cursor_of, place_of
from ingest_server.web.deciding import Typed, desk_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.lanes import timeline
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.reading import reasons_of, sentence_of, unobserved_of
from ingest_server.web.rendering import page
from ingest_server.web.rule_reading import rules_by_which
from ingest_server.web.rule_words import raised_in_words
from ingest_server.web.shares import shown_of
from ingest_server.web.steps import OfVisit
from ingest_server.web.timeline import in_order
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
    count: int
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
        begun = has_visits(connection, viewer.scope)
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
        following=following,
        first=first,
        broken_links=LINK_EXCEPTIONS,
        works=tuple(Work),
    )


@router.get("/next")
def following_visit(viewer: EvidenceViewer, parts: GivenParts) -> RedirectResponse:
    """On to the visit with the most expected loss that waits and that nobody took; to the queue where none does."""
    with parts.database.reading() as connection:
        found = next_waiting(connection, viewer.scope, parts.now_ms())
    return RedirectResponse("/" if found is None else f"/visits/{found.visit}?record={found.digest}", status_code=303)


@router.get("/visits/{visit}")
def visit(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, visit: VisitPath, record: RecordDigest = None
) -> HTMLResponse:
    """The verdict on one visit, why, the evidence that it rests on, and what people made of it."""
    return visit_page(request, viewer, parts, OfVisit(visit, record))


def visit_page(  # noqa: PLR0913, PLR0917 - a page, and what stands in its form
    request: Request,
    viewer: Viewer,
    parts: Parts,
    of: OfVisit,
    typed: Typed | None = None,
    refused: CaseError | None = None,
) -> HTMLResponse:
    """The page of a visit, with what was typed into its form where that was refused.

    Raises:
        NotFoundError: there is no such visit to see.
    """
    with parts.database.reading() as connection:
        found = find_visit(connection, viewer.scope, of.visit, of.record)
        if found is None:
            raise NotFoundError
        case = case_of_visit(connection, viewer.scope, found.summary.digest)
        rule_set = rules_by_which(connection, found.verdict.rules)
    drawn = timeline(found.record, limits_of(rule_set or shipped_rules(EVIDENCE_IDS)), parts.zone)
    desk = desk_of(case, viewer.name, parts.now_ms(), typed, refused)
    return page(
        request,
        "visit.html",
        desk.status,
        found=found,
        case=case,
        desk=desk,
        action=f"/visits/{of.visit}/steps?record={found.summary.digest}",
        drawn=drawn,
        listed=in_order(drawn),
        reasons=reasons_of(found.verdict),
        sentence=sentence_of(found.verdict),
        unobserved=unobserved_of(found.verdict),
        raised=[raised_in_words(exception, rule_set) for exception in found.summary.raised],
        usual=None if rule_set is None else rule_set.thresholds,
        before_rules=BEFORE_RULES,
    )


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
    return [_tab(wanted, band, sum(counts.values()) if band is None else counts[band]) for band in bands]


def _tab(wanted: VisitFilter, band: Band | None, count: int) -> Tab:
    words = Words("全部", "all") if band is None else said(band)
    return Tab(words, _address(msgspec.structs.replace(wanted, band=band)), count, band is wanted.band)


def _address(wanted: VisitFilter, cursor: str | None = None) -> str:
    given = {"band": wanted.band or ALL, "agency": wanted.agency, "caregiver": wanted.caregiver, "link": wanted.link}
    # What waits is what the queue shows unasked.
    given |= {"cursor": cursor, "work": None if wanted.work is Work.WAITING else wanted.work or ALL}
    return "/?" + urlencode({name: value for name, value in given.items() if value})
