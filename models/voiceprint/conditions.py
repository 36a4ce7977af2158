"""What lies between a mouth and the device: a room, and noise. All of it is simulated over real speech and noises."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from edge_agent.readings import SAMPLE_RATE_HZ
from models.voiceprint.corpus import Wave, rms, spoken_rms
from models.voiceprint.rooms import ROOMS, in_room, rooms


@dataclass(frozen=True)
class Condition:
    """How speech is heard: from across a room, beside noise ``snr_db`` under what is spoken, both or neither."""

    name: str
    distance_m: float | None = None
    snr_db: float | None = None


CONDITIONS = (
    Condition("clean"),
    Condition("5 m room", 5.0),
    *(Condition(f"noise, +{snr_db} dB", None, snr_db) for snr_db in (10, 5, 0)),
    Condition("5 m room, noise, +10 dB", 5.0, 10),
)


@dataclass(frozen=True, eq=False)
class Noises:
    """Clips of kitchens, and the mean spectrum of speech: amplitude at frequency."""

    clips: Sequence[Wave]
    hertz: NDArray[np.float64]
    amplitude: NDArray[np.float64]

    @classmethod
    def of(cls, clips: Sequence[Wave], speech: Sequence[Wave]) -> "Noises":
        """From these clips, and shaped like this speech."""
        hertz, power = signal.welch(np.concatenate(speech), SAMPLE_RATE_HZ, nperseg=512)
        return cls(clips, hertz, np.sqrt(power))

    def some(self, samples: int, rng: np.random.Generator) -> Wave:
        """So much of one noise: now a kitchen's, now one that is shaped like speech."""
        if rng.random() < 0.5:
            clip = self.clips[int(rng.integers(len(self.clips)))]
            return np.resize(np.roll(clip, -int(rng.integers(len(clip)))), samples)
        white = np.fft.rfft(rng.standard_normal(samples))
        shape = np.interp(np.fft.rfftfreq(samples, 1 / SAMPLE_RATE_HZ), self.hertz, self.amplitude)
        return np.asarray(np.fft.irfft(white * shape, samples), np.float32)


def heard(speech: Wave, condition: Condition, noises: Noises, rng: np.random.Generator) -> Wave:
    """Speech as the device's microphone would get it."""
    if condition.distance_m is not None:
        speech = in_room(speech, rooms(condition.distance_m)[int(rng.integers(ROOMS))])
    if condition.snr_db is None:
        return speech
    noise = noises.some(len(speech), rng)
    gain = spoken_rms(speech) / max(rms(noise), 1e-9) * 10 ** (-condition.snr_db / 20)
    return np.asarray(speech + gain * noise, np.float32)
