"""Fitting the weights: ratios mean what they say, say it once, and never speak for what was not seen."""

import numpy as np
import pytest
from msgspec.structs import replace

from ingest_server.scoring.calibration import alone as single
from ingest_server.scoring.calibration import check_calibration, parse_calibration, shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE, EVIDENCE_IDS
from models.weighing.absence import Alarms, absences, hide
from models.weighing.alone import DECIBANS_A_NAT, Curve, Floats, Sample, alone_db
from models.weighing.curves import LESS_IS_AGAINST, ONE_WAY, knots
from models.weighing.fusion import Held, fused
from models.weighing.single_cue import cut_off
from models.weighing.table import FAKED, PRIOR, SINGLE_CUE_LIMIT, row_of, text_of
from visit_record.vocabulary import Typology

RNG = np.random.default_rng(7)
SAME, OTHER = (RNG.normal(*of).round(3) for of in ((0.72, 0.06, 120), (0.55, 0.12, 300)))
# log10 of what the isotonic calibrator of lir 1.3.1 makes of them, where it is finite; the test below asks it again
# where it is installed.
AT = np.array([0.6, 0.65, 0.7, 0.75, 0.8])
LIR_SAID = (-0.18184359, 0.1217336, 0.7797932, 0.94200805, 0.94200805)
BOUND_DB = 14.0
LOOSE = Held(BOUND_DB, ridge=0.01)


def as_lir() -> Floats:
    """log10 of the ratio of the same person against others: ours is of the others, and in decibans."""
    return -alone_db(SAME, OTHER, AT, BOUND_DB, rising=False) / 10


def test_similarities_become_the_ratios_that_lir_once_gave() -> None:
    assert as_lir() == pytest.approx(LIR_SAID, abs=1e-7)


def test_similarities_become_the_ratios_that_lir_gives() -> None:
    lir = pytest.importorskip(
        "lir.algorithms.isotonic_regression", reason="lir is not installed; the test above holds its numbers"
    )
    labels = np.repeat([0, 1], [len(OTHER), len(SAME)])
    calibrator = lir.IsotonicCalibrator().fit(np.concatenate([OTHER, SAME]), labels)
    assert as_lir() == pytest.approx(calibrator.transform(AT).tolist(), abs=1e-9)


def two_kinds(apart: float, count: int = 6000) -> Sample:
    rng = np.random.default_rng(3)
    truth = np.repeat([0, 1], [count, count])
    return Sample(rng.normal(truth * apart, 1.0)[:, None], truth)


def alone(sample: Sample, column: int = 0) -> Curve:
    at = knots(sample, column)
    return Curve(at, np.array([alone_db(sample.of(column, 0), sample.of(column, 1), at, BOUND_DB, rising=True)]))


def fused_alone(sample: Sample, held: Held = LOOSE) -> tuple[Floats, Floats]:
    (curve,) = fused(sample, [alone(sample)], held)
    return curve.at, curve.db[0]


def test_weight_is_the_logarithm_of_the_likelihood_ratio() -> None:
    at, curve = fused_alone(two_kinds(1.0))
    # Two normal distributions of deviation 1 and 1 apart: the log ratio is x - 1/2.
    assert curve[1:-1] == pytest.approx((at[1:-1] - 0.5) * DECIBANS_A_NAT, abs=1.2)


def test_item_alone_weighs_the_same_by_counting() -> None:
    sample = two_kinds(1.0, 20_000)
    curve = alone(sample)
    assert curve.db[0][2:-2] == pytest.approx((curve.at[2:-2] - 0.5) * DECIBANS_A_NAT, abs=1.2)


def test_what_two_items_say_alike_counts_once() -> None:
    once = two_kinds(1.0)
    twice = Sample(np.repeat(once.values, 2, axis=1), once.truth)
    _, single = fused_alone(once)
    left, right = (curve.db[0] for curve in fused(twice, [alone(twice), alone(twice, 1)], LOOSE))
    assert (left + right)[1:-1] == pytest.approx(single[1:-1], abs=0.5)


def test_what_is_missing_at_random_says_nothing() -> None:
    sample = two_kinds(1.0, 20_000)
    half_seen = sample.values.copy()
    half_seen[np.random.default_rng(1).random(len(half_seen)) < 0.5] = np.nan
    at, curve = fused_alone(Sample(half_seen, sample.truth))
    assert curve[1:-1] == pytest.approx((at[1:-1] - 0.5) * DECIBANS_A_NAT, abs=1.2)
    assert not alone(sample).weights(np.array([np.nan])).any()


