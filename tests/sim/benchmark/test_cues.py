import numpy as np
import pytest
from msgspec.structs import replace

from ingest_server.scoring.calibration import Row, decibans, shipped_calibration
from ingest_server.scoring.weigher import EVIDENCE_IDS
from sim.benchmark.cues import worst_cues
from sim.benchmark.figures import cue_figure
from visit_record.vocabulary import Typology

SHIPPED = shipped_calibration(EVIDENCE_IDS)


def test_no_single_cue_of_the_shipped_calibration_puts_a_visit_up_for_review() -> None:
    cues = worst_cues(SHIPPED)
    assert {cue.evidence for cue in cues} == EVIDENCE_IDS
    assert cue_figure(cues, SHIPPED).met


def test_cue_that_convicts_alone_is_found_out_with_its_value() -> None:
    row = Row("liveness", "by hand", {Typology.PROXY_CAREGIVER: ((0.0, 40.0), (1.0, -5.0))})
    table = replace(SHIPPED, row=(row, *(one for one in SHIPPED.row if one.evidence != "liveness")))
    worst, *_ = worst_cues(table)
    assert (worst.evidence, worst.value, worst.typology) == ("liveness", 0.0, Typology.PROXY_CAREGIVER)
    assert cue_figure(worst_cues(table), table).met is False


@pytest.mark.parametrize("row", SHIPPED.row, ids=lambda row: row.evidence)
def test_no_value_between_the_points_of_a_curve_is_worse_than_the_points(row: Row) -> None:
    points = [value for curve in row.curves.values() for value, _ in curve]
    (worst,) = worst_cues(replace(SHIPPED, row=(row,)))
    for value in np.linspace(min(points) - 1, max(points) + 1, 400):
        odds = {
            typology: share * 10 ** ((decibans(row.curves[typology], value) if typology in row.curves else 0) / 10)
            for typology, share in SHIPPED.prior.items()
        }
        assert 1 - odds[Typology.GENUINE] / sum(odds.values()) <= worst.suspicion + 1e-12
