"""Listens through a visit: gathers speech until it can be compared, and says whose voice it may be.

Sound is held only until a few seconds of speech make an observation.
"""

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import VoiceObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.speakers import Speakers, Turn, turns
from edge_agent.perception.voice import HeardVoice, VoiceEncoder, Voiceprint, cosine
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ

HOP_MS = HOP_SAMPLES * 1000 // SAMPLE_RATE_HZ
FULL_HOPS = 10
ENOUGH_HOPS = 5
STALE_MS = 20_000
SPEECH_PROBABILITY = 0.5
# Speech that stands less far above steady noise is like nobody's voice, its owner's least of all: it says nothing
# of who speaks. See models/voiceprint/CARD.md.
LEAST_SNR_DB = 3.0


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
        self._at_ms: list[int] = []
        self._speakers = Speakers()

    def hear(self, at_ms: int, samples: NDArray[np.float32], speech_probability: float) -> list[VoiceObservation]:
        """Take one window of 0.96 s, float32 [15360], half a window after the one before.

        Only its new half is kept, and only of speech. A pause ends a stretch that is long enough, so that what two
        people say in turn is less often taken for one voice. Speech that noise covers makes no observation.
        """
        if self._gathered and at_ms - self._at_ms[0] > STALE_MS:
            self._forget()
        is_speech = speech_probability >= SPEECH_PROBABILITY
        if is_speech:
            self._at_ms.append(at_ms + HOP_MS)
            self._gathered.append(samples[-HOP_SAMPLES:].copy())
        if len(self._gathered) < (FULL_HOPS if is_speech else ENOUGH_HOPS):
            return []
        return self._observe()

    def _observe(self) -> list[VoiceObservation]:
        speech, at_ms = np.concatenate(self._gathered), self._at_ms
        self._forget()
        if not np.any(speech):
            return []
        heard = self._encoder.listen(speech)
        if heard.snr_db < LEAST_SNR_DB:
            return []
        return [self._observed(turn, heard, at_ms[int(turn.begins * len(at_ms))]) for turn in turns(heard.pieces)]

    def _observed(self, turn: Turn, heard: HeardVoice, at_ms: int) -> VoiceObservation:
        similarity = None if self._enrolled is None else cosine(turn.embedding, self._enrolled.embedding)
        speaker = self._speakers.number(turn.embedding)
        return VoiceObservation(at_ms, similarity, heard.speech_s * turn.share, speaker)

    def _forget(self) -> None:
        self._gathered, self._at_ms = [], []
