"""Charts as they were drawn last, so that no page waits for its pictures.

A chart is drawn anew when its values are other ones, behind the answer that asked for it: while the last drawing is
some minutes old at most it is shown with the values that it was drawn from, else the page keeps its place.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import Final, NamedTuple

import structlog

from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Chart, Form
from ingest_server.charts.heat import HeatMap
from ingest_server.web.kept import STALE_MS, Start, in_background

# Some 60 kB each.
MOST_DRAWINGS: Final = 512
# What could not be drawn is hardly to be drawn a moment later.
RETRY_MS: Final = 60_000
# One of each kind that pages show at their first sight: drawing them loads what draws, and compiles their shapes.
FIRST: Final[tuple[Chart, ...]] = (
    DayBars("", "", (Bar("09-22", 2.0, 1.0),)),
    HeatMap("", "", tuple("1234567"), ("0", "1"), ((0, 1),) * 7),
)
# Draws a chart for some screens, with an id.
Draw = Callable[[Chart, Form, str], str]
log = structlog.get_logger()


class Drawing(NamedTuple):
    """A chart, its pictures for wide and narrow screens, and when its values were those that there were."""

    chart: Chart
    svgs: tuple[str, ...]
    at_ms: int


class Undrawn(StrEnum):
    """Why there is no drawing: it is being drawn, or was tried within the last minute and could not be."""

    UNDER_WAY = "under_way"
    FAILED = "failed"


class _Wanted(NamedTuple):
    place: Hashable
    chart: Chart
    id_: str
    at_ms: int


class Drawings:
    """The latest drawing of each place on a page; safe to ask from many threads."""

    def __init__(
        self,
        draw: Draw,
        start: Start = in_background,
        most: int = MOST_DRAWINGS,
        end: Callable[[], None] = lambda: None,
    ) -> None:
        """Nothing is drawn yet.

        Args:
            draw: draws a chart; it should not keep the interpreter to itself.
            start: runs the first drawings beside everything else.
            most: how many are kept, and how many may wait.
            end: ends what draws.
        """
        self._draw_one = draw
        self._start = start
        self._most = most
        self._end = end
        self._closed = False
        self._drawings: OrderedDict[Hashable, Drawing] = OrderedDict()
        self._failed_ms: dict[Hashable, int] = {}
        self._waiting: deque[_Wanted] = deque()
        self._at_work: set[Hashable] = set()
        self._lock = threading.Lock()
        self._drawing = threading.Lock()

    def warm(self) -> None:
        """Draw a first chart of every kind beside everything else, which takes a second."""
        with self._lock:
            for chart in FIRST:
                self._want(_Wanted(("first", type(chart)), chart, "first", 0))
        self._start(self.draw)

    def of(self, place: Hashable, chart: Chart, id_: str, at_ms: int) -> Drawing | Undrawn:
        """The drawing of a place: of this chart, or of the one that was there within the last minutes.

        If it is not of this chart, this one waits for :meth:`draw`, to be called once whoever asked is answered.

        Args:
            place: whose figures these are, which, and in which language.
            chart: the chart with the values of now.
            id_: an id that no other element of the page begins with.
            at_ms: when now is.
        """
        with self._lock:
            found = self._drawings.get(place)
            if found is not None and found.chart == chart:
                self._keep(place, found := found._replace(at_ms=at_ms))
                return found
            failed = self._failed_lately(place, at_ms)
            if not failed:
                self._want(_Wanted(place, chart, id_, at_ms))
        if found is not None and abs(at_ms - found.at_ms) < STALE_MS:
            return found
        return Undrawn.FAILED if failed else Undrawn.UNDER_WAY

    def draw(self) -> None:
        """Draw what waits, one after another; where somebody does already, they draw what came meanwhile too."""
        while self._waiting and not self._closed and self._drawing.acquire(blocking=False):
            try:
                while self._waiting and not self._closed:
                    self._draw(self._waiting.popleft())
            finally:
                self._drawing.release()

    def close(self) -> None:
        """Draw nothing any more, once the chart under way is drawn."""
        self._closed = True
        with self._drawing:
            self._end()

    def _want(self, wanted: _Wanted) -> None:
        if wanted.place not in self._at_work and len(self._at_work) < self._most:
            self._at_work.add(wanted.place)
            self._waiting.append(wanted)

    def _draw(self, wanted: _Wanted) -> None:
        try:
            svgs = tuple(self._draw_one(wanted.chart, form, wanted.id_) for form in Form)
            found = Drawing(wanted.chart, svgs, wanted.at_ms)
        except Exception:
            log.exception("chart not drawn", chart=wanted.id_)
            found = None
        with self._lock:
            self._at_work.discard(wanted.place)
            if found is None:
                self._note_failure(wanted)
            else:
                self._keep(wanted.place, found)

    def _failed_lately(self, place: Hashable, at_ms: int) -> bool:
        failed_ms = self._failed_ms.get(place)
        return failed_ms is not None and abs(at_ms - failed_ms) < RETRY_MS

    def _note_failure(self, wanted: _Wanted) -> None:
        lately = {place: at_ms for place, at_ms in self._failed_ms.items() if self._failed_lately(place, wanted.at_ms)}
        self._failed_ms = lately | {wanted.place: wanted.at_ms}

    def _keep(self, place: Hashable, found: Drawing) -> None:
        self._drawings[place] = found
        self._drawings.move_to_end(place)
        while len(self._drawings) > self._most:
            self._drawings.popitem(last=False)
