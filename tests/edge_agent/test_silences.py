"""A sensor that was silent for a while and came back is told of, and bounded."""

import pytest

from edge_agent.actions import CheckOut
from edge_agent.observations import OccupancyObservation
from edge_agent.silences import MOST_TOLD
from edge_agent.timeline import SensorBack, SensorTurned, merged
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from tests.edge_agent.stage import (
    StagedSensor,
    all_sensors,
    camera,
    check_in,
    microphone,
    receiver,
    staged_senses,
    thermal,
)
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality

CHECKS = CheckSettings(check_in_s=10, during_every_s=60, during_s=5, check_out_s=10)
UNTIL_S = 300.0


def lived(*sensors: StagedSensor) -> VisitSession:
    session = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())
    for happening in merged([CheckOut(round(1000 * UNTIL_S))], sensors, 0):
        session.happen(happening)
    return session


def without(sensor: StagedSensor, start_s: float, end_s: float) -> StagedSensor:
    kept = [reading for reading in sensor.staged if not 1000 * start_s <= reading.at_ms < 1000 * end_s]
    return StagedSensor(sensor.modality, kept)


SENSORS = {Modality.SOUND: microphone, Modality.THERMAL: thermal, Modality.POSITION: receiver}


@pytest.mark.parametrize("sense", SENSORS)
def test_sensor_that_was_silent_for_a_minute_is_lost_and_back(sense: Modality) -> None:
    session = lived(without(SENSORS[sense](UNTIL_S), 100, 160))
    (back,) = session.befallings.back
    assert (back.modality, back.at_ms) == (sense, 160_000)
    assert back.silent_since_ms == pytest.approx(100_000, abs=1_000)
    assert session.lost.told == []


def test_sense_goes_on_when_its_sensor_is_back() -> None:
    session = lived(without(thermal(UNTIL_S), 100, 160))
    assert max(seen.at_ms for seen in session.observations(OccupancyObservation)) > 290_000


def test_sensor_that_only_woke_late_was_silent_since_check_in() -> None:
    assert lived(without(thermal(UNTIL_S), 0, 50)).befallings.back == [SensorBack(50_000, Modality.THERMAL, 0)]


def test_stumble_of_a_bus_and_a_camera_that_rests_are_no_loss() -> None:
    assert lived(without(thermal(UNTIL_S), 100, 125), without(camera(UNTIL_S), 20, 280)).befallings.back == []


def test_whole_readings_tell_of_no_silence() -> None:
    assert lived(*all_sensors(UNTIL_S)).befallings.back == []


def test_loose_plug_cannot_fill_the_record() -> None:
    sparse = thermal(UNTIL_S * 10)
    session = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())
    for happening in merged([], [StagedSensor(Modality.THERMAL, sparse.staged[::40])], 0):
        session.happen(happening)
    assert len(session.befallings.back) == MOST_TOLD


def turned(at_ms: int, state: SensorState, fault: Fault | None = None, spoke_ms: int | None = None) -> SensorTurned:
    return SensorTurned(at_ms, Part.CAMERA, state, fault, spoke_ms)


def after(*turns: SensorTurned) -> VisitSession:
    session = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())
    for turn in turns:
        session.happen(turn)
    return session


HEALTHY = turned(1_000, SensorState.HEALTHY, None, 1_000)
BROKE = turned(20_000, SensorState.RESTARTING, Fault.BROKEN, 19_000)


def test_watched_camera_that_was_silent_is_lost_and_back() -> None:
    session = after(HEALTHY, BROKE, turned(80_000, SensorState.HEALTHY, None, 80_000))
    assert session.befallings.back == [SensorBack(80_000, Modality.FACE, 19_000)]
    assert list(session.befallings.silent_still(200_000)) == []


def test_part_that_is_in_trouble_at_the_end_is_told_with_since_when() -> None:
    session = after(HEALTHY, BROKE, turned(60_000, SensorState.SILENT, Fault.FROZEN, 19_000))
    assert list(session.befallings.silent_still(90_000)) == [(Modality.FACE, 19_000)]
    assert list(session.befallings.silent_still(40_000)) == []


def test_covered_lens_is_for_the_evidence_to_tell_and_no_silence() -> None:
    session = after(HEALTHY, turned(20_000, SensorState.SILENT, Fault.BLACK, 19_000))
    assert list(session.befallings.silent_still(200_000)) == []
    assert session.befallings.back == []


def test_silence_that_a_turn_told_of_is_not_told_again_by_the_reading_after_it() -> None:
    session = VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())
    early, late = (
        thermal(10).staged,
        thermal(
            120,
        ).staged[90:],
    )
    for happening in (
        *early,
        SensorTurned(20_000, Part.THERMAL_ARRAY, SensorState.SILENT, Fault.STALLED, 9_000),
        SensorTurned(90_000, Part.THERMAL_ARRAY, SensorState.HEALTHY, None, 90_000),
        *late,
    ):
        session.happen(happening)
    assert session.befallings.back == [SensorBack(90_000, Modality.THERMAL, 9_000)]
