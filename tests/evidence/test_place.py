"""Position evidence: the best fix near each end of the visit, or an honest reason why there is none."""

import msgspec
import pytest

from edge_agent.evidence.place import place_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point
from visit_record.record import Fix, NotObserved, Where
from visit_record.vocabulary import FixType, NotObservedReason, PlaceCue

VISIT = VisitClock(check_in_utc_ms=1_700_000_000_000, check_in_monotonic_ms=50_000, check_out_monotonic_ms=3_650_000)
SITE = Point(31.2, 121.5)


def fix(at_ms: int, accuracy_m: float | None = 10.0, latitude_deg: float = 31.2) -> PositionObservation:
    return PositionObservation(at_ms, FixType.FIX_3D, latitude_deg, 121.5, accuracy_m, 8, 1.0, 0.2, 3.0)


def no_fix(at_ms: int) -> PositionObservation:
    return PositionObservation(at_ms, FixType.NONE, satellites=0)


def test_most_accurate_fix_near_each_end_is_told() -> None:
    where = place_evidence(
        [fix(50_000, 40.0), fix(90_000, 8.0), fix(120_000, None), fix(1_000_000, 1.0), fix(3_640_000, 12.0)],
        VISIT,
        SITE,
    )
    assert isinstance(where.check_in, Fix)
    assert isinstance(where.check_out, Fix)
    assert (where.check_in.at_ms, where.check_in.accuracy_m) == (1_700_000_040_000, 8.0)
    assert where.check_out.at_ms == 1_700_003_590_000
    assert where.check_in.distance_to_site_m == 0.0


def test_nearest_of_equally_good_fixes_is_told() -> None:
    where = place_evidence([fix(40_000), fix(49_000), fix(61_000)], VISIT, None)
    assert isinstance(where.check_in, Fix)
    assert where.check_in.at_ms == 1_699_999_999_000
    assert where.check_in.distance_to_site_m is None


def test_distance_to_the_site_is_told_not_judged() -> None:
    where = place_evidence([fix(50_000, latitude_deg=31.3)], VISIT, SITE)
    assert isinstance(where.check_in, Fix)
    assert where.check_in.distance_to_site_m == pytest.approx(11_087, abs=2)


def test_receiver_that_never_had_a_fix_saw_no_satellites() -> None:
    where = place_evidence([no_fix(at_ms) for at_ms in range(50_000, 3_650_000, 5000)], VISIT, SITE)
    assert where.check_in == where.check_out == NotObserved(NotObservedReason.NO_SATELLITES)


def test_receiver_lost_during_the_visit_is_a_fault_not_an_absence() -> None:
    where = place_evidence([fix(50_000)], VISIT, SITE)
    assert where.check_out == NotObserved(NotObservedReason.SENSOR_FAULT)


@pytest.mark.parametrize(
    "reason",
    [NotObservedReason.SENSOR_ABSENT, NotObservedReason.LOCATION_OFF, NotObservedReason.CONSENT_WITHHELD],
)
def test_silence_keeps_its_reason_and_carries_no_cue(reason: NotObservedReason) -> None:
    assert place_evidence([], VISIT, SITE, silence=reason) == Where(NotObserved(reason), NotObserved(reason), ())


def test_cues_are_of_the_visit_alone() -> None:
    before = [fix(0, latitude_deg=40.0), fix(50_000)]
    during = [fix(50_000), fix(60_000, latitude_deg=40.0)]
    assert place_evidence(before, VISIT, SITE).cues == ()
    assert place_evidence(during, VISIT, SITE).cues == (PlaceCue.POSITION_JUMP,)


def test_evidence_survives_the_wire() -> None:
    where = place_evidence([fix(50_000), no_fix(3_640_000)], VISIT, SITE)
    assert msgspec.json.decode(msgspec.json.encode(where), type=Where) == where
