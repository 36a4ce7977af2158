"""Charts are drawn behind the page while the last drawing is fresh, before it where there is none; few are kept."""

import threading
from collections.abc import Callable, Sequence

from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Row
from ingest_server.web.drawings import Drawings
from ingest_server.web.kept import STALE_MS
from tests.ingest_server.web.conftest import Clock


def chart(value: float) -> DayBars:
    return DayBars("title", "desc", (Bar("09-21", value, 0.0),))


def test_chart_that_did_not_change_is_not_drawn_again() -> None:
    clock, waiting = Clock(), list[Callable[[], None]]()
    drawings = Drawings(clock, waiting.append)
    first = drawings.of("place", chart(1), "chart")
    clock.now_ms += 10 * STALE_MS
    again = drawings.of("place", chart(1), "chart")
    assert again.svgs is first.svgs
    assert (again.at_ms, waiting) == (clock.now_ms, [])


def test_changed_chart_is_shown_as_it_was_until_it_is_drawn_behind_the_page() -> None:
    waiting: list[Callable[[], None]] = []
    drawings = Drawings(Clock(), waiting.append)
    first = drawings.of("place", chart(1), "chart")
    assert drawings.of("place", chart(2), "chart") == first
    assert drawings.of("place", chart(3), "chart") == first
    assert len(waiting) == 1
    waiting[0]()
    assert drawings.of("place", chart(2), "chart").chart == chart(2)


def test_old_chart_is_drawn_before_the_page() -> None:
    clock, waiting = Clock(), list[Callable[[], None]]()
    drawings = Drawings(clock, waiting.append)
    drawings.of("place", chart(1), "chart")
    clock.now_ms += STALE_MS
    assert drawings.of("place", chart(2), "chart").chart == chart(2)
    assert waiting == []


def test_few_drawings_are_kept() -> None:
    drawings = Drawings(Clock(), lambda _work: None, most=2)
    first = drawings.of("one", chart(1), "chart")
    for place in ("two", "three"):
        drawings.of(place, chart(1), "chart")
    assert drawings.of("one", chart(1), "chart").svgs is not first.svgs


def test_many_threads_are_given_whole_drawings() -> None:
    drawings = Drawings(Clock(), lambda work: work(), most=3)
    found: list[bool] = []

    def ask(number: int) -> None:
        for value in range(4):
            drawing = drawings.of(f"place-{(number + value) % 5}", chart(value % 3), "chart")
            found.append(all(svg.startswith("<svg") and svg.endswith("</svg>") for svg in drawing.svgs))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16


def test_first_charts_are_drawn_when_the_server_starts() -> None:
    waiting: list[Callable[[], None]] = []
    Drawings(Clock(), waiting.append).warm()
    for work in waiting:
        work()
    assert len(waiting) == 1


class Undrawable(DayBars, frozen=True):
    """A chart that breaks whoever draws it."""

    def rows(self) -> Sequence[Row]:
        raise ValueError


def test_failure_to_draw_behind_the_page_leaves_the_former() -> None:
    drawings = Drawings(Clock(), lambda work: work())
    first = drawings.of("place", chart(1), "chart")
    assert drawings.of("place", Undrawable("title", "desc", ()), "chart") == first
    drawings.of("place", chart(2), "chart")
    assert drawings.of("place", chart(2), "chart").chart == chart(2)
