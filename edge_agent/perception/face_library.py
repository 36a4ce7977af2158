"""The ``face-recognition`` package (dlib), imported when first needed: its models load at once, for seconds."""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ModelError
from visit_record.bilingual import Words

# The registry's roles of the files that face-recognition loads by itself and judges by.
LANDMARKS_ROLE = "dlib_landmarks_68"
LIBRARY_ROLES = (LANDMARKS_ROLE, "dlib_landmarks_5", "dlib_embedder")

Picture = NDArray[np.uint8]
Embedding = NDArray[np.float64]
# Top, right, bottom, left in pixels, as face-recognition gives them.
Box = tuple[int, int, int, int]
# float32 [5, 2]: the eyes, the nose's tip, the corners of the mouth; x and y in pixels, the picture's left first.
FivePoints = NDArray[np.float32]

# HOG finds faces from 80 pixels up. Chosen in models/face/CARD.md.
DETECTION_ROWS = (320, 480)
# A head is larger than the box around its face.
MARGIN = 0.35


@dataclass(frozen=True)
class Landmarks:
    """Points (x, y) in pixels of the 68-point model that tell how a head is turned; sides are those of the picture."""

    jaw_left: tuple[int, int]
    jaw_right: tuple[int, int]
    chin: tuple[int, int]
    nose_tip: tuple[int, int]
    eye_left: tuple[tuple[int, int], ...] = ()
    eye_right: tuple[tuple[int, int], ...] = ()


class FaceLibrary:
    """A ``FaceEngine``: HOG detection, 68 landmarks, ResNet embeddings."""

    def __init__(self, detection_rows: Sequence[int] = DETECTION_ROWS) -> None:
        """Import the package and its models; look for faces at each of ``detection_rows`` until some are found.

        Raises:
            ModelError: it is not installed, or its models are missing.
        """
        self._api = _import()
        self._rows = detection_rows
        self._made_by = _sha256_of_resnet()

    @property
    def made_by(self) -> str:
        """SHA-256 of the ResNet's weights."""
        return self._made_by

    def boxes(self, rgb: Picture) -> list[Box]:
        """Faces, the picture's own pixels; uint8 [height, width, 3]. A small picture is enlarged for it."""
        for rows in self._rows:
            scale = rows / rgb.shape[0]
            found: list[Box] = self._api.face_locations(_scaled(rgb, scale), number_of_times_to_upsample=0, model="hog")
            if found:
                return [_unscaled(box, scale) for box in found]
        return []

    def landmarks(self, rgb: Picture, box: Box) -> Landmarks:
        """Where jaw, chin, nose and the six points of each eye are in one face."""
        (points,) = self._api.face_landmarks(rgb, [box])
        jaw = points["chin"]
        eyes = tuple(points["left_eye"]), tuple(points["right_eye"])
        return Landmarks(jaw[0], jaw[16], jaw[8], points["nose_tip"][2], *eyes)

    def five_points(self, rgb: Picture, box: Box) -> FivePoints:
        """The eyes, the nose's tip and the corners of the mouth, the picture's left before its right."""
        (points,) = self._api.face_landmarks(rgb, [box])
        eyes = [np.mean(points[eye], axis=0) for eye in ("left_eye", "right_eye")]
        mouth = points["top_lip"]
        return np.array([*eyes, points["nose_bridge"][3], mouth[0], mouth[6]], np.float32)

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """float64 [128]; the distance between two of one person is mostly under 0.6."""
        whole, within = bordered(rgb, box)
        (embedding,) = self._api.face_encodings(whole, [within])
        return np.asarray(embedding, np.float64)

    def similarity(self, seen: Embedding, template: Embedding) -> float:
        """1 minus the Euclidean distance, never under -1."""
        return max(-1.0, 1.0 - float(np.linalg.norm(seen - template)))


def bordered(rgb: Picture, box: Box) -> tuple[Picture, Box]:
    """The picture continued beyond its edges where it is cut so close that the head is not whole, and the box in it."""
    top, right, bottom, left = box
    margin = round(MARGIN * (bottom - top))
    height, width = rgb.shape[:2]
    if min(top, left, height - bottom, width - right) >= margin:
        return rgb, box
    return continued(rgb, margin), (top + margin, right + margin, bottom + margin, left + margin)


def continued(rgb: Picture, margin: int) -> Picture:
    """The picture with what is at its edges drawn out by ``margin`` pixels all around."""
    return np.asarray(cv2.copyMakeBorder(rgb, margin, margin, margin, margin, cv2.BORDER_REPLICATE), np.uint8)


def _scaled(rgb: Picture, scale: float) -> Picture:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _unscaled(box: Box, scale: float) -> Box:
    top, right, bottom, left = (round(side / scale) for side in box)
    return top, right, bottom, left


@cache
def _sha256_of_resnet() -> str:
    """Of the file that was loaded when the package was first imported."""
    from face_recognition_models import face_recognition_model_location

    return hashlib.sha256(Path(face_recognition_model_location()).read_bytes()).hexdigest()


def _import() -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
        warnings.filterwarnings("ignore", message="Deprecated call to `pkg_resources", category=DeprecationWarning)
        try:
            import face_recognition
        except (ImportError, SystemExit) as cause:
            # face_recognition ends the program when its models are missing.
            raise ModelError(
                "face-recognition or its models are not installed",
                "没有安装 face-recognition 或它的模型",
                Words("重新安装这个版本；在源码中：make setup", "install the release again; in a checkout: make setup"),
            ) from cause
    return face_recognition
