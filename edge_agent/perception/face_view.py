"""The face in a picture that is nearest to the camera, in a picture large enough to look at it closely."""

from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import Box, Picture, continued
from edge_agent.perception.face_quality import FaceQuality, quality_of

# Landmarks are whole pixels: in smaller pictures, such as passport photographs, they would be too coarse.
LEAST_ROWS = 320


@dataclass(frozen=True)
class FaceView:
    """The largest face of a picture, which was enlarged ``times`` for it; ``faces`` is how many there are."""

    rgb: Picture
    box: Box
    faces: int
    times: float

    def quality(self, yaw: float | None) -> FaceQuality:
        """How well it is seen, given how it is turned."""
        top, _, bottom, _ = self.box
        return quality_of(self.rgb, self.box, (bottom - top) / self.times, yaw)


def nearest_face(engine: FaceEngine, rgb: Picture) -> FaceView | None:
    """Look at a picture uint8 [height, width, 3]; ``None`` where it shows no face.

    One that is too small to be a camera's is a photograph, and may be cut so close that its edges cut the face.
    """
    times = max(1.0, LEAST_ROWS / rgb.shape[0])
    if times == 1:
        return _largest(engine, rgb, times)
    large = np.asarray(cv2.resize(rgb, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)
    return _largest(engine, large, times) or _largest(engine, continued(large, LEAST_ROWS // 4), times)


def _largest(engine: FaceEngine, rgb: Picture, times: float) -> FaceView | None:
    boxes = engine.boxes(rgb)
    return FaceView(rgb, max(boxes, key=lambda box: box[2] - box[0]), len(boxes), times) if boxes else None
