"""The figures of hand-made visits, whose answers are known."""

import numpy as np
import pytest

from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.verdict import Band
from sim.benchmark.figures import curves_of, figures_of, named_first, reliability_of
from sim.benchmark.outcome import WHOLE, Missing, Outcome, Weighings, Weight
from sim.benchmark.priors import suspicion_at, weights_at
from sim.benchmark.result import Figure
from tests.sim.benchmark.seen import faked, honest, outcome, weighings
from visit_record.vocabulary import Modality, Typology

SHIPPED = shipped_calibration(EVIDENCE_IDS)


def figures(*several: list[Outcome]) -> dict[tuple[str, str], Figure]:
    found = figures_of(weighings(*several), SHIPPED, np.random.default_rng(1), resamples=20)
    return {(one.group, one.about): one for one in found}


def test_recall_is_held_at_one_honest_visit_in_a_hundred() -> None:
    empty = faked(Typology.EMPTY_ORDER, [2.5] * 9 + [0.5])
    told = figures(honest([*np.linspace(0, 1, 199).tolist(), 2.0]), empty)["recall", "empty_order"]
    assert (told.value, told.visits, told.met) == (0.9, 10, False)


def test_core_typologies_are_held_to_more_than_the_others() -> None:
    told = figures(honest([0.0] * 100), faked(Typology.EMPTY_ORDER, [1.0]), faked(Typology.SERVICE_SWAP, [1.0]))
    assert [told["recall", kind].aim.at_least for kind in ("empty_order", "service_swap")] == [0.95, 0.9]  # type: ignore[union-attr]


def test_faked_visit_with_too_little_evidence_counts_as_missed() -> None:
    unseen = [outcome(Typology.EMPTY_ORDER, 5.0, band=Band.INSUFFICIENT_EVIDENCE)]
    assert figures(honest([0.0] * 100), unseen)["recall", "empty_order"].value == 0.0


def test_perfect_ratios_meet_every_aim_of_calibration() -> None:
    told = figures(honest([-9.0] * 100), faked(Typology.EMPTY_ORDER, [9.0] * 10))
    assert all(told["calibration", about].met for about in ("cllr", "cllr_gap", "ece"))


def test_ratios_that_claim_too_much_miss_the_aim_of_calibration() -> None:
    wrong = honest([-3.0] * 90 + [3.0] * 10)
    told = figures(wrong, faked(Typology.EMPTY_ORDER, [3.0] * 90 + [-3.0] * 10))
    assert told["calibration", "cllr_gap"].met is False
    assert told["calibration", "cllr_min"].value == pytest.approx(0.469, abs=0.001)


def test_calibration_error_is_told_at_the_prior_and_not_at_the_staged_base_rate() -> None:
    """Half of these visits are faked, the prior has 8%: at it, ratios of 9 and 1/9 are exactly right."""
    tenth = [np.log10(9)] * 90 + [-np.log10(9)] * 10
    kinds = [typology for typology in SHIPPED.prior if typology is not Typology.GENUINE]
    told = figures(honest([-one for one in tenth]), *(faked(kind, tenth) for kind in kinds))
    assert told["calibration", "ece"].value == pytest.approx(0.0, abs=1e-9)


def test_honest_visit_without_a_sense_that_becomes_an_alarm_is_told() -> None:
    alarm: dict[Missing, Weight] = {(Modality.THERMAL,): Weight(3.0, Band.REVIEW)}
    visits = honest([*np.linspace(0, 1, 198).tolist(), 2.0, 2.0])
    for number in range(4):
        visits[number] = outcome(Typology.GENUINE, 0.0, f"caregiver-{number}", missing=alarm)
    told = figures(visits, faked(Typology.EMPTY_ORDER, [5.0]))
    assert told["missing_one", "thermal"].value == pytest.approx((4 + 2 + 0.5) / (2 + 0.5))
    assert told["missing_one", "thermal"].met is False
    assert told["missing_one", "face"].value == 1.0
    assert told["missing_one_review", "thermal"].value == pytest.approx((4 + 0.5) / 0.5)


