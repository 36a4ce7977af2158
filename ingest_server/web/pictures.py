"""Charts as a page shows them: drawn, or with their place kept until they are."""

from fastapi import Request
from markupsafe import Markup
from msgspec import Struct

from ingest_server.charts.chart import Chart, Form, Size
from ingest_server.web.drawings import Drawing, Undrawn
from ingest_server.web.language import tongue_of
from ingest_server.web.overview import Asked
from ingest_server.web.overview_answer import ByTime, Overview
from ingest_server.web.overview_charts import charts_of
from ingest_server.web.parts import Parts


class Picture(Struct, frozen=True):
    """A chart with its drawings and the moment of its values; or why there is none, and the values of now."""

    chart: Chart
    at_ms: int
    svgs: tuple[Markup, ...] = ()
    undrawn: Undrawn | None = None

    @property
    def sizes(self) -> dict[Form, Size]:
        """How large its drawings are."""
        return {form: self.chart.size(form) for form in Form}


def pictures_of(request: Request, parts: Parts, asked: Asked, found: Overview | ByTime) -> dict[str, Picture]:
    """The pictures of an overview by name, as far as they are drawn; the rest ``drawings.draw`` is to draw."""
    tongue = tongue_of(request)
    return {
        name: _picture(chart, parts.drawings.of((asked, name, tongue), chart, f"chart-{name}", found.when.at_ms), found)
        for name, chart in charts_of(found, tongue)._asdict().items()
    }


def under_way(pictures: dict[str, Picture]) -> bool:
    """Whether one of them is still to come."""
    return any(picture.undrawn is Undrawn.UNDER_WAY for picture in pictures.values())


def _picture(chart: Chart, drawing: Drawing | Undrawn, found: Overview | ByTime) -> Picture:
    if isinstance(drawing, Undrawn):
        return Picture(chart, found.when.at_ms, undrawn=drawing)
    # Our own text, in which whatever came from elsewhere was escaped as it was written.
    return Picture(drawing.chart, drawing.at_ms, tuple(Markup(svg) for svg in drawing.svgs))