def test_item_that_lies_the_other_way_speaks_only_for_a_visit() -> None:
    sample = two_kinds(-1.0)
    at = knots(sample, 0)
    turned = Curve(at, np.array([alone_db(sample.of(0, 0), sample.of(0, 1), at, BOUND_DB, rising=True)]))
    assert turned.db.max() == 0.0
    assert turned.db[0][-1] < -5
    (curve,) = fused(sample, [turned], LOOSE)
    assert curve.db.max() <= 0.0
    assert curve.db[0][-1] < -5


def test_curves_go_one_way_and_never_say_more_than_the_item_alone_and_one_deciban() -> None:
    rng = np.random.default_rng(5)
    truth = np.repeat([0, 1], 2000)
    # Faked visits lie on both sides of the honest: a free curve would be a valley.
    values = np.where(truth == 1, rng.choice([-6.0, 9.0], 4000), 0.0) + rng.normal(0, 1, 4000)
    sample = Sample(values[:, None], truth)
    _, curve = fused_alone(sample)
    steps = np.diff(curve)
    assert (steps >= 0).all() or (steps <= 0).all()
    assert LOOSE.slack_db == 1.0
    assert (np.abs(curve) <= np.abs(alone(sample).db[0]) + LOOSE.slack_db + 1e-9).all()


def test_item_never_speaks_the_other_way_than_alone() -> None:
    """Of two items that go together the better could be made sharper by turning the worse around: it may not be.

    Where an item says least at several knots, its curve is nothing at the first of them: at the others, where the item
    says next to nothing, it may turn, by no more than it may say anyway.
    """
    rng = np.random.default_rng(6)
    truth = np.repeat([0, 1], 8000)
    disturbance = rng.normal(0, 1, 16_000)
    good, worse = truth * 1.0 + disturbance, 0.3 * truth + disturbance + rng.normal(0, 0.1, 16_000)
    sample = Sample(np.column_stack([good, worse]), truth)
    curves = [alone(sample), alone(sample, 1)]
    for before, after in zip(curves, fused(sample, curves, LOOSE), strict=True):
        speaks = np.abs(before.db) > np.abs(before.db).min() + 1e-9
        assert (before.db[speaks] * after.db[speaks] >= -1e-9).all()
        assert (np.abs(after.db) <= np.abs(before.db) + LOOSE.slack_db + 1e-9).all()


FLAT = Curve(np.array([0.0, 1.0, 2.0]), np.zeros((len(FAKED), 3)))
STRONG = Curve(FLAT.at, np.tile([-9.0, 3.0, 17.0], (len(FAKED), 1)))


def cut_of(**curves: Curve) -> dict[str, Curve]:
    """The curves of some items after all were cut off, the others being flat."""
    ids = [item.id for item in EVIDENCE]
    return dict(zip(ids, cut_off([curves.get(id_, FLAT) for id_ in ids]), strict=True))


def test_what_one_item_alone_could_do_is_cut_off_and_nothing_else() -> None:
    cut = cut_of(voice=STRONG)["voice"]
    assert cut.db[:, :2].tolist() == STRONG.db[:, :2].tolist()
    assert 0.48 < single([row_of("voice", "test", cut)], PRIOR).suspicion < SINGLE_CUE_LIMIT
    weak = Curve(STRONG.at, STRONG.db / 3)
    assert cut_of(voice=weak)["voice"] is weak


def test_items_that_tell_of_the_same_looks_are_cut_off_as_one() -> None:
    cut = cut_of(face_during=STRONG, face_least=STRONG)
    rows = [row_of(id_, "test", cut[id_]) for id_ in ("face_during", "face_least")]
    assert 0.45 < single(rows, PRIOR).suspicion < SINGLE_CUE_LIMIT
    assert cut["face_during"].db.max() == cut["face_least"].db.max() < cut_of(voice=STRONG)["voice"].db.max()


@pytest.mark.parametrize("evidence", sorted(ONE_WAY))
def test_who_is_not_shown_and_an_empty_room_never_make_a_visit_better(evidence: str) -> None:
    (row,) = (row for row in shipped_calibration(EVIDENCE_IDS).row if row.evidence == evidence)
    turn = -1 if evidence in LESS_IS_AGAINST else 1
    assert all(turn * (weights[-1] - weights[0]) >= 0 for weights in row.weights.values())


def test_knots_stand_where_each_kind_lies_however_rare_it_is() -> None:
    values, truth = np.repeat([0.0, 1.0, 2.0], [500, 50, 50]), np.repeat([0, 1, 2], [500, 50, 50])
    assert knots(Sample(values[:, None], truth), 0).tolist() == [0.0, 1.0, 2.0]


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