def test_no_alarms_with_and_without_a_sense_are_no_more_alarms() -> None:
    told = figures(honest([0.0] * 100), faked(Typology.EMPTY_ORDER, [5.0]))
    assert all(one.value == 1.0 for (group, _), one in told.items() if group.startswith("missing"))


def test_sense_that_all_depends_on_is_worth_all() -> None:
    blind: dict[Missing, Weight] = {(Modality.THERMAL,): Weight(0.0, Band.CREDIBLE)}
    seen = [outcome(Typology.EMPTY_ORDER, 5.0, missing=blind) for _ in range(10)]
    told = figures(honest([0.0] * 100), seen)
    assert told["worth_recall", "without thermal"].value == 0.0
    assert told["worth_recall", "without face"].value == 1.0
    assert told["worth_cllr", "without thermal"].value == pytest.approx(1.0)


def test_name_that_comes_first_is_counted_among_the_caught_alone() -> None:
    caught = [
        outcome(Typology.EMPTY_ORDER, 5.0),
        outcome(Typology.EMPTY_ORDER, 5.0, leading=Typology.PADDED_DURATION),
        outcome(Typology.EMPTY_ORDER, -5.0, leading=Typology.SERVICE_SWAP),
    ]
    assert figures(honest([0.0] * 100), caught)["naming", "right_first"].value == 0.5
    named = named_first(weighings(honest([0.0] * 100), caught))
    assert named == {Typology.EMPTY_ORDER: {Typology.EMPTY_ORDER: 1, Typology.PADDED_DURATION: 1}}


def test_oddity_that_raises_false_alarms_is_told_apart() -> None:
    odd = [outcome(Typology.GENUINE, 3.0, oddities=("heater",))]
    told = figures(honest([0.0] * 199), odd, faked(Typology.EMPTY_ORDER, [5.0]))
    assert told["alarms_by_oddity", "heater"].value == 1.0
    assert told["alarms_by_oddity", "nothing odd"].value == 0.0


def test_detection_curve_never_falls() -> None:
    seen = weighings(honest(np.linspace(0, 2, 300)), faked(Typology.EMPTY_ORDER, np.linspace(1, 3, 50)))
    recalls = [point.recall for point in curves_of(seen)[Typology.EMPTY_ORDER]]
    assert recalls == sorted(recalls)
    assert recalls[-1] == 1.0


def test_reliability_points_are_told_with_how_many_visits_they_rest_on() -> None:
    seen = weighings(honest([-2.0] * 50), faked(Typology.EMPTY_ORDER, [2.0] * 5))
    points = reliability_of(seen, SHIPPED, np.random.default_rng(1), 10)
    assert [(point.visits, point.found) for point in points] == [(50, 0.0), (5, 1.0)]


def test_every_kind_has_its_share_of_the_prior() -> None:
    seen = weighings(honest([0.0] * 10), faked(Typology.EMPTY_ORDER, [0.0] * 30), faked(Typology.SERVICE_SWAP, [0.0]))
    weights = weights_at(seen, SHIPPED.prior, np.ones(41))
    assert weights.sum() == pytest.approx(41)
    assert weights[seen.honest].sum() / 41 == pytest.approx(SHIPPED.prior[Typology.GENUINE])
    ratio = weights[seen.of(Typology.EMPTY_ORDER)].sum() / weights[seen.of(Typology.SERVICE_SWAP)].sum()
    assert ratio == pytest.approx(SHIPPED.prior[Typology.EMPTY_ORDER] / SHIPPED.prior[Typology.SERVICE_SWAP])


def test_ratio_of_one_leaves_the_prior_as_it_was() -> None:
    suspicion = suspicion_at(np.array([0.0, -400.0, 400.0]), SHIPPED.prior)
    assert suspicion == pytest.approx([1 - SHIPPED.prior[Typology.GENUINE], 0.0, 1.0])


def test_score_without_enough_evidence_is_below_every_other() -> None:
    seen = Weighings((outcome(Typology.GENUINE, 4.0, band=Band.INSUFFICIENT_EVIDENCE),))
    assert seen.scores(WHOLE)[0] == float("-inf")
    assert seen.log10_lrs(WHOLE)[0] == 4.0
