"""What sensors hand over: raw, in memory only, and gone once looked at.

``at_ms`` is the device's monotonic clock in milliseconds, never the wall clock, which can step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visit_record.vocabulary import FixType

SAMPLE_RATE_HZ = 16_000
# Sound is heard in windows of 0.96 s, each half covered by the next.
WINDOW_SAMPLES = 15_360
HOP_SAMPLES = WINDOW_SAMPLES // 2
WINDOW_MS = WINDOW_SAMPLES * 1000 // SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One picture: ``rgb`` is uint8 [height, width, 3]."""

    at_ms: int
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of mono sound that begins at ``at_ms``: float32 [n] in -1..1 at 16 kHz."""

    at_ms: int
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ThermalFrame:
    """One frame of the thermal array: ``celsius`` is float32 [rows, columns]; NaN where a cell gave nothing."""

    at_ms: int
    celsius: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PositionReading:
    """What the receiver said at one moment. ``None`` is what it did not say; no position means no fix.

    ``gps_utc_ms`` is the satellites' own time; ``snr_db`` the carrier-to-noise of the satellites in view that are
    heard: empty where the receiver told of its satellites and hears none, ``None`` where it told nothing of them.
    """

    at_ms: int
    fix_type: FixType
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    accuracy_m: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    gps_utc_ms: int | None = None
    snr_db: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class TamperSign:
    """What notices moves of the device said at one moment: ``moved`` since the last, or all is still."""

    at_ms: int
    moved: bool


Reading = CameraFrame | SoundBlock | ThermalFrame | PositionReading
