"""No page waits for its charts: they are drawn behind the answer that asked, one at a time; few are kept."""

import threading
from collections.abc import Callable, Sequence

from ingest_server.charts import drawing
from ingest_server.charts.bars import Bar, DayBars
from ingest_server.charts.chart import Chart, Form, Row
from ingest_server.web.drawings import RETRY_MS, Draw, Drawing, Drawings, Undrawn
from ingest_server.web.kept import STALE_MS
from tests.ingest_server.conftest import NOW_MS


def chart(value: float) -> DayBars:
    return DayBars("title", "desc", (Bar("09-21", value, 0.0),))


class Undrawable(DayBars, frozen=True):
    """A chart that breaks whoever draws it."""

    def rows(self) -> Sequence[Row]:
        raise ValueError


UNDRAWABLE = Undrawable("title", "desc", ())


def drawings(most: int = 9, after_each: Callable[[], None] = lambda: None) -> Drawings:
    return Drawings(told_after(after_each), lambda work: work(), most)


def told_after(after_each: Callable[[], None]) -> Draw:
    """Draws, and tells after each picture."""

    def draw(chart: Chart, form: Form, id_: str) -> str:
        svg = drawing.drawn(chart, form, id_)
        after_each()
        return svg

    return draw


def of(kept: Drawings, shown: DayBars, at_ms: int = NOW_MS, place: str = "place") -> Drawing | Undrawn:
    return kept.of(place, shown, "chart", at_ms)


def drawn(kept: Drawings, shown: DayBars, at_ms: int = NOW_MS, place: str = "place") -> Drawing:
    """What is shown of a place once it was asked for, and drawn."""
    of(kept, shown, at_ms, place)
    kept.draw()
    found = of(kept, shown, at_ms, place)
    assert isinstance(found, Drawing)
    return found


def test_first_sight_is_not_waited_for_and_drawn_behind_the_answer() -> None:
    kept = drawings()
    assert of(kept, chart(1)) is Undrawn.UNDER_WAY
    assert of(kept, chart(1)) is Undrawn.UNDER_WAY
    kept.draw()
    found = of(kept, chart(1))
    assert isinstance(found, Drawing)
    assert (found.chart, len(found.svgs)) == (chart(1), 2)


def test_chart_that_did_not_change_is_not_drawn_again() -> None:
    kept = drawings()
    first = drawn(kept, chart(1))
    again = of(kept, chart(1), NOW_MS + 10 * STALE_MS)
    assert isinstance(again, Drawing)
    assert again.svgs is first.svgs
    assert again.at_ms == NOW_MS + 10 * STALE_MS


def test_changed_chart_is_shown_as_it_was_until_it_is_drawn() -> None:
    kept = drawings()
    first = drawn(kept, chart(1))
    assert of(kept, chart(2), NOW_MS + 1) == first
    kept.draw()
    assert of(kept, chart(2), NOW_MS + 1) == (chart(2), drawn(drawings(), chart(2)).svgs, NOW_MS + 1)


def test_old_chart_is_shown_no_more() -> None:
    kept = drawings()
    drawn(kept, chart(1))
    assert of(kept, chart(2), NOW_MS + STALE_MS) is Undrawn.UNDER_WAY


def test_place_is_drawn_once_however_many_ask_meanwhile() -> None:
    pictures: list[None] = []
    kept = drawings(after_each=lambda: pictures.append(None))
    for value in (1, 2, 3):
        of(kept, chart(value))
    kept.draw()
    assert len(pictures) == 2, "for wide screens and narrow ones"


def test_one_draws_what_others_ask_for_meanwhile_and_nobody_draws_beside_it() -> None:
    at_once: list[Undrawn | Drawing] = []

    def somebody_comes() -> None:
        at_once.append(of(kept, chart(1), place="other"))
        kept.draw()

    kept = drawings(after_each=somebody_comes)
    of(kept, chart(1))
    kept.draw()
    assert at_once[:2] == [Undrawn.UNDER_WAY] * 2
    assert isinstance(of(kept, chart(1), place="other"), Drawing)


def test_few_drawings_are_kept_and_few_wait() -> None:
    kept = drawings(most=2)
    for place in ("one", "two", "three"):
        drawn(kept, chart(1), place=place)
    assert of(kept, chart(1), place="one") is Undrawn.UNDER_WAY
    for place in ("four", "five"):
        of(kept, chart(1), place=place)
    kept.draw()
    assert of(kept, chart(1), place="five") is Undrawn.UNDER_WAY, "two waited already"


def test_many_threads_are_given_whole_drawings() -> None:
    kept = drawings(most=3)
    found: list[bool] = []

    def ask(number: int) -> None:
        for value in range(4):
            drawing = of(kept, chart(value % 3), place=f"place-{(number + value) % 5}")
            kept.draw()
            whole = isinstance(drawing, Undrawn) or all(svg.endswith("</svg>") for svg in drawing.svgs)
            found.append(whole)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16
    kept.draw()
    assert isinstance(drawn(kept, chart(9)), Drawing), "nobody left the others waiting"


def test_first_charts_are_drawn_when_the_server_starts() -> None:
    begun: list[Callable[[], None]] = []
    pictures: list[None] = []
    Drawings(told_after(lambda: pictures.append(None)), begun.append).warm()
    assert pictures == []
    for work in begun:
        work()
    assert (len(begun), len(pictures)) == (1, 4)


def test_chart_that_cannot_be_drawn_is_said_so_and_tried_again_after_a_while() -> None:
    kept = drawings()
    assert of(kept, UNDRAWABLE) is Undrawn.UNDER_WAY
    kept.draw()
    assert of(kept, UNDRAWABLE) is Undrawn.FAILED
    assert drawn(kept, chart(2), NOW_MS + RETRY_MS).chart == chart(2)


def test_failure_leaves_the_former_drawing_and_the_others() -> None:
    kept = drawings()
    first = drawn(kept, chart(1))
    of(kept, UNDRAWABLE)
    of(kept, chart(1), place="other")
    kept.draw()
    assert of(kept, UNDRAWABLE) == first
    assert isinstance(of(kept, chart(1), place="other"), Drawing)
