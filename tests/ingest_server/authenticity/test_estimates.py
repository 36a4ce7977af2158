import tomllib
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ingest_server.authenticity.estimate import Standing
from ingest_server.authenticity.estimates import WeighedVisit, estimates
from ingest_server.authenticity.grid import CELLS, edges, first_guess, shapes
from ingest_server.authenticity.settings import DEFAULT, KEPT_DECIBANS
from ingest_server.authenticity.weights import decibans_of
from tests.ingest_server.authenticity.draws import PRIOR, drawn

DRAWN = drawn(seed=7, caregivers=300)
CERTAINLY_FAKED = 1 - 1e-9


def visits_of(name: str, suspicion: float, count: int, agency: str = "agency-1") -> list[WeighedVisit]:
    return [WeighedVisit(name, suspicion, agency, "1/basic")] * count


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_visits_changes_nothing_to_the_last_bit(seed: int) -> None:
    drawn_visits = drawn(seed=3, caregivers=12, most_visits=30).visits
    # Each caregiver in many groups of peers, whose priors are mixed in floats.
    visits = [replace(visit, stratum=f"{place % 7}/living") for place, visit in enumerate(drawn_visits)]
    order = np.random.default_rng(seed).permutation(len(visits))
    assert estimates([visits[place] for place in order], PRIOR) == estimates(visits, PRIOR)


def held(in_common: float) -> float:
    """How often the interval holds the truth."""
    within = []
    for seed in range(4):
        made = drawn(seed, caregivers=600, in_common=in_common)
        found = estimates(made.visits, PRIOR)
        within += [found[name].low <= share <= found[name].high for name, share in made.truth.items()]
    return float(np.mean(within))


def test_interval_holds_the_truth_as_often_as_it_says_where_a_third_of_the_error_is_in_common() -> None:
    assert 0.93 <= held(in_common=0.3) <= 0.98


def test_interval_is_wider_than_it_says_and_never_narrower_where_nothing_is_in_common() -> None:
    assert held(in_common=0.0) >= 0.95


def test_honest_caregivers_with_few_visits_are_not_branded() -> None:
    branded = []
    for seed in range(4):
        made = drawn(seed, caregivers=600, most_visits=20)
        found = estimates(made.visits, PRIOR)
        honest = [name for name, share in made.truth.items() if share > 0.95]
        branded += [found[name].standing is Standing.CONCERN for name in honest]
    assert len(branded) > 2000
    assert np.mean(branded) <= 0.005


def test_those_who_fake_half_their_visits_are_told_from_the_honest() -> None:
    found = estimates(DRAWN.visits + visits_of("cheat", 0.001, 20) + visits_of("cheat", 0.99, 20), PRIOR)
    assert found["cheat"].standing is Standing.CONCERN
    assert found["cheat"].low < 0.5 < found["cheat"].high


def test_one_visit_says_no_more_than_any_shipped_calibration_lets_one_sense_say() -> None:
    tables = files("ingest_server.scoring").joinpath("calibrations").iterdir()
    bounds = [tomllib.loads(table.read_text("utf-8"))["group_bound_db"] for table in tables if ".toml" in table.name]
    assert DEFAULT.bound_decibans <= min(bounds)


# Of an honest caregiver on a staged world: old face, few words, soft hands, late buttons, a recipient in a chair.
ODD_IN_THE_SAME_WAY = (
    -9, 1, -1, -3, 0, 3, -5, -12, 5, 5, 14, 11, -2, -5, -4, -15, 0, 0, 0, -9, 3, 10, 7, -6, -17, -9, 1, 7, -2, -1, -7,
    -9, -6, -1, -2, -13, -17, -1, 0, -4, 1, 4, 16, -1, -7, 0, 12, -5, -18, -4, 1, -1, 7, -8, 1, -1, -3, -1, 15, -2, 8,
    -2, -20, 8, -14, 1, -8, -24,
)  # fmt: skip


def test_many_visits_each_a_little_odd_in_the_same_way_brand_nobody() -> None:
    odds = [PRIOR / (1 - PRIOR) * 10 ** (decibans / 10) for decibans in ODD_IN_THE_SAME_WAY]
    visits = [visit for odd in odds for visit in visits_of("quiet", odd / (1 + odd), 1)]
    assert estimates(DRAWN.visits + visits, PRIOR)["quiet"].standing is Standing.NO_CONCERN


