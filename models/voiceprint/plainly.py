"""The voiceprint with parts of it left out or exchanged, to see what each is worth."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from edge_agent.perception.hard_rooms import beside_noise, from_afar
from edge_agent.perception.speech_cleaning import CleanSpeech, clean_speech
from edge_agent.perception.voice import (
    AS_RECORDED,
    ENCODER_SAMPLES,
    ENCODER_STEP,
    LEVEL_DBFS,
    Embedding,
    HeardVoice,
    unit,
)
from edge_agent.perception.voice_activity import active_speech
from edge_agent.readings import SAMPLE_RATE_HZ
from models.voiceprint.corpus import Wave, rms
from models.voiceprint.trials import Listen

if TYPE_CHECKING:
    import onnxruntime as ort


def plain_listen(
    session: "ort.InferenceSession",
    speech: Wave,
    *,
    cleaned: bool,
    stripped: bool,
    active: Callable[[Wave], Wave] = active_speech,
) -> HeardVoice:
    """As :meth:`VoiceEncoder.listen`, with what is asked for alone."""
    clean = clean_speech(speech) if cleaned else CleanSpeech(speech, 0.0)
    spoken = active(clean.samples) if stripped else clean.samples
    samples = spoken if len(spoken) >= ENCODER_SAMPLES else clean.samples
    level = np.float32(10 ** (LEVEL_DBFS / 20) / max(rms(samples), 1e-9))
    windows = np.lib.stride_tricks.sliding_window_view(samples * level, ENCODER_SAMPLES)[::ENCODER_STEP]
    (pieces,) = session.run(None, {"waveform": np.ascontiguousarray(windows)})
    return HeardVoice(pieces, len(spoken) / SAMPLE_RATE_HZ, clean.snr_db)


def plain_prints(takes: Sequence[Wave], listen: Listen, *, everywhere: bool) -> list[Embedding]:
    """Everybody enrolled from one take, as recorded, or also from afar and beside noise."""
    prints = [listen(take).embedding for take in takes]
    if not everywhere:
        return prints
    copies = [(listen(from_afar(take)).embedding, listen(beside_noise(take)).embedding) for take in takes]
    return [unit(AS_RECORDED * own + afar + noisy) for own, (afar, noisy) in zip(prints, copies, strict=True)]
