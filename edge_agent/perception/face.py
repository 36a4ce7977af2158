"""Whose face looks into the camera, how well it can be seen, and how it is turned. No picture is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from msgspec import structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.face_cues import FaceCues
from edge_agent.perception.face_library import Box, Embedding, FaceLibrary, Landmarks, Picture
from edge_agent.readings import CameraFrame

# HOG sees faces from 80 pixels up: at 320 rows, a quarter of the picture's height.
DETECTION_ROWS = 320
SHARP_FACE_PX = 100.0
CHIP_PX = 96
# Variance of the Laplacian of a face 96 pixels wide: about this in focus.
SHARP_LAPLACIAN = 250.0
LEAST_QUALITY = 0.1


@dataclass(frozen=True, eq=False)
class FaceTemplate:
    """A person's template: float64 [128]. Biometric data: printing it shows nothing."""

    embedding: Embedding = field(repr=False)


@dataclass(frozen=True)
class _Face:
    """The largest face of a picture."""

    rgb: Picture
    box: Box
    faces: int

    @property
    def height_px(self) -> int:
        return self.box[2] - self.box[0]


class FacePerceiver:
    """Compares each frame's largest face with the caregiver who is expected and with the others on the roster."""

    def __init__(
        self,
        expected: str,
        roster: Mapping[str, FaceTemplate],
        library: FaceLibrary | None = None,
        cues: FaceCues | None = None,
    ) -> None:
        """Expect one caregiver of the roster; an id that the roster lacks is somebody who is not enrolled.

        Raises:
            ModelError: face-recognition or its models are not installed.
        """
        self._library = library or FaceLibrary()
        self._expected = roster.get(expected)
        self._others = {caregiver: template for caregiver, template in roster.items() if caregiver != expected}
        self._compares = bool(roster)
        self._cues = cues or FaceCues()

    def perceive(self, frame: CameraFrame) -> FaceObservation:
        """Faces in a frame, and for the largest its quality 0..1, similarity and yaw."""
        face = _largest_face(self._library, frame.rgb)
        if face is None:
            return FaceObservation(frame.at_ms, faces=0)
        points = self._library.landmarks(face.rgb, face.box)
        quality, yaw = _quality(face), yaw_of(points)
        looked = self._cues.fill(FaceObservation(frame.at_ms, face.faces, yaw=yaw), face.rgb, face.box, points)
        if quality < LEAST_QUALITY or not self._compares:
            return structs.replace(looked, quality=quality)
        seen = self._library.embedding(face.rgb, face.box)
        other = max(self._others, key=lambda name: _similarity(seen, self._others[name]), default=None)
        return structs.replace(
            looked,
            similarity=None if self._expected is None else _similarity(seen, self._expected),
            quality=quality,
            best_other=other,
            best_other_similarity=None if other is None else _similarity(seen, self._others[other]),
        )


def enrol_face(frames: Sequence[CameraFrame], library: FaceLibrary | None = None) -> FaceTemplate:
    """One template from several frames of one person, each weighing as its quality.

    Raises:
        ValueError: no frame has a face that is good enough.
        ModelError: face-recognition or its models are not installed.
    """
    library = library or FaceLibrary()
    faces = [face for frame in frames if (face := _largest_face(library, frame.rgb)) is not None]
    good = [face for face in faces if _quality(face) >= LEAST_QUALITY]
    if not good:
        raise ValueError("no face was seen well enough to enrol it; come nearer and into the light")
    embeddings = [library.embedding(face.rgb, face.box) for face in good]
    return FaceTemplate(np.average(embeddings, axis=0, weights=[_quality(face) for face in good]))


def yaw_of(points: Landmarks) -> float | None:
    """The nose's place between the jaw's sides, 0 far left in the picture .. 1 far right; ``None`` if they coincide.

    The nose is written in the affine frame of jaw sides and chin, which no tilting of a distant flat picture changes;
    a half of its way to the chin is added, because a chin in the middle belongs to a face that looks straight ahead.
    """
    left, right, chin, nose = (
        np.array(point, np.float64) for point in (points.jaw_left, points.jaw_right, points.chin, points.nose_tip)
    )
    frame = np.column_stack([right - left, chin - left])
    if abs(np.linalg.det(frame)) < 1.0:
        return None
    across, down = np.linalg.solve(frame, nose - left)
    return float(np.clip(across + down / 2, 0.0, 1.0))


def _largest_face(library: FaceLibrary, rgb: Picture) -> _Face | None:
    """Find faces at one size for speed; a picture smaller than that is enlarged, and stays so."""
    scale = DETECTION_ROWS / rgb.shape[0]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    boxes = library.boxes(small)
    if not boxes:
        return None
    top, right, bottom, left = max(boxes, key=lambda box: box[2] - box[0])
    if scale > 1:
        return _Face(small, (top, right, bottom, left), len(boxes))
    box = (round(top / scale), round(right / scale), round(bottom / scale), round(left / scale))
    return _Face(rgb, box, len(boxes))


def _quality(face: _Face) -> float:
    """0..1: how large and how sharp, the smaller of the two."""
    top, right, bottom, left = face.box
    chip = face.rgb[max(top, 0) : bottom, max(left, 0) : right]
    grey = cv2.resize(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), (CHIP_PX, CHIP_PX), interpolation=cv2.INTER_AREA)
    sharpness = float(cv2.Laplacian(grey, cv2.CV_64F).var()) / SHARP_LAPLACIAN
    return min(1.0, face.height_px / SHARP_FACE_PX, sharpness)


def _similarity(seen: Embedding, template: FaceTemplate) -> float:
    """1 minus the Euclidean distance, never under -1."""
    return max(-1.0, 1.0 - float(np.linalg.norm(seen - template.embedding)))
