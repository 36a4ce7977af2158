"""Whose voice speaks: GE2E embeddings of speech, compared and forgotten. What is said is never recognised."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.hard_rooms import beside_noise, from_afar
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.speech_cleaning import clean_speech
from edge_agent.perception.voice_activity import active_speech
from edge_agent.readings import SAMPLE_RATE_HZ

ENCODER_SAMPLES = 25_600
ENCODER_STEP = ENCODER_SAMPLES // 2
# Bounds the memory that a long recording takes.
BATCH = 16
# The level that resemblyzer brings speech to; the encoder's mel has no logarithm, so level matters.
LEVEL_DBFS = -30.0
# What a take weighs in a voiceprint beside its copies from afar and beside noise.
AS_RECORDED = 2.0

Embedding = NDArray[np.float32]
Embeddings = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Voiceprint:
    """A person's template: float32 [256] of unit length. Biometric data: printing it shows nothing."""

    embedding: Embedding = field(repr=False)


@dataclass(frozen=True, eq=False)
class HeardVoice:
    """What a stretch of speech says of its voice, in memory only.

    ``pieces`` float32 [N, 256] of unit length, one for every 1.6 s, each 0.8 s after the one before; ``speech_s``
    seconds without pauses; ``snr_db`` how far the speech stands above the steady noise around it.
    """

    pieces: Embeddings = field(repr=False)
    speech_s: float
    snr_db: float

    @property
    def embedding(self) -> Embedding:
        """All of it as one point, [256] of unit length."""
        return unit(self.pieces.mean(axis=0))


class VoiceEncoder:
    """Speech to a point on the unit sphere, where one person's speech lies close together (GE2E, ICASSP 2018)."""

    def __init__(self, store: ModelStore) -> None:
        """Load the ``voiceprint`` model.

        Raises:
            ModelError: it is missing, altered or cannot be loaded.
        """
        self._session = store.session("voiceprint")

    def listen(self, speech: NDArray[np.float32]) -> HeardVoice:
        """Look into at least 1.6 s of speech at 16 kHz, whatever its level, its pauses and the steady noise in it.

        Pauses count only where less than 1.6 s would be left without them.

        Raises:
            ValueError: less than 1.6 s, or digital silence.
        """
        if len(speech) < ENCODER_SAMPLES:
            raise ValueError(f"a voice needs 1.6 s of speech, not {len(speech) / SAMPLE_RATE_HZ:.2f} s")
        clean = clean_speech(speech)
        active = active_speech(clean.samples)
        pieces = self._pieces(active if len(active) >= ENCODER_SAMPLES else clean.samples)
        return HeardVoice(pieces, len(active) / SAMPLE_RATE_HZ, clean.snr_db)

    def embed(self, speech: NDArray[np.float32]) -> Embedding:
        """Embedding [256] of unit length of what :meth:`listen` takes.

        Raises:
            ValueError: as :meth:`listen`.
        """
        return self.listen(speech).embedding

    def _pieces(self, speech: NDArray[np.float32]) -> Embeddings:
        windows = np.lib.stride_tricks.sliding_window_view(_levelled(speech), ENCODER_SAMPLES)[::ENCODER_STEP]
        batches = np.split(windows, range(BATCH, len(windows), BATCH))
        pieces = [self._session.run(None, {"waveform": np.ascontiguousarray(batch)})[0] for batch in batches]
        return np.concatenate(pieces)


def enrol_voice(encoder: VoiceEncoder, takes: Sequence[NDArray[np.float32]]) -> Voiceprint:
    """One voiceprint from several takes of speech at 16 kHz, each of at least 1.6 s and weighing the same.

    Each take counts as recorded, and as it would sound from afar and beside noise: speech is compared with it there.

    Raises:
        ValueError: no takes, or one of them too short or silent.
    """
    if not takes:
        raise ValueError("a voice is enrolled from at least one take of speech")
    return Voiceprint(unit(np.mean([_everywhere(encoder, take) for take in takes], axis=0)))


def unit(vector: NDArray[np.floating]) -> Embedding:
    """The same direction at unit length."""
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def cosine(one: Embedding, other: Embedding) -> float:
    """Cosine similarity -1..1 of two points on the unit sphere."""
    return float(np.clip(np.dot(one, other), -1.0, 1.0))


def _everywhere(encoder: VoiceEncoder, take: NDArray[np.float32]) -> Embedding:
    as_recorded = AS_RECORDED * encoder.embed(take)
    return unit(as_recorded + encoder.embed(from_afar(take)) + encoder.embed(beside_noise(take)))


def _levelled(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    rms = float(np.sqrt(np.mean(np.square(speech, dtype=np.float64))))
    if rms == 0.0 or not np.isfinite(rms):
        raise ValueError("the sound is digital silence or not a number; no voice is in it")
    return np.asarray(speech * (10 ** (LEVEL_DBFS / 20) / rms), np.float32)
