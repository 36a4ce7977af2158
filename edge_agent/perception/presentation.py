"""A sign that what is seen is a picture of a face: the grid of a display or of printing against the camera's. Pure.

Weak evidence: a fine display or print shows none, and a veil or the shadow of a blind may show one.
"""

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.face_library import Box, Picture

CHIP_PX = 128
# Cycles a pixel: slower waves are the face's own, faster ones the camera's.
LEAST_WAVE, MOST_WAVE = 0.06, 0.45
RINGS = 24


def grid_peak(rgb: Picture, box: Box) -> float | None:
    """How far the strongest wave in the middle of the face stands above the others of its length, against their mean.

    ``None`` where the face is under 128 pixels. Looked for in brightness and in red against blue, where skin is even.
    """
    chip = _middle(rgb, box)
    if chip is None:
        return None
    bands = (chip.mean(axis=2), chip[..., 0] - chip[..., 2])
    return float(max(_peak(band) for band in bands))


def _middle(rgb: Picture, box: Box) -> NDArray[np.float32] | None:
    top, right, bottom, left = box
    row, column = (top + bottom - CHIP_PX) // 2, (left + right - CHIP_PX) // 2
    if bottom - top < CHIP_PX or row < 0 or column < 0:
        return None
    chip = rgb[row : row + CHIP_PX, column : column + CHIP_PX]
    return chip.astype(np.float32) if chip.shape[:2] == (CHIP_PX, CHIP_PX) else None


_WINDOW = np.outer(np.hanning(CHIP_PX), np.hanning(CHIP_PX)).astype(np.float32)
_WAVES = np.hypot(np.fft.fftfreq(CHIP_PX)[:, None], np.fft.rfftfreq(CHIP_PX)[None, :]).ravel()
_RING = np.digitize(_WAVES, np.linspace(LEAST_WAVE, MOST_WAVE, RINGS + 1))
_ORDER = np.argsort(_RING, kind="stable")
_STARTS = np.searchsorted(_RING[_ORDER], np.arange(1, RINGS + 2))


def _peak(band: NDArray[np.float32]) -> float:
    power = np.abs(np.fft.rfft2((band - band.mean()) * _WINDOW)).ravel()[_ORDER]
    strongest = np.maximum.reduceat(power, _STARTS)[:-1]
    usual = np.add.reduceat(power, _STARTS)[:-1] / np.diff(_STARTS)
    return float((strongest / (usual + 1e-6)).max())