def test_five_bad_visits_brand_nobody() -> None:
    found = estimates(DRAWN.visits + visits_of("unlucky", CERTAINLY_FAKED, 5), PRIOR)["unlucky"]
    assert found.standing is Standing.TOO_FEW_VISITS


def test_one_bad_visit_among_many_brands_nobody() -> None:
    bad = visits_of("unlucky", 0.001, 30) + visits_of("unlucky", CERTAINLY_FAKED, 1)
    assert estimates(DRAWN.visits + bad, PRIOR)["unlucky"].standing is Standing.NO_CONCERN


def test_visits_that_nobody_could_judge_leave_the_estimate_as_it_was() -> None:
    blind = [replace(visit, judged=False) for visit in visits_of("caregiver-1", CERTAINLY_FAKED, 40)]
    before, after = estimates(DRAWN.visits, PRIOR), estimates(DRAWN.visits + blind, PRIOR)
    assert after["caregiver-1"] == replace(before["caregiver-1"], visits=before["caregiver-1"].visits + 40)
    assert {name: one for name, one in after.items() if name != "caregiver-1"} == {
        name: one for name, one in before.items() if name != "caregiver-1"
    }


def test_visit_that_tells_nothing_weighs_nothing() -> None:
    assert decibans_of(PRIOR, PRIOR) == 0


@pytest.mark.parametrize(("suspicion", "weight"), {0.0: -KEPT_DECIBANS, 1.0: KEPT_DECIBANS, 1e-300: -30}.items())
def test_certainty_is_bounded(suspicion: float, weight: int) -> None:
    assert decibans_of(suspicion, PRIOR) == weight


def test_newcomer_is_drawn_to_those_like_them() -> None:
    bad = [visit for number in range(40) for visit in visits_of(f"bad-{number}", 0.9, 20, "agency-bad")]
    newcomers = visits_of("new-bad", PRIOR, 1, "agency-bad") + visits_of("new-good", PRIOR, 1)
    found = estimates(DRAWN.visits + bad + newcomers, PRIOR)
    assert found["new-bad"].mean < found["new-good"].mean - 0.2


def test_small_group_is_drawn_to_its_agency() -> None:
    lonely = [replace(visit, stratum="6/clinical") for visit in visits_of("lonely", 0.9, 10)]
    found = estimates(DRAWN.visits + lonely, PRIOR)
    alone = estimates(lonely, PRIOR)
    assert found["lonely"].mean != alone["lonely"].mean
    assert alone["lonely"].percentile is None


def test_more_visits_make_the_interval_narrower() -> None:
    widths = []
    for count in (4, 16, 64, 256):
        found = estimates(DRAWN.visits + visits_of("one", 0.001, count) + visits_of("one", 0.99, count), PRIOR)["one"]
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


def test_visits_that_share_their_faults_are_worth_less_than_as_many_of_their_own() -> None:
    mixed = visits_of("one", 0.001, 90) + visits_of("one", 0.99, 10)
    alone, shared = (
        estimates(DRAWN.visits + mixed, PRIOR, replace(DEFAULT, shared_fault=share))["one"] for share in (0.0, 0.05)
    )
    assert shared.high - shared.low > alone.high - alone.low


def test_percentile_ranks_among_all() -> None:
    found = estimates(DRAWN.visits, PRIOR)
    ranked = sorted(found.values(), key=lambda one: one.mean)
    places = [one.percentile for one in ranked]
    assert places[0] == 0.0
    assert places[-1] == 1.0
    assert places == sorted(places, key=lambda place: -1.0 if place is None else place)


def test_no_visits_give_no_estimates() -> None:
    assert estimates([], PRIOR) == {}


def test_shapes_cover_every_share_and_sum_to_one() -> None:
    assert shapes().shape == (len(first_guess()), CELLS)
    np.testing.assert_allclose(shapes().sum(axis=1), 1)
    np.testing.assert_allclose(first_guess().sum(), 1)
    assert (shapes().max(axis=0) > 0).all()
    assert (np.diff(edges()) > 0).all()
