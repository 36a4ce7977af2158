"""Charts as they were drawn last, so that a page does not wait for its pictures.

A chart is drawn anew when its values are other ones: behind the page while the last drawing is some minutes old at
most, which is then shown with the values that it was drawn from; before the page where there is none, or an older one.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

import structlog

from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Chart, Form
from ingest_server.charts.drawing import drawn
from ingest_server.charts.heat import HeatMap
from ingest_server.web.kept import STALE_MS, Start, in_background

# Some 60 kB each.
MOST_DRAWINGS: Final = 512
# One of each kind that pages show at their first sight: drawing them loads what draws, and compiles their shapes.
FIRST: Final[tuple[Chart, ...]] = (
    DayBars("", "", (Bar("09-22", 2.0, 1.0),)),
    HeatMap("", "", tuple("1234567"), ("0", "1"), ((0, 1),) * 7),
)
log = structlog.get_logger()


class Drawing(NamedTuple):
    """A chart, its pictures for wide and narrow screens, and when its values were those that there were."""

    chart: Chart
    svgs: tuple[str, ...]
    at_ms: int


class Drawings:
    """The latest drawing of each place on a page; safe to ask from many threads."""

    def __init__(self, now_ms: Callable[[], int], start: Start = in_background, most: int = MOST_DRAWINGS) -> None:
        self._now_ms = now_ms
        self._start = start
        self._most = most
        self._drawings: OrderedDict[Hashable, Drawing] = OrderedDict()
        self._at_work: set[Hashable] = set()
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Draw a first chart of every kind beside everything else, which takes a second."""
        self._start(self._draw_first)

    def of(self, place: Hashable, chart: Chart, id_: str) -> Drawing:
        """The drawing of a place: of this chart, or of the one that was there within the last minutes.

        Args:
            place: whose figures these are, which, and in which language.
            chart: the chart with the values of now.
            id_: an id that no other element of the page begins with.
        """
        now_ms = self._now_ms()
        with self._lock:
            found = self._drawings.get(place)
            if found is not None and found.chart == chart:
                self._keep(place, found := found._replace(at_ms=now_ms))
                return found
        if found is None or not 0 <= now_ms - found.at_ms < STALE_MS:
            return self._draw(place, chart, id_)
        self._draw_behind(place, chart, id_)
        return found

    def _draw_first(self) -> None:
        for chart in FIRST:
            self._draw(("first", type(chart)), chart, "first")

    def _draw_behind(self, place: Hashable, chart: Chart, id_: str) -> None:
        with self._lock:
            if place in self._at_work:
                return
            self._at_work.add(place)

        def work() -> None:
            try:
                self._draw(place, chart, id_)
            except Exception:
                log.exception("chart not drawn, the former stays", chart=id_)
            finally:
                with self._lock:
                    self._at_work.discard(place)

        self._start(work)

    def _draw(self, place: Hashable, chart: Chart, id_: str) -> Drawing:
        found = Drawing(chart, tuple(drawn(chart, form, id_) for form in Form), self._now_ms())
        with self._lock:
            self._keep(place, found)
        return found

    def _keep(self, place: Hashable, found: Drawing) -> None:
        self._drawings[place] = found
        self._drawings.move_to_end(place)
        while len(self._drawings) > self._most:
            self._drawings.popitem(last=False)
