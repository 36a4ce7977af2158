"""The page of the overview, and that of the devices that are out of order."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, Response

from ingest_server.scoring.verdict import Band
from ingest_server.store.districts import districts
from ingest_server.store.scope import Everything
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.errors import NotFoundError
from ingest_server.web.overview import Asked, by_time, devices_page, overview
from ingest_server.web.overview_answer import Ranking
from ingest_server.web.overview_charts import doubted
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.pictures import pictures_of, under_way
from ingest_server.web.ranking import RankedSubject
from ingest_server.web.rendering import page
from ingest_server.web.shares import Whisker, whisker_of

DEVICES_A_PAGE: Final = 100
# The shortest that HTTP can ask for.
AGAIN_S: Final = 1

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
# A form sends a field that was left empty as an empty text.
Typed = Annotated[str, Query(max_length=64)]


class ShownRanking(Struct, frozen=True):
    """A ranking with the interval of each line as a bar."""

    found: Ranking
    lines: tuple[tuple[RankedSubject, Whisker], ...]


@router.get("/overview")
def whole(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, agency: Typed = "", district: Typed = ""
) -> HTMLResponse:
    """Today and the year at a glance, of all that the reader sees or of a part."""
    asked = _asked(viewer, agency, district)
    try:
        found = overview(parts, asked)
    except NotFoundError as refused:
        return _page(request, parts, asked, status=refused.status, found=None)
    pictures = pictures_of(request, parts, asked, found)
    answer = _page(
        request,
        parts,
        asked,
        found=found,
        when=found.when,
        pictures=pictures,
        fetched=under_way(pictures),
        rankings=[_shown(one) for one in (found.agencies, found.districts) if one is not None],
        concern_pct=100 * parts.censuses.settings.concern_share,
        doubted=doubted,
        HOLD=Band.HOLD,
    )
    answer.background = BackgroundTask(parts.drawings.draw)
    return answer


@router.get("/overview/charts")
def charts(
    request: Request, viewer: EvidenceViewer, parts: GivenParts, agency: Typed = "", district: Typed = ""
) -> Response:
    """The charts of that page by themselves, for its script; nothing yet while they are being drawn."""
    asked = _asked(viewer, agency, district)
    found = by_time(parts, asked)
    pictures = pictures_of(request, parts, asked, found)
    answer: Response
    if under_way(pictures):
        answer = Response(status_code=202, headers={"Retry-After": str(AGAIN_S)})
        # Whoever asked was shown nothing, and asks again: the trail would say that they looked at it all these times.
        request.state.entered = True
    else:
        addresses = _addresses(asked)
        answer = page(request, "overview_charts.html", 200, when=found.when, pictures=pictures, **addresses)
    # Several processes may serve one page: the one that is asked now may not have begun yet.
    answer.background = BackgroundTask(parts.drawings.draw)
    return answer


@router.get("/overview/devices")
def devices(  # noqa: PLR0913, PLR0917 - each is a part of the question
    request: Request,
    viewer: EvidenceViewer,
    parts: GivenParts,
    agency: Typed = "",
    district: Typed = "",
    cursor: Typed = "",
) -> HTMLResponse:
    """Every device with something out of order."""
    asked = _asked(viewer, agency, district)
    found = devices_page(parts, asked, cursor, DEVICES_A_PAGE)
    following = None if found.next_cursor is None else _address("/overview/devices", asked, found.next_cursor)
    return page(
        request,
        "overview_devices.html",
        found=found,
        asked=asked,
        back=_address("/overview", asked),
        following=following,
    )


def _asked(viewer: Viewer, agency: str, district: str) -> Asked:
    return Asked(viewer.scope, agency.strip() or None, district.strip() or None)


def _page(request: Request, parts: Parts, asked: Asked, status: int = 200, **values: object) -> HTMLResponse:
    known = _known_districts(parts, asked)
    return page(request, "overview.html", status, asked=asked, known_districts=known, **_addresses(asked), **values)


def _known_districts(parts: Parts, asked: Asked) -> list[str]:
    """What the page may be narrowed to: nobody but the fund narrows by district."""
    if not isinstance(asked.scope, Everything):
        return []
    with parts.database.reading() as connection:
        return sorted(set(districts(connection).values()))


def _addresses(asked: Asked) -> dict[str, str]:
    paths = {"again": "/overview", "charts_at": "/overview/charts", "every_device": "/overview/devices"}
    return {name: _address(path, asked) for name, path in paths.items()}


def _shown(ranking: Ranking) -> ShownRanking:
    return ShownRanking(ranking, tuple((one, whisker_of(one.estimate)) for one in ranking.first))


def _address(path: str, asked: Asked, cursor: str | None = None) -> str:
    return address_of(path, {"agency": asked.agency, "district": asked.district, "cursor": cursor})
