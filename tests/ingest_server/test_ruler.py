"""Time as bits: what the arithmetic says is what counting says."""

from functools import reduce
from itertools import groupby
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.scoring.ruler import MOST_STEPS, Ruler
from visit_record.record import SoundInterval, Span
from visit_record.vocabulary import Ending, SoundCue

START_MS = 1_767_571_200_000


def ruler(duration_s: float) -> Ruler:
    return Ruler.along(Span(START_MS, START_MS + round(1000 * duration_s), duration_s, Ending.CHECKED_OUT))


def test_a_stretch_is_as_long_as_it_was_and_ends_where_it_ended() -> None:
    visit = ruler(3600)
    bits = visit.bits(START_MS + 60_000, 120.0)
    assert visit.seconds(bits) == 120
    assert visit.until(bits) == pytest.approx(180 / 3600)


def test_what_lies_outside_the_visit_is_left_out() -> None:
    visit = ruler(100)
    assert visit.seconds(visit.bits(START_MS - 50_000, 60.0)) == 10
    assert visit.seconds(visit.bits(START_MS + 90_000, 1e7)) == 10
    assert visit.bits(START_MS - 50_000, 10.0) == visit.bits(START_MS + 200_000, 10.0) == 0


def test_what_coincides_is_what_both_have() -> None:
    visit = ruler(100)
    both = visit.bits(START_MS, 60.0) & visit.bits(START_MS + 40_000, 60.0)
    assert (visit.seconds(both), visit.until(both)) == (20, 0.6)


@given(st.integers(0, 2**300))
def test_longest_run_is_the_longest_row_of_ones(bits: int) -> None:
    visit = ruler(1000)
    rows = [len(list(row)) for digit, row in groupby(bin(bits)[2:]) if digit == "1"]
    assert visit.longest(bits) == max(rows, default=0) / 1000


def test_a_year_long_visit_costs_no_more_than_half_a_day() -> None:
    visit = ruler(31_622_400)
    assert visit.steps == MOST_STEPS
    assert visit.seconds(visit.bits(START_MS, 31_622_400)) == pytest.approx(31_622_400)
    assert ruler(0).steps == 1


@given(st.lists(st.tuples(st.integers(-100, 4000), st.floats(0, 5000)), max_size=20))
def test_many_intervals_are_what_each_of_them_is(stretches: list[tuple[int, float]]) -> None:
    visit = ruler(3600)
    intervals = [SoundInterval(SoundCue.WATER, START_MS + 1000 * at_s, length_s, 1.0) for at_s, length_s in stretches]
    each = [visit.bits(one.started_at_ms, one.duration_s) for one in intervals]
    assert visit.by_key(intervals, lambda one: one.cue).get(SoundCue.WATER, 0) == reduce(or_, each, 0)
