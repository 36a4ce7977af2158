"""OpenCV's face detector YuNet and face embedder SFace, for devices that have pulled them.

YuNet: Wu, Peng and Yu, *YuNet: a tiny millisecond-level face detector*, 2023. SFace: Zhong and others, *SFace:
sigmoid-constrained hypersphere loss for robust face recognition*, 2021. Landmarks remain dlib's, whose 68 points tell
more than YuNet's five; so boxes are brought to the shape that dlib's landmarks expect.
"""

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ModelError
from edge_agent.perception.face_library import Box, Embedding, FaceLibrary, Landmarks, Picture
from visit_record.bilingual import Words

# At 320 rows YuNet finds nearly every face up to 1.5 m away; measured in models/face/CARD.md.
YUNET_ROWS = 320
YUNET_SCORE = 0.7
YUNET_OVERLAP = 0.3
MOST_FACES = 50
# dlib's box as a share of YuNet's size, and how far its middle lies below: means over half of the ORL people.
SIDE_OF_YUNET = 0.95
BELOW_YUNET = 0.06

_NO_CONFIG: NDArray[np.uint8] = np.empty(0, np.uint8)


class YuNet:
    """Finds faces by YuNet."""

    def __init__(self, onnx: bytes, rows: int = YUNET_ROWS) -> None:
        """Load the network from its bytes; it looks at pictures of ``rows`` rows.

        Raises:
            ModelError: OpenCV cannot load it as a face detector.
        """
        content, self._rows = np.frombuffer(onnx, np.uint8), rows
        try:
            self._net = cv2.FaceDetectorYN.create(
                "onnx", content, _NO_CONFIG, (320, 320), YUNET_SCORE, YUNET_OVERLAP, MOST_FACES
            )
            self.boxes(np.zeros((32, 32, 3), np.uint8))
        except cv2.error as cause:
            raise ModelError(
                f"the face_detector model cannot be loaded: {cause.err}",
                "模型 face_detector 无法加载，详情见英文",
                Words("它应为 YuNet", "it should be YuNet"),
            ) from cause

    def boxes(self, rgb: Picture) -> list[Box]:
        """Faces, in the picture's own pixels and in the shape of dlib's boxes; uint8 [height, width, 3]."""
        scale = self._rows / rgb.shape[0]
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        bgr = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), None, fx=scale, fy=scale, interpolation=way)
        self._net.setInputSize((bgr.shape[1], bgr.shape[0]))
        found = self._net.detect(bgr)[1]
        return [] if found is None else [_as_dlib(*map(float, row[:4] / scale)) for row in found]


class SFace:
    """Embeds faces by SFace. Similarity is the cosine of two embeddings."""

    def __init__(self, onnx: bytes, library: FaceLibrary) -> None:
        """Load the network from its bytes; ``library`` finds the points by which faces are aligned.

        Raises:
            ModelError: OpenCV cannot load it as a face embedder.
        """
        self.made_by = hashlib.sha256(onnx).hexdigest()
        self._library = library
        try:
            self._net = cv2.FaceRecognizerSF.create("onnx", np.frombuffer(onnx, np.uint8), _NO_CONFIG)
            self._net.feature(np.zeros((112, 112, 3), np.uint8))
        except cv2.error as cause:
            raise ModelError(
                f"the face_embedder model cannot be loaded: {cause.err}",
                "模型 face_embedder 无法加载，详情见英文",
                Words("它应为 SFace", "it should be SFace"),
            ) from cause

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """float64 [n] of unit length."""
        row = np.zeros((1, 15), np.float32)
        row[0, 4:14] = self._library.five_points(rgb, box).ravel()
        upright = self._net.alignCrop(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), row)
        return _unit(np.asarray(self._net.feature(upright), np.float64).ravel())

    def similarity(self, seen: Embedding, template: Embedding) -> float:
        """Cosine of the angle between them."""
        return float(np.clip(_unit(seen) @ _unit(template), -1.0, 1.0))


class OpenCvFaces:
    """A ``FaceEngine`` of what is pulled; dlib does the rest."""

    def __init__(self, library: FaceLibrary, detector: YuNet | None, embedder: SFace | None) -> None:
        """Take the networks that are there."""
        self._library = library
        self._detector = detector or library
        self._embedder = embedder or library

    @property
    def made_by(self) -> str:
        """SHA-256 of the model that embeds."""
        return self._embedder.made_by

    def boxes(self, rgb: Picture) -> list[Box]:
        """Faces, in the picture's own pixels."""
        return self._detector.boxes(rgb)

    def landmarks(self, rgb: Picture, box: Box) -> Landmarks:
        """The 68-point model's landmarks of one face."""
        return self._library.landmarks(rgb, box)

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """float64 [n] of one face."""
        return self._embedder.embedding(rgb, box)

    def similarity(self, seen: Embedding, template: Embedding) -> float:
        """-1..1, as the embedder defines it."""
        return self._embedder.similarity(seen, template)


def _as_dlib(left: float, top: float, width: float, height: float) -> Box:
    size = np.sqrt(width * height)
    half = SIDE_OF_YUNET * size / 2
    x, y = left + width / 2, top + height / 2 + BELOW_YUNET * size
    return round(y - half), round(x + half), round(y + half), round(x - half)


def _unit(vector: Embedding) -> Embedding:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector
