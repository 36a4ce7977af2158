"""Cost and calibration of likelihood ratios: known answers, and those of lir (Netherlands Forensic Institute)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.benchmark.cllr import Cost, Flags, Floats, LeastCost, Reliability

# Rounded to tenths, so that there are ties: at them a careless pool-adjacent-violators goes wrong.
RNG = np.random.default_rng(4)
LOG10_LRS = np.round(np.concatenate([RNG.normal(-1.2, 1.3, 300), RNG.normal(1.5, 1.0, 60)]), 1)
FAKED = np.repeat([False, True], [300, 60])
EVENLY = np.ones(360)
BOUNDS = (-1.0, 2.0)

# What lir 1.3.1 said of LOG10_LRS and of them bounded, as the test below asks it where it is installed:
# cllr(data), cllr_min(data), cllr(bounded), cllr_min(bounded) with data = LLRData(features=LOG10_LRS, labels=FAKED)
# and bounded = StaticBounder(-1.0, 2.0).fit(data).transform(data).
LIR_SAID = (0.44238719918980796, 0.3559915511174748, 0.46733134262224035, 0.36003648213067574)


def both(log10_lrs: Floats, faked: Flags = FAKED) -> tuple[float, float]:
    weights = np.ones(len(faked))
    return Cost(log10_lrs, faked).of(weights), LeastCost(log10_lrs, faked).of(weights)


def test_ratios_of_one_cost_one_bit_and_no_calibration_can_help_them() -> None:
    assert both(np.zeros(360)) == pytest.approx((1.0, 1.0))


def test_perfect_ratios_cost_nothing() -> None:
    assert both(np.where(FAKED, 300.0, -300.0)) == pytest.approx((0.0, 0.0))


def test_confident_and_wrong_costs_more_than_saying_nothing() -> None:
    cost, least = both(np.where(FAKED, -3.0, 3.0))
    assert cost > 9
    assert least == pytest.approx(1.0)


def test_one_visit_of_each_costs_what_the_formula_says() -> None:
    cost, least = both(np.array([-1.0, np.log10(3)]), np.array([False, True]))
    assert cost == pytest.approx((np.log2(1.1) + np.log2(4 / 3)) / 2)
    assert least == 0.0


def test_shifted_ratios_cost_more_but_tell_visits_apart_as_well() -> None:
    cost, least = both(LOG10_LRS)
    shifted_cost, shifted_least = both(LOG10_LRS + 1.5)
    assert shifted_cost > cost + 0.3
    assert shifted_least == pytest.approx(least)


def test_same_numbers_as_lir_once_gave() -> None:
    assert (*both(LOG10_LRS), *both(np.clip(LOG10_LRS, *BOUNDS))) == pytest.approx(LIR_SAID, abs=1e-12)


def test_same_numbers_as_lir_gives() -> None:
    metrics = pytest.importorskip("lir.metrics", reason="lir is not installed; its numbers are held by the test above")
    models, bounding = pytest.importorskip("lir.data.models"), pytest.importorskip("lir.bounding")
    data = models.LLRData(features=LOG10_LRS, labels=FAKED.astype(int))
    bounded = bounding.StaticBounder(*BOUNDS).fit(data).transform(data)
    lirs = (metrics.cllr(data), metrics.cllr_min(data), metrics.cllr(bounded), metrics.cllr_min(bounded))
    assert lirs == pytest.approx(LIR_SAID, abs=1e-12)
    assert both(np.ravel(bounded.llrs)) == pytest.approx(lirs[2:], abs=1e-12)


@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans(), st.integers(0, 4)), min_size=2, max_size=40))
def test_a_visit_that_counts_thrice_is_three_visits_and_one_that_counts_nothing_none(
    visits: list[tuple[int, bool, int]],
) -> None:
    visits += [(1, True, 1), (-1, False, 1)]
    tenths, faked, times = (np.array(column) for column in zip(*visits, strict=True))
    ratios, weights = tenths / 10, times.astype(float)
    repeated, labels = np.repeat(ratios, times), np.repeat(faked, times)
    assert Cost(ratios, faked).of(weights) == pytest.approx(both(repeated, labels)[0])
    assert LeastCost(ratios, faked).of(weights) == pytest.approx(both(repeated, labels)[1])


@given(st.lists(st.tuples(st.floats(-30, 30), st.booleans()), max_size=40))
def test_the_best_calibration_is_never_worse_than_none_at_all(visits: list[tuple[float, bool]]) -> None:
    visits += [(1.0, True), (-1.0, False)]
    ratios, faked = np.array([ratio for ratio, _ in visits]), np.array([fake for _, fake in visits])
    cost, least = both(ratios, faked)
    assert 0 <= least <= min(cost, 1) + 1e-9


def test_expected_calibration_error_is_the_mean_distance_of_said_and_found() -> None:
    said = np.array([0.1] * 10 + [0.8] * 10)
    faked = np.array([True] * 3 + [False] * 7 + [True] * 8 + [False] * 2)
    diagram = Reliability(said, faked, np.linspace(0, 1, 16))
    assert diagram.error(np.ones(20)) == pytest.approx((0.2 + 0.0) / 2)
    first, second = (one for one in diagram.bins(np.ones(20)) if one is not None)
    assert (first.said, first.found, first.visits) == pytest.approx((0.1, 0.3, 10))
    assert (second.said, second.found, second.visits) == pytest.approx((0.8, 0.8, 10))


def test_certainty_falls_into_the_last_bin() -> None:
    (*empty, last) = Reliability(np.array([1.0]), np.array([True]), np.linspace(0, 1, 16)).bins(np.ones(1))
    assert empty == [None] * 14
    assert last is not None
    assert last.found == 1.0
