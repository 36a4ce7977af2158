"""What a microphone hears under everything: air and electronics, and in some rooms a steady noise."""

from typing import Self

import numpy as np
from scipy import signal

from sim.sound.shapes import Wave, as_wave
from sim.sound.speech import SPEECH_RMS

USUAL_DISTANCE_M = 2.0
_STREAM = 0x5354
# The hum and hiss of a fan or of the street: what is left of white noise that such a filter lets through.
_CORNER_HZ = (150.0, 1200.0)
_SETTLE = 16_000


def direct_sound(distance_m: float) -> float:
    """How loud the direct sound is, relative to the usual two metres: half at twice the distance."""
    return USUAL_DISTANCE_M / max(distance_m, 0.1)


class RoomTone:
    """Air and electronics: low-passed noise whose filter runs on across blocks."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self._level = rng, 10 ** (rng.uniform(-78, -72) / 20)
        self._filter = signal.butter(1, rng.uniform(250, 900), fs=16_000)
        self._state = np.zeros(1, np.float32)

    def next(self, n: int) -> Wave:
        """The next ``n`` samples."""
        white = self._rng.standard_normal(n, dtype=np.float32)
        low, self._state = signal.lfilter(*self._filter, white, zi=self._state)
        return as_wave((4 * low + 0.25 * white) * self._level)


class SteadyNoise:
    """A fan, a street, an air conditioner: one unchanging noise of ``rms`` for the whole visit."""

    def __init__(self, rms: float, rng: np.random.Generator) -> None:
        self._rng = rng
        self._filter = signal.butter(1, rng.uniform(*_CORNER_HZ), fs=16_000)
        self._state = np.zeros(1, np.float32)
        self._gain = 1.0
        self._gain = rms / float(np.std(self.next(_SETTLE)))

    @classmethod
    def under_speech(cls, noise_db: float | None, direct: float, seed: int) -> Self | None:
        """Noise of ``noise_db`` relative to speech whose direct sound is ``direct``; none in a quiet room."""
        if noise_db is None:
            return None
        return cls(SPEECH_RMS * direct * 10 ** (noise_db / 20), np.random.default_rng([seed, _STREAM]))

    def next(self, n: int) -> Wave:
        """The next ``n`` samples."""
        white = self._rng.standard_normal(n, dtype=np.float32)
        low, self._state = signal.lfilter(*self._filter, white, zi=self._state)
        return as_wave(low * self._gain)
