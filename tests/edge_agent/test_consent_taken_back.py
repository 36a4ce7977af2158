"""Consent that is taken back in the middle of a visit, with sensors in threads of their own."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from edge_agent.actions import CheckOut, ConsentWithdrawn, VisitEvent
from edge_agent.assembly import Device
from edge_agent.consent import Permissions
from edge_agent.ears import Ears
from edge_agent.identity import Identity
from edge_agent.observations import FaceObservation, SoundObservation, VoiceObservation
from edge_agent.outbox import Outbox
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier
from edge_agent.ports import Sensor
from edge_agent.readings import CameraFrame, Reading, SoundBlock
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.visit_settings import CheckSettings
from edge_agent.witness import Witness
from tests.edge_agent.recovered import seal_cut_visits
from tests.edge_agent.stage import CHECK_IN_UTC_MS, all_sensors, check_in, staged_senses
from tests.supervision.parts import QUICK, STEP_S, clock
from visit_record.record import FaceEvidence, NotObserved, SoundEvidence, VisitRecord, VoiceEvidence
from visit_record.sealing import open_record
from visit_record.vocabulary import Modality, NotObservedReason

WITHHELD = NotObservedReason.CONSENT_WITHHELD


@dataclass
class Watched:
    """A sensor that knows when it was closed, and what it gave when."""

    modality: Modality
    make: Callable[[int], Reading]
    gave_ms: list[int] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)
    closed_ms: int = 0

    def readings(self) -> Iterator[Reading]:
        try:
            while True:
                time.sleep(STEP_S)
                self.gave_ms.append(clock())
                yield self.make(self.gave_ms[-1])
        finally:
            self.closed_ms = clock()
            self.closed.set()


def camera() -> Watched:
    rng = np.random.default_rng(1)
    return Watched(Modality.FACE, lambda at_ms: CameraFrame(at_ms, rng.integers(0, 255, (8, 8, 3), np.uint8)))


def microphone() -> Watched:
    rng = np.random.default_rng(2)
    return Watched(Modality.SOUND, lambda at_ms: SoundBlock(at_ms, rng.normal(0, 0.1, 320).astype(np.float32)))


@dataclass
class Room:
    witness: Witness
    gathering: LiveGathering
    outbox: Outbox

    def visit(self, sensors: Sequence[Sensor[Reading]], people: Iterator[VisitEvent]) -> VisitRecord:
        sealed = self.witness.witness(sensors, people).record.sealed
        return self.opened(sealed)

    def opened(self, sealed: bytes) -> VisitRecord:
        return open_record(sealed, lambda _kid: self.witness.key.public_key()).record


@pytest.fixture
def room(identity: Identity, outbox: Outbox) -> Room:
    gathering = LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS)
    witness = Witness(
        Device(identity.names, 1, "0.1.0", None),
        identity.key,
        outbox,
        lambda *_: staged_senses(),
        lambda at_ms: at_ms + CHECK_IN_UTC_MS,
        CheckSettings(check_in_s=60, check_out_s=0.1, frame_interval_ms=1),
        gather=gathering.gather,
        close_sensor=gathering.close,
    )
    return Room(witness, gathering, outbox)


def people(takes_back: Modality, seen: Watched, told_ms: list[int]) -> Iterator[VisitEvent]:
    yield check_in(at_ms=clock())
    while len(seen.gave_ms) < 20:
        time.sleep(STEP_S)
    told_ms.append(clock())
    yield ConsentWithdrawn(told_ms[0], takes_back)
    time.sleep(0.6)
    yield CheckOut(clock())


def coverage(record: VisitRecord, sense: Modality) -> NotObservedReason | None:
    return next(cover.reason for cover in record.integrity.coverage if cover.modality is sense)


def test_the_sensor_is_closed_at_once_and_what_was_seen_until_then_stays(room: Room) -> None:
    eye, ear, told_ms = camera(), microphone(), list[int]()
    record = room.visit([eye, ear], people(Modality.FACE, eye, told_ms))
    assert eye.closed.is_set()
    assert eye.closed_ms - told_ms[0] < 200
    assert len([at_ms for at_ms in eye.gave_ms if at_ms > told_ms[0] + 200]) == 0
    assert len([at_ms for at_ms in ear.gave_ms if at_ms > told_ms[0] + 200]) > 5, "the others go on"
    assert isinstance(record.face, FaceEvidence)
    assert coverage(record, Modality.FACE) is WITHHELD
    assert record.integrity.events == (), "nothing broke"
    lines = room.outbox.journal(record.jti)
    assert lines is not None
    before, _, after = lines.partition(b'"ConsentWithdrawn"')
    assert b"FaceObservation" in before
    assert b"FaceObservation" not in after
    assert b"SoundObservation" in after


def test_a_voice_that_is_not_to_be_compared_leaves_the_microphone_open_for_sounds(room: Room) -> None:
    ear, told_ms = microphone(), list[int]()
    record = room.visit([ear], people(Modality.VOICE, ear, told_ms))
    assert ear.closed_ms - told_ms[0] > 500
    assert isinstance(record.sound, SoundEvidence)
    assert isinstance(record.voice, VoiceEvidence)
    lines = room.outbox.journal(record.jti)
    assert lines is not None
    after = lines.partition(b'"ConsentWithdrawn"')[2]
    assert b"VoiceObservation" not in after
    assert b"SoundObservation" in after


def test_who_will_not_be_heard_is_not_known_by_their_voice_either(room: Room) -> None:
    ear, told_ms = microphone(), list[int]()
    record = room.visit([ear], people(Modality.SOUND, ear, told_ms))
    assert ear.closed_ms - told_ms[0] < 200
    assert coverage(record, Modality.SOUND) is coverage(record, Modality.VOICE) is WITHHELD


def test_of_a_sense_that_failed_nothing_stays_open(room: Room) -> None:
    eye, ear, open_at_the_end = camera(), microphone(), list[Modality]()

    def blind(_frame: CameraFrame) -> FaceObservation:
        raise RuntimeError("ONNX Runtime gave up")

    def people_of_it() -> Iterator[VisitEvent]:
        yield check_in(at_ms=clock())
        eye.closed.wait(2)
        heard = len(ear.gave_ms)
        time.sleep(0.3)
        open_at_the_end.extend(one.modality for one in (eye, ear) if not one.closed.is_set())
        assert len(ear.gave_ms) > heard
        yield CheckOut(clock())

    failing = replace(room.witness, open_senses=lambda *_: replace(staged_senses(), look=blind))
    record = room.opened(failing.witness([eye, ear], people_of_it()).record.sealed)
    assert open_at_the_end == [Modality.SOUND], "nobody could take back what they allowed of a sense that is lost"
    assert coverage(record, Modality.FACE) is NotObservedReason.SENSOR_FAULT


def test_taken_back_before_anything_was_seen_it_is_as_if_it_had_never_been_given(room: Room) -> None:
    replayed = replace(room.witness, gather=Witness.gather, wall_clock=lambda at_ms: CHECK_IN_UTC_MS + at_ms)
    events = [check_in(), ConsentWithdrawn(0, Modality.THERMAL), CheckOut(60_000)]
    record = room.opened(replayed.witness(all_sensors(80), events).record.sealed)
    assert record.occupancy == NotObserved(WITHHELD)


def test_it_is_remembered_when_the_program_dies(room: Room) -> None:
    events = [check_in(), ConsentWithdrawn(20_000, Modality.FACE), CheckOut(600_000)]
    replayed = replace(room.witness, gather=Witness.gather, wall_clock=lambda at_ms: CHECK_IN_UTC_MS + at_ms)

    def until(at_ms: int) -> None:
        if at_ms > 100_000:
            raise KeyError

    with pytest.raises(KeyError):
        replayed.witness(all_sensors(620), events, until)
    (sealed,) = seal_cut_visits(replayed)
    assert coverage(room.opened(sealed.sealed), Modality.FACE) is WITHHELD


def test_permissions_after_a_consent_was_taken_back() -> None:
    all_given = Permissions.of(check_in().consents)
    assert all_given.without(Modality.VOICE).may_open(Modality.SOUND)
    assert not all_given.without(Modality.SOUND).may_open(Modality.SOUND)
    assert all_given.without(Modality.SOUND).why_not(Modality.VOICE) is WITHHELD
    assert all_given.without(Modality.FACE).why_not(Modality.THERMAL) is None


@dataclass
class CountingVoice:
    """Says how often somebody's voice was to be compared."""

    compared: int = 0

    def hear(self, *_: object) -> list[VoiceObservation]:
        self.compared += 1
        return []


@pytest.mark.parametrize(("sense", "tells_sounds"), [(Modality.VOICE, True), (Modality.SOUND, False)])
def test_ears_compare_no_voice_after_it(registry: Path, sense: Modality, tells_sounds: bool) -> None:
    voice = CountingVoice()
    ears = Ears(CareSoundClassifier(ModelStore.open(registry)), voice, tells_sound=True)  # type: ignore[arg-type]
    hiss = np.random.default_rng(3).normal(0, 0.05, 32_000).astype(np.float32)
    assert any(isinstance(one, SoundObservation) for one in list(ears.hear(SoundBlock(0, hiss))))
    before = voice.compared
    assert before > 0
    ears.withdraw(sense)
    heard = list(ears.hear(SoundBlock(2_000, hiss)))
    assert voice.compared == before
    assert any(isinstance(one, SoundObservation) for one in heard) is tells_sounds
