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
        eyes_open, reach_px = _eyes(points)
        return structs.replace(
            seen, eyes_open=eyes_open, face_share=None if reach_px is None else reach_px / rgb.shape[0]
        )


def _eyes(points: Landmarks) -> tuple[float | None, float | None]:
    """The lids' gap against the way from eyes to chin, and that way in pixels (after Soukupova and Cech, 2016)."""
    if not (points.eye_left and points.eye_right):
        return None, None
    eyes = np.array([points.eye_left, points.eye_right], np.float64)
    reach_px = float(np.linalg.norm(np.array(points.chin) - eyes.mean(axis=(0, 1))))
    if reach_px < 1.0:
        return None, None
    gaps = np.linalg.norm(eyes[:, [1, 2]] - eyes[:, [5, 4]], axis=2)
    return float(gaps.mean()) / reach_px, reach_px
