"""Charts as SVG that may stand in a page: nothing in it that our content security policy or a screen reader minds."""

import re
from xml.etree import ElementTree as ET

import pytest

from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Chart, Form
from ingest_server.charts.drawing import drawn
from ingest_server.charts.heat import STEPS, HeatMap, step_of

SVG_NAMES = {"svg", "title", "desc", "g", "path", "rect", "line", "text"}


def bars(*figures: tuple[float, float], title: str = "Visits by day", day: str = "09-") -> DayBars:
    made = tuple(Bar(f"{day}{place:02}", whole, part) for place, (whole, part) in enumerate(figures, 1))
    return DayBars(title, "From 3 to 9.", made)


def heat(*rows: tuple[int, ...]) -> HeatMap:
    names = tuple(str(column) for column in range(len(rows[0])))
    return HeatMap("By hour", "At most 9.", tuple("一二三四五六日")[: len(rows)], names, rows)


CHARTS: dict[str, Chart] = {
    "bars": bars((3, 1), (9, 2)),
    "no visit at all": bars((0, 0), (0, 0)),
    "one day": bars((4, 4)),
    "heat": heat((0, 1, 9), (2, 0, 3)),
    "no heat at all": heat((0, 0)),
    "no bar": DayBars("none", "none", ()),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
@pytest.mark.parametrize("form", Form)
def test_drawing_holds_nothing_but_shapes_and_words(chart: Chart, form: Form) -> None:
    text = drawn(chart, form, "chart")
    root = ET.fromstring(text)
    assert {element.tag for element in root.iter()} <= SVG_NAMES
    assert not re.search(r"style|script|font-family|href|aria-role|url\(", text)
    paints = {element.get(name) for element in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert all(str(paint).startswith("var(--") for paint in paints), paints


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
@pytest.mark.parametrize("form", Form)
def test_drawing_is_as_large_as_the_chart_said_before(chart: Chart, form: Form) -> None:
    width, height = chart.size(form)
    assert ET.fromstring(drawn(chart, form, "chart")).get("viewBox") == f"0 0 {width} {height}"


@pytest.mark.parametrize("form", Form)
def test_drawing_says_what_it_shows(form: Form) -> None:
    root = ET.fromstring(drawn(CHARTS["bars"], form, "chart-visits"))
    named = {element.get("id"): element.text for element in root if element.tag in {"title", "desc"}}
    assert root.get("role") == "img"
    assert named[root.get("aria-labelledby")] == "Visits by day"
    assert named[root.get("aria-describedby")] == "From 3 to 9."


def heights(text: str, paint: str) -> list[float]:
    paths = (one.get("d", "") for one in ET.fromstring(text).iter("path") if one.get("fill") == f"var(--{paint})")
    return [float(found[1]) for path in paths if (found := re.search(r"v(-?[0-9.]+)", path))]


def test_bars_are_as_high_as_their_values() -> None:
    text = drawn(bars((10, 5), (5, 0)), Form.WIDE, "chart")
    first, second = heights(text, "teal-fill")
    part = heights(text, "against-fill")[0]
    assert first == pytest.approx(2 * second, rel=0.02)
    assert part == pytest.approx(second, rel=0.02)


def test_other_values_of_the_same_shape_are_another_picture() -> None:
    assert drawn(bars((3, 1), (9, 2)), Form.WIDE, "chart") != drawn(bars((3, 1), (8, 2)), Form.WIDE, "chart")


def test_heat_has_a_cell_for_every_figure_and_none_is_said_of_nothing() -> None:
    text = drawn(heat((0, 1, 9), (2, 0, 3)), Form.WIDE, "chart")
    assert len(re.findall(r"var\(--heat-0\)", text)) == 2
    assert len(re.findall(r"var\(--heat-[0-9]\)", text)) == 6
    assert len(re.findall(rf"var\(--heat-{STEPS - 1}\)", text)) == 1


@pytest.mark.parametrize(("figure", "step"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)])
def test_step_of_heat(figure: int, step: int) -> None:
    assert step_of(figure, 100) == step


def test_hostile_words_stay_words() -> None:
    text = drawn(bars((1, 0), title="</title><script>alert(1)</script>", day='"><script>'), Form.WIDE, "chart")
    assert "<script" not in text
    assert {element.tag for element in ET.fromstring(text).iter()} <= SVG_NAMES
