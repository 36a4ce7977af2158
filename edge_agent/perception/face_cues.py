"""What one look says of whether a living face is there: fills its fields of the observation. No picture is kept."""

from dataclasses import dataclass, field

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from edge_agent.observations import FaceObservation
from edge_agent.perception.antispoof import AntiSpoof
from edge_agent.perception.array_view import Area, ArrayView
from edge_agent.perception.face_library import Box, Landmarks, Picture
from edge_agent.perception.presentation import grid_peak
from edge_agent.perception.warm_face import is_warm
from edge_agent.readings import ThermalFrame

Points = NDArray[np.float64]
# MiniFASNet costs as much as finding the face: some ten looks of a check are enough for it.
ANTISPOOF_EVERY_MS = 1_000
# A frame of the array that is older says nothing of this look.
WARMTH_HOLDS_MS = 1_500
# Smaller pictures are enlarged before faces are looked for, and enlarging draws a grid of its own.
LEAST_ROWS = 321


@dataclass
class FaceCues:
    """Looks at the largest face of each frame, in order of time.

    ``antispoof`` is MiniFASNet where it was pulled, ``view`` the array's part of the camera's picture if known.
    The last thermal frame is kept in memory for the next look alone.
    """

    antispoof: AntiSpoof | None = None
    view: ArrayView | None = None
    _heat: ThermalFrame | None = field(default=None, init=False, repr=False)
    _asked_ms: int | None = field(default=None, init=False)

    def feel(self, frame: ThermalFrame) -> None:
        """Keep a thermal frame for the next look."""
        self._heat = frame if self.view else None

    def fill(self, seen: FaceObservation, rgb: Picture, box: Box, points: Landmarks) -> FaceObservation:
        """The observation with its fields on liveness; ``box`` and ``points`` are in pixels of ``rgb``."""
        seen = structs.replace(
            seen,
            warm=self._warm(seen.at_ms, rgb, box),
            live_probability=self._live_probability(seen.at_ms, rgb, box),
            grid=_rounded(grid_peak(rgb, box)) if rgb.shape[0] >= LEAST_ROWS else None,
        )
        reach_px = _reach_px(points)
        if reach_px is None:
            return seen
        return structs.replace(
            seen, eyes_open=eyes_open(rgb, points, reach_px), face_share=_rounded(reach_px / rgb.shape[0])
        )

    def _warm(self, at_ms: int, rgb: Picture, box: Box) -> bool | None:
        if self.view is None or self._heat is None or at_ms - self._heat.at_ms > WARMTH_HOLDS_MS:
            return None
        rows, columns = rgb.shape[:2]
        top, right, bottom, left = box
        face = Area(top / rows, left / columns, bottom / rows, right / columns)
        return is_warm(self._heat.celsius, self.view.of(face))

    def _live_probability(self, at_ms: int, rgb: Picture, box: Box) -> float | None:
        if self.antispoof is None or (self._asked_ms is not None and at_ms - self._asked_ms < ANTISPOOF_EVERY_MS):
            return None
        self._asked_ms = at_ms
        return _rounded(self.antispoof.live_probability(rgb, box))


def eyes_open(rgb: Picture, points: Landmarks, reach_px: float) -> float | None:
    """How open the eyes are, 0 .. about 0.3: the geometric mean of the lids' gap and of the contrast between them.

    The gap (after Soukupova and Cech, 2016) is taken against the way from eyes to chin, which tilting a flat picture
    changes alike. Landmarks keep an eye open behind glasses that the contrast of white and iris shows to be shut.
    """
    eyes = np.array([points.eye_left, points.eye_right], np.float64)
    gap = float(np.linalg.norm(eyes[:, [1, 2]] - eyes[:, [5, 4]], axis=2).mean()) / reach_px
    contrasts = [contrast for eye in eyes if (contrast := _contrast(rgb, eye)) is not None]
    return _rounded(float(np.sqrt(gap * np.mean(contrasts)))) if contrasts else None


def _reach_px(points: Landmarks) -> float | None:
    """The way from the middle of the eyes to the chin, ``None`` where the points coincide or the eyes' are missing."""
    if not (points.eye_left and points.eye_right):
        return None
    eyes = np.array([points.eye_left, points.eye_right], np.float64)
    reach_px = float(np.linalg.norm(np.array(points.chin) - eyes.mean(axis=(0, 1))))
    return reach_px if reach_px >= 1.0 else None


def _contrast(rgb: Picture, eye: Points) -> float | None:
    """Standard deviation over mean of the green around an eye's middle."""
    wide, (x, y) = float(np.linalg.norm(eye[3] - eye[0])), eye.mean(axis=0)
    rows, columns = (slice(max(0, int(at - r * wide)), int(at + r * wide) + 1) for at, r in ((y, 0.22), (x, 0.3)))
    patch = rgb[rows, columns, 1]
    return float(patch.std() / patch.mean()) if patch.size and patch.any() else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
