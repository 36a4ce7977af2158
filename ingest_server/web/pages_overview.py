"""The page of the overview, and that of the devices that are out of order."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup
from msgspec import Struct
from starlette.responses import HTMLResponse

from ingest_server.charts.chart import Chart
from ingest_server.scoring.verdict import Band
from ingest_server.store.districts import districts
from ingest_server.web.access import EvidenceViewer, Viewer, evidence_viewer
from ingest_server.web.drawings import Drawing
from ingest_server.web.errors import NotFoundError
from ingest_server.web.language import tongue_of
from ingest_server.web.overview import Asked, devices_page, overview
from ingest_server.web.overview_answer import Overview, Ranking
from ingest_server.web.overview_charts import charts_of, doubted
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.ranking import RankedSubject
from ingest_server.web.rendering import page
from ingest_server.web.shares import Whisker, whisker_of

DEVICES_A_PAGE: Final = 100

router = APIRouter(dependencies=[Depends(evidence_viewer)], include_in_schema=False)
# A form sends a field that was left empty as an empty text.
Typed = Annotated[str, Query(max_length=64)]


class Picture(Struct, frozen=True):
    """A chart as the page shows it: its drawings, and the values that they were drawn from."""

    chart: Chart
    svgs: tuple[Markup, ...]
    at_ms: int


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
    return _page(
        request,
        parts,
        asked,
        found=found,
        pictures=_pictures(request, parts, asked, found),
        rankings=[_shown(one) for one in (found.agencies, found.districts) if one is not None],
        concern_pct=100 * parts.censuses.settings.concern_share,
        doubted=doubted,
        HOLD=Band.HOLD,
    )


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
    with parts.database.reading() as connection:
        known = sorted(set(districts(connection).values()))
    every = _address("/overview/devices", asked)
    return page(request, "overview.html", status, asked=asked, known_districts=known, every_device=every, **values)


def _pictures(request: Request, parts: Parts, asked: Asked, found: Overview) -> dict[str, Picture]:
    tongue = tongue_of(request)
    drawn = {
        name: parts.drawings.of((asked, name, tongue), chart, f"chart-{name}")
        for name, chart in charts_of(found, tongue)._asdict().items()
    }
    return {name: _picture(drawing) for name, drawing in drawn.items()}


def _picture(drawing: Drawing) -> Picture:
    # Our own text, in which whatever came from elsewhere was escaped as it was written.
    return Picture(drawing.chart, tuple(Markup(svg) for svg in drawing.svgs), drawing.at_ms)


def _shown(ranking: Ranking) -> ShownRanking:
    return ShownRanking(ranking, tuple((one, whisker_of(one.estimate)) for one in ranking.first))


def _address(path: str, asked: Asked, cursor: str | None = None) -> str:
    return address_of(path, {"agency": asked.agency, "district": asked.district, "cursor": cursor})
