"""The senses of a visit at work, and what is left of them when some are lost."""

from dataclasses import replace

import numpy as np
import pytest

from edge_agent.lost_senses import LostSenses
from edge_agent.observations import FaceObservation, SoundObservation, VoiceObservation
from edge_agent.readings import CameraFrame, SoundBlock
from edge_agent.sensing import Sensing
from edge_agent.timeline import SensorLost
from tests.edge_agent.stage import BLACK, microphone, staged_senses
from visit_record.vocabulary import Modality, NotObservedReason

FAULT, WITHHELD = NotObservedReason.SENSOR_FAULT, NotObservedReason.CONSENT_WITHHELD
SECOND = microphone(1).staged[0]


def lost(sense: Modality, why: NotObservedReason = FAULT) -> SensorLost:
    return SensorLost(1_000, sense, "", why)


@pytest.mark.parametrize(
    ("gone", "with_it"),
    [
        (Modality.SOUND, {Modality.SOUND, Modality.VOICE}),
        (Modality.VOICE, {Modality.VOICE}),
        (Modality.FACE, {Modality.FACE}),
    ],
)
def test_a_microphone_that_is_lost_takes_the_voice_with_it_and_a_voice_no_microphone(
    gone: Modality, with_it: set[Modality]
) -> None:
    senses = LostSenses()
    senses.take(lost(gone))
    assert {sense for sense in Modality if senses.has(sense)} == with_it


def test_of_a_sense_that_is_lost_the_first_reason_counts() -> None:
    senses = LostSenses()
    for one in (lost(Modality.SOUND), lost(Modality.SOUND, WITHHELD), lost(Modality.VOICE, WITHHELD)):
        senses.take(one)
    assert senses.told == [lost(Modality.SOUND)]
    assert senses.why(Modality.VOICE) is FAULT


def test_of_a_voice_that_is_lost_nothing_is_told_and_its_microphone_hears_on() -> None:
    senses = LostSenses()
    sensing = Sensing(staged_senses(), senses)
    before = sensing.perceive(SECOND)
    senses.take(lost(Modality.VOICE))
    after = sensing.perceive(SECOND)
    assert not isinstance(before, SensorLost) and not isinstance(after, SensorLost)
    assert [type(one) for one in before] == [SoundObservation, VoiceObservation]
    assert [type(one) for one in after] == [SoundObservation]
    assert sensing.heard_ms == 2_000


def test_a_sense_that_fails_is_lost_at_its_reading_and_what_it_did_not_perceive_was_not_heard() -> None:
    def deaf(_block: SoundBlock) -> tuple[SoundObservation, ...]:
        raise RuntimeError("ONNX Runtime gave up")

    sensing = Sensing(replace(staged_senses(), hear=deaf), LostSenses())
    failed = sensing.perceive(SoundBlock(7_000, np.zeros(16_000, np.float32)))
    assert isinstance(failed, SensorLost)
    assert (failed.at_ms, failed.modality, failed.reason) == (7_000, Modality.SOUND, FAULT)
    assert sensing.heard_ms == 0
    (seen,) = sensing.perceive(CameraFrame(8_000, BLACK))  # type: ignore[misc]
    assert isinstance(seen, FaceObservation)
