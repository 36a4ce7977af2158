"""Enrols the people of a replayed visit from their pictures and recordings, in memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.face import FaceTemplate, enrol_face
from edge_agent.perception.face_choice import open_face_engine
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder, Voiceprint, enrol_voice
from edge_agent.replay import Enrolled
from edge_agent.roster import MemoryRoster
from edge_agent.sensors.picture_files import PictureFiles
from edge_agent.sensors.sound_file import SoundFile
from visit_record.bilingual import Words


def enrol_roster(people: Sequence[Enrolled], registry: Path) -> MemoryRoster:
    """Templates of everybody who has pictures or recordings.

    Raises:
        UnreadableFileError: a file cannot be read, or shows no face or too little speech.
        ModelError: a model that is needed cannot be loaded.
    """
    store = ModelStore.open(registry)
    pictured, voices = [person for person in people if person.faces], [person for person in people if person.voices]
    engine = open_face_engine(store) if pictured else None
    encoder = VoiceEncoder(store) if voices else None
    return MemoryRoster(
        {person.caregiver: _face(person, engine) for person in pictured if engine},
        {person.caregiver: _voice(person, encoder) for person in voices if encoder},
    )


def _face(person: Enrolled, engine: FaceEngine) -> FaceTemplate:
    frames = [frame for path in person.faces for frame in PictureFiles(path).readings()]
    try:
        return enrol_face(frames, engine)
    except ValueError as cause:
        raise UnreadableFileError(
            f"{person.caregiver} cannot be enrolled from {person.faces[0]}: {cause}",
            f"不能从 {person.faces[0]} 登记 {person.caregiver}：没有看清人脸",
            Words("靠近一些、光线好一些再拍", "take it again, closer and in more light"),
        ) from cause


def _voice(person: Enrolled, encoder: VoiceEncoder) -> Voiceprint:
    try:
        return enrol_voice(encoder, [_recording(path) for path in person.voices])
    except ValueError as cause:
        raise UnreadableFileError(
            f"{person.caregiver} cannot be enrolled from {person.voices[0]}: {cause}",
            f"不能从 {person.voices[0]} 登记 {person.caregiver}：说话声不足 1.6 秒，或全是静音",
            Words("请重录", "record it again"),
        ) from cause


def _recording(path: Path) -> NDArray[np.float32]:
    return np.concatenate([block.samples for block in SoundFile(path).readings()])
