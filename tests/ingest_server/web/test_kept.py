"""A figure that is kept: nobody waits for it but who comes first, or after a long quiet; nobody is shown an old one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Event

import pytest

from ingest_server.errors import StoreError
from ingest_server.web.kept import OLDEST_MS, STALE_MS, Kept, Taken
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import Clock

DAY_MS = 86_400_000


@dataclass
class Figure:
    """A figure of a test: its value is the moment at which it was taken."""

    clock: Clock = field(default_factory=Clock)
    begun: list[Callable[[], None]] = field(default_factory=list)
    taken: int = 0
    failing: bool = False

    def take(self, at_ms: int) -> int:
        self.taken += 1
        if self.failing:
            raise StoreError("the database is away")
        return at_ms

    def kept(self) -> Kept[int]:
        return Kept("a figure", self.take, self.clock, self.begun.append)


def test_figure_is_kept_while_it_is_fresh() -> None:
    figure = Figure()
    kept = figure.kept()
    assert kept.latest() == Taken(NOW_MS, NOW_MS)
    figure.clock.now_ms += STALE_MS - 1
    assert kept.latest() == Taken(NOW_MS, NOW_MS)
    assert (figure.taken, figure.begun) == (1, [])


def test_one_that_grew_old_is_taken_again_behind_the_answer() -> None:
    figure = Figure()
    kept = figure.kept()
    kept.latest()
    figure.clock.now_ms += OLDEST_MS - 1
    assert kept.latest().at_ms == NOW_MS
    figure.begun.pop()()
    assert kept.latest().at_ms == figure.clock.now_ms


@pytest.mark.parametrize("quiet_ms", [OLDEST_MS, 3 * DAY_MS, -3 * DAY_MS])
def test_after_a_long_quiet_or_a_changed_clock_nobody_is_shown_what_was_before(quiet_ms: int) -> None:
    figure = Figure()
    kept = figure.kept()
    kept.latest()
    figure.clock.now_ms += quiet_ms
    assert kept.latest() == Taken(figure.clock.now_ms, figure.clock.now_ms)


def test_one_that_can_no_longer_be_taken_is_shown_until_it_is_too_old() -> None:
    figure = Figure()
    kept = figure.kept()
    kept.latest()
    figure.failing = True
    figure.clock.now_ms += STALE_MS
    assert kept.latest().at_ms == NOW_MS
    figure.begun.pop()()
    assert kept.latest().at_ms == NOW_MS
    figure.clock.now_ms += STALE_MS
    with pytest.raises(StoreError):
        kept.latest()


def test_many_who_come_together_after_a_long_quiet_wait_for_one_look() -> None:
    figure, together, may_go_on = Figure(), Barrier(5), Event()

    def slowly(at_ms: int) -> int:
        assert may_go_on.wait(10)
        return figure.take(at_ms)

    kept = Kept("a figure", slowly, figure.clock, figure.begun.append)

    def ask() -> Taken[int]:
        together.wait(10)
        return kept.latest()

    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(ask) for _ in range(4)]
        together.wait(10)
        may_go_on.set()
        assert {one.result(10) for one in asked} == {Taken(NOW_MS, NOW_MS)}
    assert figure.taken == 1
