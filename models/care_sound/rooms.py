"""What lies between a sound and the device: distance, a room, another device's microphone, noise. Waveforms, seeded."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from models.care_sound.front_end import SAMPLE_RATE_HZ, WINDOW_SAMPLES

Wave = NDArray[np.float32]
# Room for a window and the tail of a room without wrapping around.
TRANSFORM_SAMPLES = 24_576
FREQUENCIES_HZ = fft.rfftfreq(TRANSFORM_SAMPLES, 1 / SAMPLE_RATE_HZ)
OCTAVES = np.log2(np.maximum(FREQUENCIES_HZ, 40) / 1_000)
SMALLEST_RMS = 1e-7


def carried(window: Wave, rng: np.random.Generator) -> Wave:
    """A window [15360] as it reaches another device: coloured always, from across a room more often than not."""
    spectrum = fft.rfft(window, TRANSFORM_SAMPLES) * response(rng)
    if rng.random() < 0.55:
        spectrum = spectrum * fft.rfft(room(rng), TRANSFORM_SAMPLES)
    return np.asarray(fft.irfft(spectrum, TRANSFORM_SAMPLES)[:WINDOW_SAMPLES], np.float32)


def response(rng: np.random.Generator) -> NDArray[np.float64]:
    """A device's response over frequency: a smooth curve of some dB, now and then without bass or treble."""
    knots = np.interp(OCTAVES, np.linspace(-4.7, 3, 7), rng.normal(0, 3.0, 7))
    if rng.random() < 0.3:
        knots = knots - 12 * np.maximum(0, np.log2(rng.uniform(80, 400) / 1_000) - OCTAVES)
    if rng.random() < 0.3:
        knots = knots - 12 * np.maximum(0, OCTAVES - np.log2(rng.uniform(3_000, 7_000) / 1_000))
    return np.asarray(10 ** (knots / 20))


def room(rng: np.random.Generator) -> Wave:
    """A room's answer: the direct sound, then reflections as decaying noise, the more of them the farther away."""
    reverberation_s, distance_m = rng.uniform(0.15, 0.8), rng.uniform(0.5, 5.0)
    samples = int(0.5 * SAMPLE_RATE_HZ)
    decay = np.exp(-6.9 * np.arange(samples) / (reverberation_s * SAMPLE_RATE_HZ))
    tail = rng.standard_normal(samples) * decay
    # Beyond the critical distance, about a metre in a furnished room, the reflections are louder than the direct sound.
    tail *= distance_m * rng.uniform(0.5, 1.3) / np.sqrt(np.sum(tail**2))
    tail[: int(0.002 * SAMPLE_RATE_HZ)] = 0
    tail[0] = 1.0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)), np.float32)


def noise(rng: np.random.Generator) -> Wave:
    """Unit RMS of steady noise [15360] with a random tilt: air, electronics, a street behind a window."""
    tilt = 10 ** (rng.uniform(-8, 1) * OCTAVES / 20)
    phases = rng.standard_normal((2, len(tilt)))
    wave = fft.irfft((phases[0] + 1j * phases[1]) * tilt, TRANSFORM_SAMPLES)[:WINDOW_SAMPLES]
    return np.asarray(wave / rms(wave), np.float32)


def rms(wave: NDArray[np.floating]) -> float:
    """Root of the mean square, never quite zero."""
    return max(SMALLEST_RMS, float(np.sqrt(np.mean(np.square(wave, dtype=np.float64)))))


def at_level(wave: Wave, dbfs: float) -> Wave:
    """The same sound at another RMS level."""
    return np.asarray(wave * (10 ** (dbfs / 20) / rms(wave)), np.float32)
