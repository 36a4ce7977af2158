"""Caregivers of a staged world as they enrolled: on another day, in another light, with other words."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.face import FaceTemplate, enrol_face
from edge_agent.perception.face_choice import open_face_engine
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder, Voiceprint, enrol_voice
from edge_agent.readings import CameraFrame
from edge_agent.roster import MemoryRoster
from sim.camera import SimulatedCamera
from sim.script import Sky, VisitScript
from sim.sound.speech import synthesise_speech
from sim.staging.choreography import FACE_CHECK_S, live_face
from sim.staging.world import Caregiver

ENROLMENT_TAKES = 3
ENROLMENT_TAKE_S = 8.0


def enrolled(caregivers: Sequence[Caregiver], registry: Path) -> MemoryRoster:
    """The roster of a home. Who was enrolled by these models in this process before is not enrolled again.

    Raises:
        ModelError: a model is missing or altered.
    """
    templates = {caregiver.id: _templates(caregiver, registry) for caregiver in caregivers}
    return MemoryRoster(
        {one: face for one, (face, _) in templates.items()}, {one: voice for one, (_, voice) in templates.items()}
    )


@cache
def _templates(caregiver: Caregiver, registry: Path) -> tuple[FaceTemplate, Voiceprint]:
    encoder, engine = _models(registry)
    return enrol_face(enrolment_frames(caregiver), engine), enrol_voice(encoder, enrolment_takes(caregiver))


@cache
def _models(registry: Path) -> tuple[VoiceEncoder, FaceEngine]:
    store = ModelStore.open(registry)
    return VoiceEncoder(store), open_face_engine(store)


def enrolment_frames(caregiver: Caregiver) -> list[CameraFrame]:
    """Pictures of their face, 480 x 640."""
    script = VisitScript(
        seed=crc32(caregiver.id.encode()),
        started_at_ms=0,
        duration_s=FACE_CHECK_S,
        stays=(),
        noises=(),
        appearances=(live_face(0, caregiver.portrait),),
        sky=Sky(0.0, 0.0),
    )
    return list(SimulatedCamera(script, [0.0, 1.5, 3.0]).readings())


def enrolment_takes(caregiver: Caregiver) -> list[NDArray[np.float32]]:
    """Recordings of their voice, float32 [n] at 16 kHz."""
    rng = np.random.default_rng([crc32(caregiver.id.encode()), 0x564F])
    return [synthesise_speech(caregiver.voice, ENROLMENT_TAKE_S, rng) for _ in range(ENROLMENT_TAKES)]
