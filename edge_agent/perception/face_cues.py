"""What one look says of whether a living face is there: fills its fields of the observation. No picture is kept."""

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from edge_agent.observations import FaceObservation
from edge_agent.perception.face_library import Box, Landmarks, Picture

Points = NDArray[np.float64]


class FaceCues:
    """Looks at the largest face of each frame, in order of time."""

    def fill(self, seen: FaceObservation, rgb: Picture, box: Box, points: Landmarks) -> FaceObservation:
        """The observation with its fields on liveness; ``box`` and ``points`` are in pixels of ``rgb``."""
        reach_px = _reach_px(points)
        if reach_px is None:
            return seen
        return structs.replace(
            seen, eyes_open=eyes_open(rgb, points, reach_px), face_share=round(reach_px / rgb.shape[0], 4)
        )


def eyes_open(rgb: Picture, points: Landmarks, reach_px: float) -> float | None:
    """How open the eyes are, 0 .. about 0.3: the geometric mean of the lids' gap and of the contrast between them.

    The gap (after Soukupova and Cech, 2016) is taken against the way from eyes to chin, which tilting a flat picture
    changes alike. Landmarks keep an eye open behind glasses that the contrast of white and iris shows to be shut.
    """
    eyes = np.array([points.eye_left, points.eye_right], np.float64)
    gap = float(np.linalg.norm(eyes[:, [1, 2]] - eyes[:, [5, 4]], axis=2).mean()) / reach_px
    contrasts = [contrast for eye in eyes if (contrast := _contrast(rgb, eye)) is not None]
    return round(float(np.sqrt(gap * np.mean(contrasts))), 4) if contrasts else None


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
