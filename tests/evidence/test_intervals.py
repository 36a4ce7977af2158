from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.evidence.intervals import Span, clipped, k_of_n, merged, runs, total_ms

spans = st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 500)).map(lambda s: (s[0], s[0] + s[1])), max_size=30)


def covered(many: list[Span]) -> set[int]:
    """The oracle: every millisecond on its own."""
    return {ms for start, end in many for ms in range(start, end)}


@given(spans)
def test_merging_keeps_every_millisecond_and_adds_none(many: list[Span]) -> None:
    joined = merged(many)
    assert covered(joined) == covered(many)
    assert total_ms(many) == len(covered(many))
    assert all(a[1] < b[0] for a, b in pairwise(joined))


@given(spans, st.integers(0, 2_000))
def test_merging_leaves_only_gaps_that_are_longer(many: list[Span], gap_ms: int) -> None:
    joined = merged(many, gap_ms)
    assert covered(joined) >= covered(many)
    assert all(b[0] - a[1] > gap_ms for a, b in pairwise(joined))


@given(spans, st.integers(0, 5_000), st.integers(0, 5_000))
def test_clipping_keeps_what_lies_between(many: list[Span], start_ms: int, end_ms: int) -> None:
    assert covered(clipped(many, start_ms, end_ms)) == covered(many) & set(range(start_ms, end_ms))


@given(st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=25), st.integers(1, 5), st.integers(0, 1_500))
def test_k_of_n_agrees_with_counting(steps: list[tuple[int, bool]], k: int, within_ms: int) -> None:
    times = [sum(step for step, _ in steps[: i + 1]) for i in range(len(steps))]
    flags = [flag for _, flag in steps]
    up = [at for at, flag in zip(times, flags, strict=True) if flag]
    starts = [at for at in up if sum(at <= other <= at + within_ms for other in up) >= k]
    expected = [
        flag and any(start <= at <= start + within_ms for start in starts)
        for at, flag in zip(times, flags, strict=True)
    ]
    assert k_of_n(times, flags, k, within_ms) == expected


def test_lone_flags_fall_and_bursts_stand() -> None:
    times = list(range(0, 5_000, 500))
    flags = [place in (0, 4, 5, 6) for place in range(10)]
    assert k_of_n(times, flags, 3, 1_000) == [place in (4, 5, 6) for place in range(10)]


def test_flags_on_both_sides_of_a_gap_do_not_help_each_other() -> None:
    assert k_of_n([0, 500, 60_000], [True, True, True], 3, 1_500) == [False] * 3


def test_runs_last_as_long_as_what_they_are_made_of() -> None:
    assert runs([0, 480, 960, 9_600], [True, True, False, True], 960, 0) == [(0, 1_440), (9_600, 10_560)]
    assert runs([], [], 960, 0) == []
