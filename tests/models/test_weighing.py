"""Fitting the weights: ratios mean what they say, say it once, and never speak for what was not seen."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace

from ingest_server.scoring.calibration import check_calibration, parse_calibration, shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE, EVIDENCE_IDS
from models.weighing.absence import Alarms, absences, hide
from models.weighing.additive import DECIBANS_A_NAT, Floats, Sample, Strictness, Term, fit
from models.weighing.real_scores import Scores, faces, fitted, mixed_db, voices
from models.weighing.table import FAKED, text_of
from models.weighing.terms import knots
from sim.senses.half import Half
from visit_record.vocabulary import Typology

RNG = np.random.default_rng(7)
SAME, FAR, NEAR = (RNG.normal(*of).round(3) for of in ((0.72, 0.06, 120), (0.27, 0.08, 300), (0.55, 0.12, 300)))
AT = np.array([0.3, 0.5, 0.6, 0.7, 0.8])
# log10 of what lir 1.3.1 made of them, as the test below asks it where it is installed.
LIR_SAID = {
    "apart": (FAR, (0.80083651, -0.02866498, -0.44341573, -0.85816647, -1.27291722)),
    "near": (NEAR, (1.11408726, 0.43608760, 0.09708777, -0.24191206, -0.58091189)),
}
LOOSE = Strictness(ridge=0.01)


@pytest.mark.parametrize("case", LIR_SAID)
def test_real_scores_become_the_ratios_that_lir_once_gave(case: str) -> None:
    other, said = LIR_SAID[case]
    assert fitted(Scores(SAME, other)).decibans(AT) / 10 == pytest.approx(said, abs=1e-5)


@pytest.mark.parametrize("case", LIR_SAID)
def test_real_scores_become_the_ratios_that_lir_gives(case: str) -> None:
    lir = pytest.importorskip(
        "lir.algorithms.logistic_regression", reason="lir is not installed; the test above holds its numbers"
    )
    other, _ = LIR_SAID[case]
    labels = np.repeat([0, 1], [len(SAME), len(other)])
    calibrator = lir.LogitCalibrator(tol=1e-8, max_iter=10_000).fit(np.concatenate([SAME, other]), labels)
    assert fitted(Scores(SAME, other)).decibans(AT) / 10 == pytest.approx(calibrator.transform(AT).tolist(), abs=1e-5)


@pytest.mark.parametrize("scores", [faces, voices])
def test_more_like_the_caregiver_never_speaks_more_for_somebody_else(scores: Callable[[Half], Scores]) -> None:
    line = fitted(scores(Half.FIT))
    assert line.slope < 0
    assert (np.diff(mixed_db(line, np.linspace(-1, 1, 50), 0.7)) <= 1e-9).all()


def two_kinds(apart: float, count: int = 6000) -> Sample:
    rng = np.random.default_rng(3)
    truth = np.repeat([0, 1], [count, count])
    return Sample(rng.normal(truth * apart, 1.0)[:, None], truth)


def term_over(sample: Sample, column: int = 0) -> Term:
    return Term(knots(sample, column), (0,))


def middling(term: Term, curve: Floats) -> float:
    """Decibans a unit, between the outermost knots."""
    return float((curve[-2] - curve[1]) / (term.at[-2] - term.at[1]))


def test_weight_is_the_logarithm_of_the_likelihood_ratio() -> None:
    sample = two_kinds(1.0)
    term = term_over(sample)
    ((curve,),) = fit(sample, [term], 1, LOOSE).curves
    # Two normal distributions of deviation 1 and 1 apart: the log ratio is x - 1/2.
    assert curve[1:-1] == pytest.approx((term.at[1:-1] - 0.5) * DECIBANS_A_NAT, abs=1.0)


def test_what_two_items_say_alike_counts_once() -> None:
    once = two_kinds(1.0)
    twice = Sample(np.repeat(once.values, 2, axis=1), once.truth)
    term = term_over(once)
    ((alone,),) = fit(once, [term], 1, LOOSE).curves
    (left,), (right,) = fit(twice, [term, term], 1, LOOSE).curves
    assert (left + right)[1:-1] == pytest.approx(alone[1:-1], abs=0.5)


def test_what_is_missing_at_random_says_nothing() -> None:
    sample = two_kinds(1.0)
    half_seen = sample.values.copy()
    half_seen[np.random.default_rng(1).random(len(half_seen)) < 0.5] = np.nan
    term = term_over(sample)
    ((curve,),) = fit(Sample(half_seen, sample.truth), [term], 1, LOOSE).curves
    assert middling(term, curve) == pytest.approx(DECIBANS_A_NAT, abs=0.8)
    assert not term.columns(np.array([np.nan])).any()


def test_curves_go_one_way_and_keep_their_bound() -> None:
    rng = np.random.default_rng(5)
    truth = np.repeat([0, 1], 2000)
    # Faked visits lie on both sides of the honest: a free curve would be a valley, and beyond any bound.
    values = np.where(truth == 1, rng.choice([-6.0, 9.0], 4000), 0.0) + rng.normal(0, 1, 4000)
    sample = Sample(values[:, None], truth)
    ((curve,),) = fit(sample, [term_over(sample)], 1, Strictness(bound_db=7.0)).curves
    steps = np.diff(curve)
    assert (steps >= 0).all() or (steps <= 0).all()
    assert np.abs(curve).max() <= 7.0


def test_curve_says_nothing_of_what_it_may_not() -> None:
    sample = two_kinds(1.0)
    silent = Term(knots(sample, 0), ())
    shaped = Term(np.array([-3.0, 3.0]), (0,), np.array([-9.0, 9.0]))
    (nothing,), (scaled,) = fit(
        Sample(np.repeat(sample.values, 2, axis=1), sample.truth), [silent, shaped], 1, LOOSE
    ).curves
    assert not nothing.any()
    # The given shape is three decibans a unit; of the true 4.3 it can say no more than all of itself.
    assert scaled == pytest.approx([-9.0, 9.0])


def test_missing_a_sense_never_weighs_against_anybody() -> None:
    table = replace(shipped_calibration(EVIDENCE_IDS), absent=())
    rng = np.random.default_rng(2)
    rows = {row.evidence: row for row in table.row}
    middles = [(rows[item.id].at[0] + rows[item.id].at[-1]) / 2 for item in EVIDENCE]
    values = np.array(middles) + rng.normal(0, 0.2, (500, len(middles)))
    found = absences(table, Alarms(values, (0.05, 0.5)), "test")
    assert all(weight <= 0 for one in found for weight in one.weights.values())
    check_calibration(replace(table, absent=tuple(found)), EVIDENCE_IDS)


def test_hiding_a_sense_hides_what_rests_on_it_with_another() -> None:
    hidden = hide(np.zeros((1, len(EVIDENCE))), ["sound"])[0]
    gone = {item.group for item, value in zip(EVIDENCE, hidden, strict=True) if np.isnan(value)}
    assert gone == {"sound", "agreement"}


def test_table_is_read_back_as_it_was_written() -> None:
    table = shipped_calibration(EVIDENCE_IDS)
    assert parse_calibration(text_of(table, ["a comment"]), EVIDENCE_IDS) == table


def test_prior_of_the_fit_is_whole() -> None:
    assert set(shipped_calibration(EVIDENCE_IDS).prior) == {Typology.GENUINE, *FAKED}
