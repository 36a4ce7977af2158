"""The pages of a caregiver, an agency, a recipient and a device: what their visits come to, and the way to each."""

from typing import Final

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import HTMLResponse

from ingest_server.authenticity.estimate import Kind
from ingest_server.store.caregivers import CaregiverSummary, caregiver_summary
from ingest_server.store.scope import Scope
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.visits import visits_page
from ingest_server.store.wanted import Cut, VisitFilter
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.authenticity import estimated, kept_of
from ingest_server.web.calendar import Calendar, calendar_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.ids import Identified
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.profile import WEEKS_SHOWN, profiled
from ingest_server.web.profile_answer import Profile
from ingest_server.web.ranking import RankedSubject
from ingest_server.web.rendering import page
from ingest_server.web.shares import Whisker, shown_of, whisker_of
from ingest_server.web.told import device_answer
from ingest_server.web.told_shown import ToldShown, told_shown

LATEST: Final = 20

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)


class ShownProfile(Struct, frozen=True):
    """A profile, its calendar drawn, and the caregivers of an agency with their intervals as bars."""

    found: Profile
    calendar: Calendar
    caregivers: tuple[tuple[RankedSubject, Whisker], ...]
    concern_pct: float


@router.get("/caregivers/{caregiver}")
def caregiver(request: Request, viewer: EvidenceViewer, parts: GivenParts, caregiver: Identified) -> HTMLResponse:
    """What a caregiver's visits come to."""
    with parts.database.reading() as connection:
        summary = caregiver_summary(connection, viewer.scope, caregiver, parts.now_ms())
    if summary is None:
        raise NotFoundError
    return _page(request, viewer, parts, Kind.CAREGIVER, caregiver, summary=summary)


@router.get("/agencies/{agency}")
def agency(request: Request, viewer: EvidenceViewer, parts: GivenParts, agency: Identified) -> HTMLResponse:
    """What an agency's visits come to."""
    return _page(request, viewer, parts, Kind.AGENCY, agency)


@router.get("/recipients/{recipient}")
def recipient(request: Request, viewer: EvidenceViewer, parts: GivenParts, recipient: Identified) -> HTMLResponse:
    """What the visits to a recipient come to."""
    return _page(request, viewer, parts, Kind.RECIPIENT, recipient)


@router.get("/devices/{device}")
def device(request: Request, viewer: EvidenceViewer, parts: GivenParts, device: Identified) -> HTMLResponse:
    """What the visits that a device witnessed come to."""
    return _page(request, viewer, parts, Kind.DEVICE, device)


def _page(  # noqa: PLR0913, PLR0917 - a page, and what a caregiver's has besides
    request: Request,
    viewer: Viewer,
    parts: Parts,
    kind: Kind,
    subject: str,
    summary: CaregiverSummary | None = None,
) -> HTMLResponse:
    kept = kept_of(parts, viewer.scope, kind, subject)
    share = estimated(parts, viewer.scope, kind, subject, kept)
    if share is None and summary is None:
        raise NotFoundError
    latest = _latest(parts, viewer.scope, _visits_of(kind, subject)) if summary is None else summary.recent
    told = _told(parts, viewer, subject) if kind is Kind.DEVICE else None
    shown = None if share is None else _shown(parts, profiled(parts, viewer.scope, kind, subject, kept))
    estimate = None if share is None else shown_of(share, parts.censuses.settings)
    return page(
        request,
        "subject.html",
        kind=kind,
        subject=subject,
        summary=summary,
        latest=latest[:LATEST],
        more=len(latest) > LATEST,
        shown=estimate,
        of=shown,
        told=told,
    )


def _told(parts: Parts, viewer: Viewer, device: str) -> ToldShown | None:
    try:
        return told_shown(device_answer(parts, viewer.fleet, device))
    except NotFoundError:
        # Its visits are there, and stay to be seen, though it is not among the devices any more.
        return None


def _latest(parts: Parts, scope: Scope, wanted: VisitFilter) -> tuple[VisitSummary, ...]:
    """The latest visits, and one more where there is one."""
    with parts.database.reading() as connection:
        return visits_page(connection, scope, wanted, Cut(LATEST + 1, parts.now_ms())).visits


def _visits_of(kind: Kind, subject: str) -> VisitFilter:
    match kind:
        case Kind.CAREGIVER:
            return VisitFilter(caregiver=subject)
        case Kind.RECIPIENT:
            return VisitFilter(recipient=subject)
        case Kind.DEVICE:
            return VisitFilter(device=subject)
        case _:
            return VisitFilter(agency=subject)


def _shown(parts: Parts, found: Profile) -> ShownProfile:
    return ShownProfile(
        found,
        calendar_of(found.calendar, found.today, WEEKS_SHOWN),
        tuple((one, whisker_of(one.estimate)) for one in found.caregivers or ()),
        100 * parts.censuses.settings.concern_share,
    )
