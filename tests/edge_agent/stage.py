"""A staged visit without models: sensors that yield what they are given, and senses that see what is written on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.actions import CheckIn
from edge_agent.errors import SensorError
from edge_agent.observations import (
    FaceObservation,
    OccupancyObservation,
    SoundObservation,
    VoiceObservation,
)
from edge_agent.perception.position import observe_position
from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame, PositionReading, Reading, SoundBlock, ThermalFrame
from edge_agent.senses import Senses
from visit_record.record import Consent, PlannedOrder
from visit_record.vocabulary import FixType, IdentityMethod, Modality, SoundCue

CHECK_IN_UTC_MS = 1_767_575_400_000
BLACK = np.zeros((2, 2, 3), np.uint8)
WARM = np.full((4, 4), 22.0, np.float32)


@dataclass
class StagedSensor:
    """Yields readings, then fails if ``fails`` says how; ``opened`` tells whether anybody looked."""

    modality: Modality
    staged: Sequence[Reading]
    fails: str | None = None
    opened: bool = False

    def readings(self) -> Iterator[Reading]:
        self.opened = True
        yield from self.staged
        if self.fails:
            raise SensorError(self.fails, "演练：中断")


def every(step_s: float, until_s: float, start_s: float = 0.0) -> list[int]:
    return [round(1000 * (start_s + i * step_s)) for i in range(int((until_s - start_s) / step_s))]


def camera(until_s: float, **how: object) -> StagedSensor:
    return StagedSensor(Modality.FACE, [CameraFrame(at, BLACK) for at in every(0.5, until_s)], **how)  # type: ignore[arg-type]


def microphone(until_s: float, **how: object) -> StagedSensor:
    second = np.zeros(SAMPLE_RATE_HZ, np.float32)
    return StagedSensor(Modality.SOUND, [SoundBlock(at, second) for at in every(1, until_s)], **how)  # type: ignore[arg-type]


def thermal(until_s: float, **how: object) -> StagedSensor:
    return StagedSensor(Modality.THERMAL, [ThermalFrame(at, WARM) for at in every(1, until_s)], **how)  # type: ignore[arg-type]


def receiver(until_s: float, **how: object) -> StagedSensor:
    fixes = [PositionReading(at, FixType.FIX_3D, 31.23, 121.47, 5.0, 9, 1.0) for at in every(1, until_s)]
    return StagedSensor(Modality.POSITION, fixes, **how)  # type: ignore[arg-type]


def all_sensors(until_s: float) -> list[StagedSensor]:
    return [camera(until_s), microphone(until_s), thermal(until_s), receiver(until_s)]


def staged_senses() -> Senses:
    speech = tuple(float(cue is SoundCue.SPEECH) for cue in SoundCue)
    return Senses(
        look=lambda frame: FaceObservation(frame.at_ms, 1, 0.7, 0.9),
        hear=lambda block: (
            SoundObservation(block.at_ms, speech, -30.0),
            VoiceObservation(block.at_ms, 0.8, 1.0, 0),
        ),
        feel_heat=lambda frame: OccupancyObservation(frame.at_ms, False, 2, True, True, True, "lying", (1.0, 1.0)),
        locate=lambda reading: observe_position(reading, CHECK_IN_UTC_MS + reading.at_ms),
    )


def check_in(withheld: Sequence[Modality] = (), asked: Sequence[Modality] = tuple(Modality), at_ms: int = 0) -> CheckIn:
    order = PlannedOrder("order-1", CHECK_IN_UTC_MS, 600.0, ("feeding", "oral_care"))
    consents = tuple(Consent(sense, sense not in withheld, "2026-1") for sense in asked)
    return CheckIn(at_ms, "caregiver-1", "recipient-1", order, consents, IdentityMethod.FACE)
