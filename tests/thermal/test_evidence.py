from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.evidence.occupancy import MOST_INTERVALS, occupancy_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import OccupancyObservation
from visit_record.record import NotObserved, OccupancyEvidence
from visit_record.vocabulary import NotObservedReason

HOUR = VisitClock(1_800_000_000_000, 50_000, 50_000 + 3_600_000)


def observed(
    at_s: float, people: int = 1, bed: bool | None = True, beside: bool | None = False
) -> OccupancyObservation:
    at_ms = HOUR.check_in_monotonic_ms + round(at_s * 1000)
    return OccupancyObservation(
        at_ms, blind=False, people=people, bed_occupied=bed, caregiver_at_bedside=beside, two_close=people > 1
    )


def blind(at_s: float) -> OccupancyObservation:
    return OccupancyObservation(HOUR.check_in_monotonic_ms + round(at_s * 1000), blind=True)


def evidence(*observations: OccupancyObservation) -> OccupancyEvidence:
    found = occupancy_evidence(observations, HOUR)
    assert isinstance(found, OccupancyEvidence)
    return found


def test_an_unchanging_hour_is_one_interval() -> None:
    found = evidence(*(observed(at_s) for at_s in range(3600)))
    (only,) = found.intervals
    assert (only.started_at_ms, only.duration_s, only.people) == (HOUR.check_in_utc_ms, 3600, 1)
    assert found.coverage == 1


def test_a_single_wrong_frame_changes_nothing() -> None:
    found = evidence(*(observed(at_s, people=3 if at_s == 1000 else 1) for at_s in range(3600)))
    assert [interval.people for interval in found.intervals] == [1]


def test_caregiver_comes_and_goes_at_the_right_times() -> None:
    found = evidence(*(observed(at_s, people=2 if 600 <= at_s < 1200 else 1) for at_s in range(3600)))
    assert [(i.people, i.duration_s) for i in found.intervals] == [(1, 600), (2, 600), (1, 2400)]


def test_blind_time_is_a_gap_and_not_an_empty_room() -> None:
    found = evidence(*(blind(at_s) if 600 <= at_s < 1800 else observed(at_s) for at_s in range(3600)))
    assert [(i.people, i.duration_s) for i in found.intervals] == [(1, 600), (1, 1800)]
    assert found.coverage == 2400 / 3600


def covered_from(start_s: int, called_so_s: int, until_s: int) -> list[OccupancyObservation]:
    """A cover looks like nobody until it is called one."""
    return [observed(s, people=0) if s < called_so_s else blind(s) for s in range(start_s, until_s)]


def test_nobody_under_a_cover_is_taken_back_once_it_is_known_for_one() -> None:
    seen = evidence(*(observed(s, people=2) for s in range(600)), *covered_from(600, 720, 1_200))
    assert {interval.people for interval in seen.intervals} == {2}
    assert seen.coverage == pytest.approx(600 / 3_600, abs=0.002)


def test_nobody_before_a_moment_of_blindness_stays_nobody() -> None:
    room = [blind(s) if s in {900, 901} else observed(s, people=0) for s in range(3_600)]
    assert evidence(*room).coverage == pytest.approx(1.0, abs=0.002)


def test_silent_sensor_covers_no_time_after_its_last_word() -> None:
    found = evidence(*(observed(at_s) for at_s in range(900)))
    assert sum(interval.duration_s for interval in found.intervals) <= 910
    assert abs(found.coverage - 904 / 3600) < 1e-9


def test_observation_speaks_over_the_edge_of_its_step() -> None:
    found = evidence(observed(0), observed(8))
    assert sum(interval.duration_s for interval in found.intervals) == 20
    assert found.coverage == 10 / 3600


def test_nothing_seen_is_not_observed_with_its_reason() -> None:
    assert occupancy_evidence([], HOUR) == NotObserved(NotObservedReason.SENSOR_FAULT)
    assert occupancy_evidence([blind(1), blind(2)], HOUR) == NotObserved(NotObservedReason.SENSOR_FAULT)
    assert isinstance(occupancy_evidence([observed(-10), observed(3600)], HOUR), NotObserved)


