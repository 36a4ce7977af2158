"""From a chart to SVG text that may stand in a page under our content security policy.

Altair declares, and Vega-Lite compiles it to Vega once for every shape; only the values are put in each time. What Vega
draws is taken apart again: nothing that names a font, a script or a style stays, and a title and a description come in.
"""

import json
import re
from copy import copy
from functools import lru_cache
from typing import Any, Final
from xml.etree import ElementTree as ET

import vl_convert

from ingest_server.charts.chart import ROWS, Chart, Declaration, Form

_SVG: Final = "http://www.w3.org/2000/svg"
# What lays out and paints. Everything else that Vega writes is for its own use, or would want an inline style.
_KEPT: Final = frozenset({
    "d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "width", "height", "viewBox", "transform", "fill", "stroke",
    "stroke-width", "fill-opacity", "stroke-opacity", "opacity", "text-anchor", "font-size",
})  # fmt: skip
_NEEDLESS: Final = frozenset({("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)")})
_LONG_FIGURE: Final = re.compile(r"[0-9]+\.[0-9]{3,}")
_SHOWN: Final = frozenset({"g", "path", "rect", "line", "text"})
_MOST_SHAPES: Final = 64


def drawn(chart: Chart, form: Form, id_: str) -> str:
    """The chart as an ``svg`` element with the classes ``chart`` and its form.

    Args:
        chart: what to draw.
        form: for which screens.
        id_: an id that no other element of the page begins with.
    """
    vega = copy(_compiled(chart.declaration, form))
    vega["data"] = [_filled(data, chart) for data in vega["data"]]
    root = ET.fromstring(vl_convert.vega_to_svg(json.dumps(vega)))
    return _text(root, chart, form, id_)


@lru_cache(maxsize=_MOST_SHAPES)
def _compiled(declaration: Declaration, form: Form) -> dict[str, Any]:
    found: dict[str, Any] = vl_convert.vegalite_to_vega(declaration.declared(form).to_dict())
    return found


def _filled(data: dict[str, Any], chart: Chart) -> dict[str, Any]:
    return {**data, "values": list(chart.rows())} if data["name"] == ROWS else data


def _text(root: ET.Element, chart: Chart, form: Form, id_: str) -> str:
    made = ET.Element("svg", {"class": f"chart {form}", "viewBox": root.attrib["viewBox"], "role": "img"})
    made.attrib |= {"aria-labelledby": f"{id_}-{form}-title", "aria-describedby": f"{id_}-{form}-desc"}
    for name, text in (("title", chart.title), ("desc", chart.description)):
        ET.SubElement(made, name, {"id": f"{id_}-{form}-{name}"}).text = text
    made.extend(_plain(child) for child in root if _is_seen(child))
    return ET.tostring(made, encoding="unicode")


def _plain(element: ET.Element) -> ET.Element:
    kept = {name: value for name, value in element.attrib.items() if name in _KEPT and (name, value) not in _NEEDLESS}
    found = ET.Element(_name(element), {name: _short(value) for name, value in kept.items()})
    found.text = element.text
    found.extend(_plain(child) for child in element if _is_seen(child))
    return found


def _short(value: str) -> str:
    """A hundredth of a pixel is nobody's to see."""
    return _LONG_FIGURE.sub(lambda found: f"{float(found[0]):.2f}", value)


def _is_seen(element: ET.Element) -> bool:
    if _name(element) not in _SHOWN or element.get("display") == "none" or element.get("d") in {"", "M0,0h0v0h0Z"}:
        return False
    return _name(element) != "g" or any(_is_seen(child) for child in element)


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{_SVG}}}")
