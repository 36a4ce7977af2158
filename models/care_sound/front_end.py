"""The log-mel front end, as librosa defines it: what the ONNX graph carries and training repeats.

``librosa.feature.melspectrogram`` with these values, ``power=1`` and ``center=False``, then decibels over a floor. They
are YAMNet's own (a 25 ms Hann window every 10 ms in a 512-point transform, 64 HTK mels of magnitude from 125 to
7500 Hz, a floor of 0.001), because its first layers are where ours begin.
"""

from typing import NamedTuple

import librosa
import numpy as np
from librosa.filters import get_window, mel
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 15_360
FRAME_SAMPLES = 400
FFT_SAMPLES = 512
HOP_SAMPLES = 160
MELS = 64
LOWEST_HZ = 125.0
HIGHEST_HZ = 7500.0
FLOOR = 1e-3
FRAMES = (WINDOW_SAMPLES - FRAME_SAMPLES) // HOP_SAMPLES + 1

Table = NDArray[np.float64]


def mel_magnitude(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mel magnitude float32 [frames, 64] of a wave of any length from 400 samples on."""
    # librosa puts the 400 samples into the middle of the 512; the first frame is to begin with the wave.
    margin = (FFT_SAMPLES - FRAME_SAMPLES) // 2
    magnitude = librosa.feature.melspectrogram(
        y=np.pad(samples, margin),
        sr=SAMPLE_RATE_HZ,
        n_fft=FFT_SAMPLES,
        win_length=FRAME_SAMPLES,
        hop_length=HOP_SAMPLES,
        center=False,
        power=1.0,
        n_mels=MELS,
        fmin=LOWEST_HZ,
        fmax=HIGHEST_HZ,
        htk=True,
        norm=None,
    )
    return np.asarray(magnitude.T, np.float32)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel float32 [frames, 64] in dB over the floor's -60."""
    return np.asarray(20 * np.log10(mel_magnitude(samples).astype(np.float64) + FLOOR), np.float32)


class Kernel(NamedTuple):
    """Cosines and sines of some bins, each [129, bins], for frames folded twice."""

    cosines: Table
    sines: Table


def hann() -> Table:
    """The frame's window [400]."""
    return np.asarray(get_window("hann", FRAME_SAMPLES, fftbins=True), np.float64)


def kernels() -> tuple[Kernel, Kernel]:
    """What the even and what the odd bins are made with.

    One step of decimation in frequency (Cooley and Tukey 1965) folds 512 samples into 256: their sum holds the even
    bins, their difference the odd ones. Each is folded again in its middle, where every cosine and sine is its own
    mirror image up to its sign. Both together leave a quarter of a plain transform's work.
    """
    used = np.arange(FFT_SAMPLES // 2 + 1)[used_bins()]
    return _kernel(used[used % 2 == 0]), _kernel(used[used % 2 == 1])


def _kernel(bins: NDArray[np.int64]) -> Kernel:
    places = np.arange(FFT_SAMPLES // 4 + 1)[:, None]
    angle = 2 * np.pi * bins * places / FFT_SAMPLES
    cosines, sines = np.cos(angle), np.sin(angle)
    # The middle sample is its own mirror image and comes twice.
    cosines[-1] /= 2
    sines[-1] /= 2
    return Kernel(cosines, sines)


def mel_filters() -> Table:
    """Mel filters [bins, 64]: those of the even bins in use, then those of the odd ones."""
    used = np.arange(FFT_SAMPLES // 2 + 1)[used_bins()]
    return _filters()[:, [*used[used % 2 == 0], *used[used % 2 == 1]]].T.copy()


def used_bins() -> slice:
    """The Fourier bins that any mel filter looks at."""
    seen = np.flatnonzero(_filters().any(axis=0))
    return slice(int(seen[0]), int(seen[-1]) + 1)


def _filters() -> Table:
    # float32 as in melspectrogram, then exactly widened.
    table = mel(sr=SAMPLE_RATE_HZ, n_fft=FFT_SAMPLES, n_mels=MELS, fmin=LOWEST_HZ, fmax=HIGHEST_HZ, htk=True, norm=None)
    return np.asarray(table, np.float64)
