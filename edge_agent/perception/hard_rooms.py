"""Speech as it would sound from across a room and beside a running tap, for a voiceprint that knows itself there. Pure.

Both are drawn from fixed seeds: the same speech enrols to the same voiceprint.
"""

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.voice_activity import active_speech
from edge_agent.readings import SAMPLE_RATE_HZ

TAIL_S = 0.6
# A furnished room at several metres: the tail holds more than the direct sound.
TAIL_DB = 8.0
NOISE_BELOW_SPEECH_DB = 4.0
_FLAT_BELOW_HZ = 50.0


def from_afar(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """The direct sound and 8 dB more of a tail that falls by 60 dB in 0.6 s; as long as ``speech``."""
    length = round(TAIL_S * SAMPLE_RATE_HZ)
    tail = np.random.default_rng(1).standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    response = tail * 10 ** (TAIL_DB / 20) / np.linalg.norm(tail)
    response[0] = 1.0
    size = len(speech) + length
    echoed = np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(response, size), size)
    return np.asarray(echoed[: len(speech)], np.float32)


def beside_noise(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pink noise 4 dB under what is spoken."""
    white = np.fft.rfft(np.random.default_rng(2).standard_normal(len(speech)))
    hertz = np.fft.rfftfreq(len(speech), 1 / SAMPLE_RATE_HZ)
    noise = np.fft.irfft(white / np.sqrt(np.maximum(hertz, _FLAT_BELOW_HZ)), len(speech))
    level = _rms(active_speech(speech)) * 10 ** (-NOISE_BELOW_SPEECH_DB / 20)
    return np.asarray(speech + noise * (level / _rms(noise)), np.float32)


def _rms(samples: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
