import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.benchmark.detection import HonestScores, Queue, share_above

NEVER = float("-inf")


def test_threshold_lets_through_exactly_one_honest_visit_in_a_hundred() -> None:
    scores, honest = np.arange(200.0), np.ones(200, np.bool_)
    limit = HonestScores(scores, honest).limit(np.ones(200), 0.01)
    assert limit == 197.0
    assert share_above(scores, np.ones(200), limit) == pytest.approx(0.01)


def test_faked_visits_do_not_move_the_threshold() -> None:
    honest = np.arange(300) < 200
    assert HonestScores(np.arange(300.0), honest).limit(np.ones(300), 0.01) == 197.0


def test_honest_visits_with_one_score_stand_or_fall_together() -> None:
    scores = np.array([5.0, 5.0, 5.0, *np.zeros(97)])
    limit = HonestScores(scores, np.ones(100, np.bool_)).limit(np.ones(100), 0.01)
    assert limit == 5.0
    assert share_above(scores, np.ones(100), limit) == 0.0


def test_visit_with_too_little_evidence_is_never_found() -> None:
    scores = np.full(50, NEVER)
    limit = HonestScores(scores, np.ones(50, np.bool_)).limit(np.ones(50), 1.0)
    assert share_above(scores, np.ones(50), limit) == 0.0


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 3)), min_size=1, max_size=60),
    st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0]),
)
def test_no_more_false_alarms_than_asked_for_and_no_lower_threshold_would_do(
    visits: list[tuple[int, int]], share: float
) -> None:
    visits.append((0, 1))
    scores, weights = np.array([float(score) for score, _ in visits]), np.array([float(w) for _, w in visits])
    limit = HonestScores(scores, np.ones(len(scores), np.bool_)).limit(weights, share)
    assert share_above(scores, weights, limit) <= share + 1e-9
    lower = [score for score in scores if score < limit]
    assert all(share_above(scores, weights, score) > share for score in lower)


def test_no_visits_no_share() -> None:
    assert np.isnan(share_above(np.array([]), np.array([]), 0.0))


def test_perfect_queue_at_two_in_a_hundred_faked_is_all_faked_at_the_top() -> None:
    faked = np.arange(1000) < 20
    assert Queue(np.where(faked, 1.0, 0.0), faked).precision(np.ones(1000), 0.02, 0.01) == pytest.approx(1.0)


def test_queue_that_knows_nothing_finds_the_base_rate_whatever_the_share_of_faked_visits_that_were_staged() -> None:
    faked = np.arange(1000) < 300
    assert Queue(np.zeros(1000), faked).precision(np.ones(1000), 0.02, 0.01) == pytest.approx(0.02)


def test_queue_with_honest_visits_first_finds_nobody_at_the_top() -> None:
    faked = np.arange(1000) < 20
    assert Queue(np.where(faked, 0.0, 1.0), faked).precision(np.ones(1000), 0.02, 0.01) == pytest.approx(0.0)
