"""What synthesised sounds are built from: shaped noise, slow curves, struck bodies, scattered events.

All waves are float32 [n] at 16 kHz.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from edge_agent.readings import SAMPLE_RATE_HZ

Wave = NDArray[np.float32]


def as_wave(values: NDArray[np.floating]) -> Wave:
    """The same values as a wave's float32."""
    return np.asarray(values, np.float32)


def samples_in(duration_s: float) -> int:
    """Number of samples in a stretch of time."""
    return round(duration_s * SAMPLE_RATE_HZ)


def band_noise(n: int, low_hz: float, high_hz: float, rng: np.random.Generator) -> Wave:
    """Noise of about unit RMS between two frequencies (second-order Butterworth edges)."""
    band = signal.butter(2, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return levelled(signal.sosfilt(band, rng.standard_normal(n)), 0.0)


def coloured_noise(n: int, db_per_octave: float, rng: np.random.Generator) -> Wave:
    """Noise of unit RMS whose spectrum falls by ``-db_per_octave`` above 50 Hz: -3 is pink, -6 brown."""
    hz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE_HZ)
    tilt = 10 ** (db_per_octave / 20 * np.log2(np.maximum(hz, 50) / 50))
    return levelled(np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * tilt, n), 0.0)


def slow_curve(n: int, rate_hz: float, rng: np.random.Generator) -> Wave:
    """A smooth random curve in 0..1 that turns about ``rate_hz`` times a second."""
    knots = rng.random(max(2, int(n / SAMPLE_RATE_HZ * rate_hz) + 2))
    return as_wave(np.interp(np.linspace(0, len(knots) - 1, n), np.arange(len(knots)), knots))


def decay(n: int, time_s: float) -> Wave:
    """Exponential decay from 1 with time constant ``time_s``."""
    return as_wave(np.exp(-np.arange(n) / (time_s * SAMPLE_RATE_HZ)))


def swell(n: int, attack_share: float) -> Wave:
    """Rise from 0 to 1 over ``attack_share`` of the stretch and fall back, as one stroke of an arm does."""
    place = np.linspace(0, 1, n)
    rising, falling = place / attack_share, (1 - place) / (1 - attack_share)
    return as_wave(np.minimum(rising, falling) ** 1.5)


def struck(low_hz: float, high_hz: float, ring_s: float, rng: np.random.Generator) -> Wave:
    """A small stiff body struck once: four to eight inharmonic modes, the higher the shorter, after a click."""
    n = samples_in(min(0.6, 5 * ring_s))
    time_s = np.arange(n) / SAMPLE_RATE_HZ
    wave = rng.standard_normal(n) * decay(n, 0.001) * rng.uniform(0.2, 0.6)
    for hz in rng.uniform(low_hz, high_hz, rng.integers(4, 9)):
        phase, ring = rng.uniform(0, 2 * np.pi), ring_s * low_hz / hz * rng.uniform(0.7, 1.5)
        wave += rng.uniform(0.2, 1) * np.sin(2 * np.pi * hz * time_s + phase) * np.exp(-time_s / ring)
    return as_wave(wave / np.abs(wave).max())


def event_times(duration_s: float, every_s: float, jitter: float, rng: np.random.Generator) -> list[float]:
    """Moments about ``every_s`` apart, each gap varied by up to ``jitter`` of itself; at least one, at the start."""
    gaps = every_s * rng.uniform(1 - jitter, 1 + jitter, int(duration_s / every_s / (1 - jitter)) + 2)
    moments = np.cumsum(gaps) - gaps[0] * rng.random()
    return [float(moment) for moment in moments if moment < duration_s - 0.02] or [0.0]


def scattered(duration_s: float, moments: Iterable[float], make: Callable[[], Wave]) -> Wave:
    """Place a freshly made event at each moment; what would run over the end is cut off."""
    whole = np.zeros(samples_in(duration_s), np.float32)
    for moment in moments:
        start, event = samples_in(moment), make()
        event = event[: len(whole) - start]
        whole[start : start + len(event)] += event
    return whole


def levelled(wave: NDArray[np.floating], rms_db: float) -> Wave:
    """Scale to an RMS in dB full scale; silence stays silence."""
    rms = float(np.sqrt(np.mean(np.square(wave, dtype=np.float64)))) if len(wave) else 0.0
    return as_wave(wave * (10 ** (rms_db / 20) / rms if rms > 0 else 0.0))
