from collections.abc import Callable

import numpy as np

from sim.benchmark.cllr import Floats
from sim.benchmark.intervals import Estimate, estimates, redrawn


def mean_of(values: Floats) -> Callable[[Floats], dict[str, float]]:
    return lambda weights: {"mean": float(values @ weights / weights.sum())}


def test_all_visits_of_a_caregiver_are_drawn_together() -> None:
    clusters = ["a"] * 3 + ["b"] * 2 + ["c"]
    for weights in redrawn(clusters, np.random.default_rng(1), 50):
        assert len(set(weights[:3])) == len(set(weights[3:5])) == 1
        assert weights[[0, 3, 5]].sum() == 3


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, covered = np.random.default_rng(2), 0
    for _ in range(200):
        # Forty caregivers, each with a level of their own: visits within one are alike.
        values = np.repeat(rng.normal(0, 1, 40), 10) + rng.normal(0, 0.3, 400)
        told = estimates(mean_of(values), [str(number // 10) for number in range(400)], rng, 200)["mean"]
        assert told.low is not None
        assert told.high is not None
        covered += told.low <= 0 <= told.high
    assert 0.89 <= covered / 200 <= 0.99


def test_interval_of_visits_that_are_alike_is_wider_than_if_they_were_many_people_s() -> None:
    values = np.repeat(np.random.default_rng(3).normal(0, 1, 20), 20)
    one_each = estimates(mean_of(values), [str(number) for number in range(400)], np.random.default_rng(4), 200)
    clustered = estimates(mean_of(values), [str(number // 20) for number in range(400)], np.random.default_rng(4), 200)
    widths = [(told["mean"].high or 0) - (told["mean"].low or 0) for told in (one_each, clustered)]
    assert widths[1] > 3 * widths[0]


def test_figure_that_no_visit_tells_has_neither_value_nor_interval() -> None:
    told = estimates(lambda _: {"none": float("nan")}, ["a", "b"], np.random.default_rng(1), 10)["none"]
    assert told == Estimate(None, None, None)


def test_without_draws_there_is_a_value_and_no_interval() -> None:
    told = estimates(mean_of(np.array([1.0, 2.0])), ["a", "b"], np.random.default_rng(1), 0)["mean"]
    assert told == Estimate(1.5, None, None)


def test_same_seed_same_interval() -> None:
    values, clusters = np.arange(50.0), [str(number // 5) for number in range(50)]
    one, other = (estimates(mean_of(values), clusters, np.random.default_rng(9), 100) for _ in range(2))
    assert one == other
