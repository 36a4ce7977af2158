"""Real faces and voices through the inspections: people are told apart, and files without them are not guessed at."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from edge_agent.errors import UnreadableFileError
from edge_agent.inspection.face import face_perceiver, inspect_face
from edge_agent.inspection.voice import enrol_recordings, inspect_voice, speech_detector, speech_of
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier, SoundWindow
from edge_agent.perception.voice import VoiceEncoder
from edge_agent.readings import HOP_SAMPLES
from sim.script import Voice
from sim.sound.speech import synthesise_speech


@pytest.mark.realdata
def test_orl_people_are_told_apart(realdata: Path) -> None:
    people = realdata / "faces" / "orl"
    perceiver = face_perceiver([people / "s3" / f"{n}.pgm" for n in (1, 4)], FaceLibrary())
    same = [inspect_face(people / "s3" / f"{n}.pgm", perceiver)["similarity"] for n in (2, 8)]
    others = [inspect_face(people / person / "1.pgm", perceiver)["similarity"] for person in ("s5", "s11", "s17")]
    assert min(_numbers(same)) > 0.55 > max(_numbers(others))


@pytest.mark.realdata
def test_librispeech_speakers_are_told_apart(realdata: Path, registry: Path, tmp_path: Path) -> None:
    store = ModelStore.open(registry)
    encoder, is_speech = VoiceEncoder(store), speech_detector(CareSoundClassifier(store))
    paths = sorted((realdata / "speech" / "librispeech_train-clean-100").glob("*.flac"))[:5]
    halves = [_halves(path, tmp_path) for path in paths]
    enrolled = enrol_recordings([halves[0][0]], encoder, is_speech)
    same, *others = [inspect_voice(second, encoder, enrolled, is_speech)["similarity"] for _, second in halves]
    assert min(_numbers([same])) > 0.75 > max(_numbers(others))


def _numbers(values: list[object]) -> list[float]:
    return [value for value in values if isinstance(value, float)]


def _halves(path: Path, folder: Path) -> tuple[Path, Path]:
    samples, rate = soundfile.read(path)
    parts = folder / f"{path.stem}_1.wav", folder / f"{path.stem}_2.wav"
    for part, half in zip(parts, np.array_split(samples, 2), strict=True):
        soundfile.write(part, half, rate)
    return parts


def _loud(window: SoundWindow) -> float:
    return float(np.abs(window.samples).max() > 0.01)


def _recording(path: Path, *pieces: object) -> Path:
    soundfile.write(path, np.concatenate([np.asarray(piece) for piece in pieces]), 16_000)
    return path


def test_only_speech_is_compared_and_counted(tmp_path: Path) -> None:
    talk = synthesise_speech(Voice(200, 0.87), 5.0, np.random.default_rng(1))
    path = _recording(tmp_path / "visit.wav", np.zeros(160_000), talk, np.zeros(160_000))
    assert 4 * 16_000 < len(speech_of(path, _loud)) < 7 * 16_000


def test_a_recording_without_speech_has_no_similarity(tmp_path: Path, registry: Path) -> None:
    encoder = VoiceEncoder(ModelStore.open(registry))
    talk = synthesise_speech(Voice(200, 0.87), 6.0, np.random.default_rng(2))
    enrolled = enrol_recordings([_recording(tmp_path / "enrol.wav", talk)], encoder, _loud)
    silent = _recording(tmp_path / "silent.wav", np.zeros(80_000))
    assert inspect_voice(silent, encoder, enrolled, _loud) == {"file": str(silent), "similarity": None, "speech_s": 0.0}
    itself = inspect_voice(tmp_path / "enrol.wav", encoder, enrolled, _loud)
    assert _numbers([itself["similarity"]])[0] > 0.9


@pytest.mark.realdata
@pytest.mark.parametrize("language", ["cn", "en"])
def test_a_voice_is_told_from_another_in_chinese_and_in_english(language: str, realdata: Path, registry: Path) -> None:
    folder, store = realdata / "speech" / "3d-speaker_sample", ModelStore.open(registry)
    encoder, is_speech = VoiceEncoder(store), speech_detector(CareSoundClassifier(store))
    enrolled, own, other = (
        folder / f"{name}_{language}_16k.wav" for name in ("speaker1_a", "speaker1_b", "speaker2_a")
    )
    voiceprint = enrol_recordings([enrolled], encoder, is_speech)
    like = _numbers([inspect_voice(path, encoder, voiceprint, is_speech)["similarity"] for path in (own, other)])
    assert like[0] > 0.75 > like[1]


def test_speech_that_begins_with_the_recording_is_whole(tmp_path: Path) -> None:
    talk = synthesise_speech(Voice(200, 0.87), 3.0, np.random.default_rng(1))
    assert len(speech_of(_recording(tmp_path / "talk.wav", talk), _loud)) >= len(talk) - HOP_SAMPLES


def test_a_digital_silence_between_words_is_not_counted(tmp_path: Path, registry: Path) -> None:
    encoder, talk = (
        VoiceEncoder(ModelStore.open(registry)),
        synthesise_speech(Voice(200, 0.87), 4.0, np.random.default_rng(1)),
    )
    enrolled = enrol_recordings([_recording(tmp_path / "enrol.wav", talk)], encoder, _loud)
    gapped = _recording(
        tmp_path / "gapped.wav", *(part for half in np.split(talk, 2) for part in (half, np.zeros(12_000)))
    )
    said = [inspect_voice(path, encoder, enrolled, _loud)["speech_s"] for path in (tmp_path / "enrol.wav", gapped)]
    assert abs(_numbers(said)[0] - _numbers(said)[1]) < 0.5


def test_nobody_is_enrolled_from_silence(tmp_path: Path, registry: Path) -> None:
    silent = _recording(tmp_path / "silent.wav", np.zeros(80_000))
    with pytest.raises(UnreadableFileError, match=r"silent\.wav holds 0\.0 s of speech"):
        enrol_recordings([silent], VoiceEncoder(ModelStore.open(registry)), _loud)


def test_a_picture_without_a_face_enrols_nobody(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(UnreadableFileError, match=r"wall\.png.*no face"):
        face_perceiver([tmp_path / "wall.png"], FaceLibrary())
