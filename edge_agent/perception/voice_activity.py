"""Where somebody speaks within a stretch of speech: pauses are stripped by level, 20 ms at a time. Pure.

The care-sound model says which windows of 0.96 s hold speech; this says where in them. It knows no speech from other
sounds by itself.
"""

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES = 320
# How far under the loudest frames speech still is speech, in a quiet room and above the noise of a loud one.
BELOW_PEAK_DB = 28.0
ABOVE_FLOOR_DB = 8.0
LEAST_BELOW_PEAK_DB = 6.0
# Soft beginnings and ends of words: 80 ms on each side.
MARGIN_FRAMES = 4
_NOTHING = 1e-12


def active_frames(samples: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether somebody speaks in each whole frame of 20 ms at 16 kHz; digital silence is never speech.

    The bar lies 28 dB under the loudest frames, or 8 dB over the softest where noise fills the pauses.
    """
    power = frame_power(samples)
    if not len(power):
        return np.zeros(0, np.bool_)
    level_db = 10 * np.log10(power + _NOTHING)
    floor_db, peak_db = np.quantile(level_db, [0.1, 0.95])
    above_floor_db = min(floor_db + ABOVE_FLOOR_DB, peak_db - LEAST_BELOW_PEAK_DB)
    loud = (level_db >= max(peak_db - BELOW_PEAK_DB, above_floor_db)) & (power > 0)
    near = np.convolve(loud, np.ones(2 * MARGIN_FRAMES + 1))[MARGIN_FRAMES:-MARGIN_FRAMES]
    return np.asarray(near > 0)


def active_speech(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The active frames, one after the other: float32 [320 x number of them]."""
    active = active_frames(samples)
    return samples[: len(active) * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)[active].reshape(-1)


def frame_power(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean square of each whole frame of 20 ms."""
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return np.asarray(np.mean(np.square(frames, dtype=np.float64), axis=1))
