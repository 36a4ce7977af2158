"""The log-mel front end, as librosa defines it: what the ONNX graph carries and training precomputes.

``librosa.feature.melspectrogram`` with these values and ``center=False``, then ``power_to_db(ref=1.0)`` without
``top_db``. Slaney mel scale and norm.
"""

import librosa
import numpy as np
from librosa.filters import get_window, mel
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 15_360
FFT_SAMPLES = 400
HOP_SAMPLES = 160
MELS = 64
LOWEST_HZ = 60.0
HIGHEST_HZ = 7800.0
LEAST_POWER = 1e-10
FRAMES = (WINDOW_SAMPLES - FFT_SAMPLES) // HOP_SAMPLES + 1


def mel_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mel power float32 [frames, 64] of a wave of any length from 400 samples on."""
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=SAMPLE_RATE_HZ,
        n_fft=FFT_SAMPLES,
        hop_length=HOP_SAMPLES,
        center=False,
        n_mels=MELS,
        fmin=LOWEST_HZ,
        fmax=HIGHEST_HZ,
    )
    return np.asarray(power.T, np.float32)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel float32 [frames, 64] in dB."""
    return np.asarray(librosa.power_to_db(mel_power(samples), amin=LEAST_POWER, top_db=None), np.float32)


def used_bins() -> slice:
    """The Fourier bins that any mel filter looks at."""
    seen = np.flatnonzero(_filters().any(axis=0))
    return slice(int(seen[0]), int(seen[-1]) + 1)


def mel_filters() -> NDArray[np.float64]:
    """Mel filters [64, used bins]."""
    return _filters()[:, used_bins()]


def fourier_kernels() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Windowed cosines and sines, each [200, used bins], for frames folded in their middle.

    A Hann window is 0 at its first sample and symmetric around its middle: the sum of a sample and its mirror image
    meets only cosines, their difference only sines, which halves the work.
    """
    places = np.arange(1, FFT_SAMPLES // 2 + 1)[:, None]
    bins = np.arange(FFT_SAMPLES // 2 + 1)[used_bins()]
    window = get_window("hann", FFT_SAMPLES, fftbins=True)[places]
    # The middle sample is its own mirror image and comes twice.
    window[-1] /= 2
    angle = 2 * np.pi * bins * places / FFT_SAMPLES
    return np.cos(angle) * window, np.sin(angle) * window


def _filters() -> NDArray[np.float64]:
    # float32 as in melspectrogram, then exactly widened.
    table = mel(sr=SAMPLE_RATE_HZ, n_fft=FFT_SAMPLES, n_mels=MELS, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    return np.asarray(table, np.float64)
