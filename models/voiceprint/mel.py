"""The mel spectrogram as librosa defines it, as two matrices that a graph can hold.

Written out here so that the file built from it has the same bytes on every machine: each number is rounded before it
becomes float32, which hides the last-bit differences between mathematics libraries.
"""

import math

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
N_FFT = 400
HOP = 160
N_MELS = 40
BINS = N_FFT // 2 + 1
DECIMALS = 12


def fourier_kernels() -> NDArray[np.float32]:
    """Hann-windowed cosines and then sines, [2 x 201, 400]: a convolution with them is the short-time transform."""
    circle = np.array([math.cos(2 * math.pi * step / N_FFT) for step in range(N_FFT)])
    turns = np.outer(np.arange(BINS), np.arange(N_FFT))
    window = 0.5 - 0.5 * circle
    cosines = circle[turns % N_FFT] * window
    sines = circle[(turns - N_FFT // 4) % N_FFT] * window
    return np.asarray(np.round(np.concatenate([cosines, sines]), DECIMALS), np.float32)


def mel_filters() -> NDArray[np.float32]:
    """Slaney's triangular filters with unit area, [40, 201], as ``librosa.filters.mel`` makes them by default."""
    edges_hz = np.array([_mel_to_hz(_hz_to_mel(SAMPLE_RATE_HZ / 2) * i / (N_MELS + 1)) for i in range(N_MELS + 2)])
    frequency_hz = np.arange(BINS) * SAMPLE_RATE_HZ / N_FFT
    rising = (frequency_hz - edges_hz[:-2, None]) / np.diff(edges_hz)[:-1, None]
    falling = (edges_hz[2:, None] - frequency_hz) / np.diff(edges_hz)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    filters = triangles * 2 / (edges_hz[2:] - edges_hz[:-2])[:, None]
    return np.asarray(np.round(filters, DECIMALS), np.float32)


def _hz_to_mel(frequency_hz: float) -> float:
    if frequency_hz < 1000:
        return frequency_hz * 3 / 200
    return 15 + math.log(frequency_hz / 1000) * 27 / math.log(6.4)


def _mel_to_hz(mel: float) -> float:
    if mel < 15:
        return mel * 200 / 3
    return 1000 * math.exp((mel - 15) * math.log(6.4) / 27)
