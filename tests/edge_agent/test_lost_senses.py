"""A fault in perception costs one sense, never the visit."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from edge_agent.actions import CheckOut
from edge_agent.assembly import Device
from edge_agent.errors import PerceptionError
from edge_agent.identity import Identity
from edge_agent.model_senses import ModelSenses
from edge_agent.observations import AnyObservation, OccupancyObservation, SoundObservation
from edge_agent.outbox import Outbox
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.thermal_image import legible
from edge_agent.readings import Reading, SoundBlock, ThermalFrame
from edge_agent.roster import MemoryRoster
from edge_agent.senses import Senses
from edge_agent.witness import Witness
from edge_agent.witness_ports import SensesMaker
from tests.edge_agent.stage import CHECK_IN_UTC_MS, StagedSensor, all_sensors, check_in, every, staged_senses
from visit_record.record import NotObserved, OccupancyEvidence, VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import Ending, IntegrityKind, Modality, NotObservedReason

Live = Callable[[SensesMaker, list[StagedSensor]], VisitRecord]
FAULT = NotObserved(NotObservedReason.SENSOR_FAULT)
SENSES = {
    "look": Modality.FACE,
    "hear": Modality.SOUND,
    "feel_heat": Modality.THERMAL,
    "locate": Modality.POSITION,
}


@pytest.fixture
def live(identity: Identity, outbox: Outbox) -> Live:
    device = Device(identity.names, 1, "0.1.0", None)

    def lived(senses: SensesMaker, sensors: list[StagedSensor]) -> VisitRecord:
        witness = Witness(device, identity.key, outbox, senses, lambda at_ms: CHECK_IN_UTC_MS + at_ms)
        visit = witness.witness(sensors, [check_in(), CheckOut(60_000)])
        return open_record(visit.record.sealed, lambda _kid: identity.key.public_key()).record

    return lived


class Failing:
    """A sense that fails at every reading, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _reading: Reading) -> Any:  # noqa: ANN401
        self.asked += 1
        raise RuntimeError("ONNX Runtime gave up")


def with_sense(name: str, sense: Any) -> Senses:  # noqa: ANN401
    changed: dict[str, Any] = {name: sense}
    return replace(staged_senses(), **changed)


@pytest.mark.parametrize("name", SENSES)
def test_a_sense_that_fails_is_lost_once_and_the_visit_goes_on(live: Live, name: str) -> None:
    failing = Failing()
    with capture_logs() as logs:
        record = live(lambda *_: with_sense(name, failing), all_sensors(80))
    assert failing.asked == 1
    assert record.span.ending is Ending.CHECKED_OUT
    assert [(event.kind, event.modality) for event in record.integrity.events] == [
        (IntegrityKind.SENSOR_LOST, SENSES[name])
    ]
    parts = {
        Modality.FACE: record.face,
        Modality.SOUND: record.sound,
        Modality.THERMAL: record.occupancy,
        Modality.POSITION: record.where.check_in,
    }
    assert [sense for sense, part in parts.items() if isinstance(part, NotObserved)] == [SENSES[name]]
    assert parts[SENSES[name]] == FAULT
    (told,) = [log for log in logs if log["event"] == "sense_lost"]
    assert "Traceback" in told["traceback"]
    assert "RuntimeError" in told["traceback"]


def test_what_a_sense_told_before_it_failed_stays(live: Live) -> None:
    small, large = np.eye(4, dtype=np.float32), np.eye(40, dtype=np.float32)
    frames = [ThermalFrame(at, small if at < 30_000 else large) for at in every(1, 60)]

    def feel(frame: ThermalFrame) -> OccupancyObservation:
        legible(frame.celsius)
        return OccupancyObservation(frame.at_ms, False, 1)

    sensors = [StagedSensor(Modality.THERMAL, frames)]
    record = live(lambda *_: replace(staged_senses(), feel_heat=feel), sensors)
    assert isinstance(record.occupancy, OccupancyEvidence)
    assert record.occupancy.coverage == pytest.approx(0.5, abs=0.1)
    assert [event.at_ms for event in record.integrity.events] == [CHECK_IN_UTC_MS + 30_000]


def test_a_sense_that_gives_no_number_is_lost_and_the_record_can_be_sealed(live: Live) -> None:
    def hear(block: SoundBlock) -> Iterator[AnyObservation]:
        yield SoundObservation(block.at_ms, (float("nan"),) * 12, -30.0)

    record = live(lambda *_: replace(staged_senses(), hear=hear), all_sensors(80))
    assert record.sound == record.voice == FAULT


def test_the_error_of_perception_holds_nothing_of_what_was_sensed() -> None:
    def hear(block: SoundBlock) -> Iterator[AnyObservation]:
        raise ValueError(f"cannot hear {block.samples}")

    with pytest.raises(PerceptionError) as error:
        Senses(hear=hear).perceive(SoundBlock(0, np.full(4, 0.123, np.float32)))
    assert "0.123" not in str(error.value)
    assert isinstance(error.value.__cause__, ValueError)


MISSING: dict[str, set[Modality]] = {
    "care_sound": {Modality.SOUND},
    "occupancy": {Modality.THERMAL},
    "voiceprint": {Modality.VOICE},
}


@pytest.mark.parametrize("role", MISSING)
def test_a_model_that_cannot_be_loaded_costs_its_sense_alone(live: Live, registry: Path, role: str) -> None:
    whole = ModelStore.open(registry)
    store = ModelStore(whole.folder, {name: entry for name, entry in whole.entries.items() if name != role})
    sensors = all_sensors(70)
    record = live(ModelSenses(store, MemoryRoster()), sensors)
    lost = {event.modality: event.at_ms for event in record.integrity.events}
    assert lost == dict.fromkeys(MISSING[role], CHECK_IN_UTC_MS)
    unseen = {Modality.SOUND: record.sound, Modality.THERMAL: record.occupancy, Modality.VOICE: record.voice}
    assert all(unseen[sense] == FAULT for sense in MISSING[role])
    covers = {cover.modality: cover for cover in record.integrity.coverage}
    for sense in MISSING[role]:
        assert (covers[sense].observed_share, covers[sense].reason) == (0.0, NotObservedReason.SENSOR_FAULT)
    assert {sensor.modality for sensor in sensors if not sensor.opened} == MISSING[role] - {Modality.VOICE}
