import numpy as np
import pytest
from msgspec.structs import replace

from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.calibration import Row, alone, shipped_calibration, suspicion
from ingest_server.scoring.evidence import EVIDENCE_IDS
from sim.benchmark.cues import worst_cues
from sim.benchmark.figures import cue_figures
from sim.benchmark.outcome import Outcome
from tests.sim.benchmark.seen import outcome
from visit_record.vocabulary import Typology

SHIPPED, RULES = shipped_calibration(EVIDENCE_IDS), shipped_rules(EVIDENCE_IDS)
# No table that ships may hold such a row: it is refused at load.
CONVICTS = Row(
    "liveness",
    "by hand",
    (0.0, 1.0),
    {kind: (40.0, -5.0) if kind is Typology.PROXY_CAREGIVER else (0.0, 0.0) for kind in SHIPPED.faked},
)
TABLE = replace(SHIPPED, row=(CONVICTS, *(row for row in SHIPPED.row if row.evidence != "liveness")))


def seen(**values: float) -> list[Outcome]:
    return [replace(outcome(Typology.GENUINE, 0.0), values=values)]


def test_no_single_cue_of_the_shipped_calibration_puts_a_visit_up_for_review() -> None:
    cues = worst_cues(SHIPPED, seen(liveness=0.0))
    assert {item for cue in cues for item in cue.items} == EVIDENCE_IDS
    assert all(figure.met for figure in cue_figures(SHIPPED, RULES, cues))


def test_cue_that_convicts_alone_is_found_out_with_its_value() -> None:
    worst, *others = worst_cues(TABLE, seen(liveness=0.0))
    assert (worst.items, worst.values, worst.typology) == (("liveness",), (0.0,), Typology.PROXY_CAREGIVER)
    assert worst.seen == pytest.approx(worst.suspicion)
    assert [figure.met for figure in cue_figures(TABLE, RULES, (worst, *others))] == [False, False]


def test_value_that_no_visit_had_convicted_nobody() -> None:
    cues = worst_cues(TABLE, seen(liveness=1.0))
    assert [figure.met for figure in cue_figures(TABLE, RULES, cues)] == [False, True]
    assert {cue.seen for cue in cues if cue.items != ("liveness",)} == {None}


@pytest.mark.parametrize("row", SHIPPED.row, ids=lambda row: row.evidence)
def test_no_value_between_the_points_of_a_curve_is_worse_than_the_points(row: Row) -> None:
    worst = alone([row], SHIPPED.prior)
    for value in np.linspace(row.at[0] - 1, row.at[-1] + 1, 400):
        weights = {typology: float(np.interp(value, row.at, curve)) for typology, curve in row.weights.items()}
        assert suspicion(SHIPPED.prior, weights) <= worst.suspicion + 1e-12
