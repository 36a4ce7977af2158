"""One recording against the voice that was enrolled from others."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer, SoundWindow
from edge_agent.perception.voice import ENCODER_SAMPLES, VoiceEncoder, Voiceprint, cosine, enrol_voice
from edge_agent.perception.voice_activity import active_speech
from edge_agent.perception.voice_perceiver import SPEECH_PROBABILITY
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ
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
            raise UnreadableFileError(
                f"{path} holds {_seconds(speech)} s of speech; enrolling takes 1.6 s or more",
                f"{path} 里有 {_seconds(speech)} 秒说话声；登记要 1.6 秒以上",
            )
    return enrol_voice(encoder, list(takes.values()))


def inspect_voice(
    path: Path, encoder: VoiceEncoder, enrolled: Voiceprint, is_speech: SpeechProbability
) -> dict[str, object]:
    """``{"file", "similarity", "speech_s"}``; similarity is null where less than 1.6 s of speech was found.

    The seconds are those without pauses. A similarity is told under noise too, where a visit would say nothing.

    Raises:
        UnreadableFileError: as :meth:`SoundFile.readings`.
    """
    speech = speech_of(path, is_speech)
    if len(speech) < ENCODER_SAMPLES or not np.any(speech):
        return {"file": str(path), "similarity": None, "speech_s": _seconds(active_speech(speech))}
    heard = encoder.listen(speech)
    similarity = round(cosine(heard.embedding, enrolled.embedding), 4)
    return {"file": str(path), "similarity": similarity, "speech_s": round(heard.speech_s, 2)}


def speech_of(path: Path, is_speech: SpeechProbability) -> NDArray[np.float32]:
    """All that windows of speech hold of a recording, one after the other.

    Raises:
        UnreadableFileError: as :meth:`SoundFile.readings`.
    """
    framer = SoundFramer()
    windows = (window for block in SoundFile(path).readings() for window in framer.windows(block))
    kept, covered = [np.zeros(0, np.float32)], False
    for window in windows:
        spoken = is_speech(window) >= SPEECH_PROBABILITY
        if spoken:
            kept.append(window.samples[HOP_SAMPLES:] if covered else window.samples)
        covered = spoken
    return np.concatenate(kept)


def _seconds(speech: NDArray[np.float32]) -> float:
    return round(len(speech) / SAMPLE_RATE_HZ, 2)