def test_unknown_bed_stays_unknown() -> None:
    found = evidence(*(observed(at_s, bed=None, beside=None) for at_s in range(100)))
    assert {(i.bed_occupied, i.caregiver_at_bedside) for i in found.intervals} == {(None, None)}


def placed(at_s: float, row: float, column: float) -> OccupancyObservation:
    at_ms = HOUR.check_in_monotonic_ms + round(at_s * 1000)
    return OccupancyObservation(at_ms, blind=False, people=1, centre=(row, column))


def test_sitting_still_travels_nowhere() -> None:
    found = evidence(*(placed(at_s, 10 + 0.3 * (at_s % 2), 10) for at_s in range(3600)))
    assert found.path is not None
    assert (found.path.travelled_cells, found.path.still_share) == (0, 1)


def test_one_move_across_the_room_is_counted_once() -> None:
    found = evidence(*(placed(at_s, 10, 0 if at_s < 1800 else 12) for at_s in range(3600)))
    assert found.path is not None
    assert (found.path.travelled_cells, found.path.still_share) == (12, 1 - 1 / 360)


def test_walking_adds_up() -> None:
    found = evidence(*(placed(at_s, 10, at_s % 20) for at_s in range(0, 3600)))
    assert found.path is not None
    assert found.path.travelled_cells > 3000
    assert found.path.still_share == 0


def test_empty_room_was_observed_to_be_still() -> None:
    found = evidence(*(observed(at_s, people=0, bed=False) for at_s in range(100)))
    assert found.path is not None
    assert (found.path.travelled_cells, found.path.still_share) == (0, 1)


def test_movement_is_unknown_where_no_place_was_told() -> None:
    assert evidence(observed(1), observed(2)).path is None


observations = st.lists(
    st.builds(
        lambda at_s, people, sees, bed: observed(at_s, people, bed) if sees else blind(at_s),
        st.floats(-100, 3700),
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from([True, False, None]),
    ),
    max_size=300,
)


@given(observations)
@settings(max_examples=60, deadline=None)
def test_no_moment_in_which_somebody_was_seen_is_lost_and_none_counted_twice(seen: list[OccupancyObservation]) -> None:
    found = occupancy_evidence(seen, HOUR)
    if isinstance(found, NotObserved):
        return
    spans = [(i.started_at_ms, i.started_at_ms + i.duration_s * 1000) for i in found.intervals]
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert spans[0][0] >= HOUR.check_in_utc_ms
    assert spans[-1][1] <= HOUR.utc_ms(HOUR.check_out_monotonic_ms)
    assert sum(end - start for start, end in spans) / 1000 >= found.coverage * HOUR.duration_s - 1e-3
    moments = [HOUR.utc_ms(o.at_ms) for o in seen if o.people and 50_000 <= o.at_ms < 3_650_000]
    assert all(any(start <= at < end for start, end in spans) for at in moments)


@given(st.integers(1, 40), st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_a_restless_room_still_fits_into_the_record(period_s: int, hours: int) -> None:
    clock = VisitClock(0, 50_000, 50_000 + hours * 3_600_000)
    restless = [observed(at_s, people=at_s // period_s % 3) for at_s in range(0, hours * 3600, 2)]
    found = occupancy_evidence(restless, clock)
    assert isinstance(found, OccupancyEvidence)
    assert len(found.intervals) <= MOST_INTERVALS
    assert sum(interval.duration_s for interval in found.intervals) == hours * 3600


def test_flickering_blindness_still_fits_into_the_record() -> None:
    found = evidence(*(observed(at_s) if at_s % 40 < 10 else blind(at_s) for at_s in range(3600 * 1)))
    assert len(found.intervals) <= MOST_INTERVALS
    assert abs(found.coverage - 0.25) < 1e-9
