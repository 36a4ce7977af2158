"""Whose voice speaks: GE2E embeddings of gathered speech, compared and forgotten.

What is said is never recognised. Sound is held only until a few seconds of speech make one observation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import VoiceObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.readings import SAMPLE_RATE_HZ

ENCODER_SAMPLES = 25_600
ENCODER_STEP = ENCODER_SAMPLES // 2
# Bounds the memory that a long recording takes.
BATCH = 16
# The level that resemblyzer brings speech to; the encoder's mel has no logarithm, so level matters.
LEVEL_DBFS = -30.0
HOP_SAMPLES = 7_680
HOP_MS = HOP_SAMPLES * 1000 // SAMPLE_RATE_HZ
FULL_HOPS = 10
ENOUGH_HOPS = 5
STALE_MS = 20_000
SPEECH_PROBABILITY = 0.5
# Where LibriSpeech's misses and false matches meet at 3 s of speech: see models/voiceprint/CARD.md.
SAME_SPEAKER = 0.75

Embedding = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """A person's template: float32 [256] of unit length. Biometric data: printing it shows nothing."""

    embedding: Embedding = field(repr=False)


class VoiceEncoder:
    """Speech to a point on the unit sphere, where one person's speech lies close together (GE2E, ICASSP 2018)."""

    def __init__(self, store: ModelStore) -> None:
        """Load the ``voiceprint`` model.

        Raises:
            ModelError: it is missing, altered or cannot be loaded.
        """
        self._session = store.session("voiceprint")

    def embed(self, speech: NDArray[np.float32]) -> Embedding:
        """Embedding [256] of unit length of at least 1.6 s of speech at 16 kHz, whatever its level.

        Raises:
            ValueError: less than 1.6 s, or digital silence.
        """
        if len(speech) < ENCODER_SAMPLES:
            raise ValueError(f"a voice needs 1.6 s of speech, not {len(speech) / SAMPLE_RATE_HZ:.2f} s")
        windows = np.lib.stride_tricks.sliding_window_view(_levelled(speech), ENCODER_SAMPLES)[::ENCODER_STEP]
        batches = np.split(windows, range(BATCH, len(windows), BATCH))
        pieces = [self._session.run(None, {"waveform": np.ascontiguousarray(batch)})[0] for batch in batches]
        return _unit(np.concatenate(pieces).mean(axis=0))


def enrol_voice(encoder: VoiceEncoder, takes: Sequence[NDArray[np.float32]]) -> Voiceprint:
    """One voiceprint from several takes of speech at 16 kHz, each of at least 1.6 s and weighing the same.

    Raises:
        ValueError: no takes, or one of them too short or silent.
    """
    if not takes:
        raise ValueError("a voice is enrolled from at least one take of speech")
    return Voiceprint(_unit(np.mean([encoder.embed(take) for take in takes], axis=0)))


class VoicePerceiver:
    """Gathers what is speech and says whose voice it may be, every 2.4 to 4.8 s of it."""

    def __init__(self, store: ModelStore, enrolled: Voiceprint | None) -> None:
        """Listen for the enrolled voice, or only tell speakers apart where nobody is enrolled.

        Raises:
            ModelError: the ``voiceprint`` model is missing, altered or cannot be loaded.
        """
        self._encoder = VoiceEncoder(store)
        self._enrolled = enrolled
        self._gathered: list[NDArray[np.float32]] = []
        self._began_ms = 0
        self._speakers: list[Embedding] = []

    def hear(self, at_ms: int, samples: NDArray[np.float32], speech_probability: float) -> VoiceObservation | None:
        """Take one window of 0.96 s, float32 [15360], half a window after the one before.

        Only its new half is kept, and only of speech. A pause ends a stretch that is long enough, so that what two
        people say in turn is less often taken for one voice.
        """
        if self._gathered and at_ms - self._began_ms > STALE_MS:
            self._gathered = []
        is_speech = speech_probability >= SPEECH_PROBABILITY
        if is_speech:
            self._began_ms = self._began_ms if self._gathered else at_ms + HOP_MS
            self._gathered.append(samples[-HOP_SAMPLES:].copy())
        if len(self._gathered) < (FULL_HOPS if is_speech else ENOUGH_HOPS):
            return None
        return self._observe()

    def _observe(self) -> VoiceObservation | None:
        speech = np.concatenate(self._gathered)
        self._gathered = []
        if not np.any(speech):
            return None
        heard = self._encoder.embed(speech)
        similarity = None if self._enrolled is None else _cosine(heard, self._enrolled.embedding)
        return VoiceObservation(self._began_ms, similarity, len(speech) / SAMPLE_RATE_HZ, self._speaker(heard))

    def _speaker(self, heard: Embedding) -> int:
        """Number of the nearest voice so far, which moves towards what was heard; a new number if none is near."""
        nearness = [_cosine(heard, known) for known in self._speakers]
        nearest = int(np.argmax(nearness)) if nearness else 0
        if not nearness or nearness[nearest] < SAME_SPEAKER:
            self._speakers.append(heard)
            return len(self._speakers) - 1
        self._speakers[nearest] = _unit(0.8 * self._speakers[nearest] + 0.2 * heard)
        return nearest


def compare_voices(one: Voiceprint, other: Voiceprint) -> float:
    """Cosine similarity -1..1 of two voiceprints."""
    return _cosine(one.embedding, other.embedding)


def _levelled(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    rms = float(np.sqrt(np.mean(np.square(speech, dtype=np.float64))))
    if rms == 0.0 or not np.isfinite(rms):
        raise ValueError("the sound is digital silence or not a number; no voice is in it")
    return np.asarray(speech * (10 ** (LEVEL_DBFS / 20) / rms), np.float32)


def _unit(vector: NDArray[np.float32]) -> Embedding:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _cosine(one: Embedding, other: Embedding) -> float:
    return float(np.clip(np.dot(one, other), -1.0, 1.0))
