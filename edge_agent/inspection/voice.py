"""One recording against the voice that was enrolled from others."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer, SoundWindow
from edge_agent.perception.voice import (
    ENCODER_SAMPLES,
    HOP_SAMPLES,
    SPEECH_PROBABILITY,
    VoiceEncoder,
    Voiceprint,
    compare_voices,
    enrol_voice,
)
from edge_agent.readings import SAMPLE_RATE_HZ
from edge_agent.sensors.sound_file import SoundFile
from visit_record.vocabulary import SoundCue

SpeechProbability = Callable[[SoundWindow], float]


def speech_detector(classifier: CareSoundClassifier) -> SpeechProbability:
    """The care-sound model, asked for speech alone."""
    return lambda window: classifier.classify(window).probability(SoundCue.SPEECH)


def enrol_recordings(enrol: Sequence[Path], encoder: VoiceEncoder, is_speech: SpeechProbability) -> Voiceprint:
    """The voiceprint of the one person who speaks in WAV or FLAC files.

    Raises:
        UnreadableFileError: one of them is no sound file, or holds less than 1.6 s of speech.
    """
    takes = {path: speech_of(path, is_speech) for path in enrol}
    for path, speech in takes.items():
        if len(speech) < ENCODER_SAMPLES:
            raise UnreadableFileError(f"{path} holds {_seconds(speech)} s of speech; enrolling takes 1.6 s or more")
    return enrol_voice(encoder, list(takes.values()))


def inspect_voice(
    path: Path, encoder: VoiceEncoder, enrolled: Voiceprint, is_speech: SpeechProbability
) -> dict[str, object]:
    """``{"file", "similarity", "speech_s"}``; similarity is null where less than 1.6 s of speech was found.

    Raises:
        UnreadableFileError: as :meth:`SoundFile.readings`.
    """
    speech = speech_of(path, is_speech)
    similarity = None
    if len(speech) >= ENCODER_SAMPLES and np.any(speech):
        similarity = round(compare_voices(enrol_voice(encoder, [speech]), enrolled), 4)
    return {"file": str(path), "similarity": similarity, "speech_s": _seconds(speech)}


def speech_of(path: Path, is_speech: SpeechProbability) -> NDArray[np.float32]:
    """All half-second steps of a recording that end a window of speech, one after the other.

    Raises:
        UnreadableFileError: as :meth:`SoundFile.readings`.
    """
    framer = SoundFramer()
    windows = (window for block in SoundFile(path).readings() for window in framer.windows(block))
    kept = [window.samples[-HOP_SAMPLES:] for window in windows if is_speech(window) >= SPEECH_PROBABILITY]
    return np.concatenate(kept) if kept else np.zeros(0, np.float32)


def _seconds(speech: NDArray[np.float32]) -> float:
    return round(len(speech) / SAMPLE_RATE_HZ, 2)
