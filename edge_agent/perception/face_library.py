"""The ``face-recognition`` package (dlib), imported when first needed: its models load at once, for seconds."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ModelError

Picture = NDArray[np.uint8]
Embedding = NDArray[np.float64]
# Top, right, bottom, left in pixels, as face-recognition gives them.
Box = tuple[int, int, int, int]


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
    """Detection (HOG), landmarks and embeddings of faces."""

    def __init__(self) -> None:
        """Import the package and its models.

        Raises:
            ModelError: it is not installed, or its models are missing.
        """
        self._api = _import()

    def boxes(self, rgb: Picture) -> list[Box]:
        """Faces of about 80 pixels or more; uint8 [height, width, 3]."""
        found: list[Box] = self._api.face_locations(rgb, number_of_times_to_upsample=0, model="hog")
        return found

    def landmarks(self, rgb: Picture, box: Box) -> Landmarks:
        """Where jaw, chin, nose and the six points of each eye are in one face."""
        (points,) = self._api.face_landmarks(rgb, [box])
        jaw = points["chin"]
        eyes = tuple(points["left_eye"]), tuple(points["right_eye"])
        return Landmarks(jaw[0], jaw[16], jaw[8], points["nose_tip"][2], *eyes)

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        """float64 [128]; the distance between two of one person is mostly under 0.6."""
        (embedding,) = self._api.face_encodings(rgb, [box])
        return np.asarray(embedding, np.float64)


def _import() -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
        warnings.filterwarnings("ignore", message="Deprecated call to `pkg_resources", category=DeprecationWarning)
        try:
            import face_recognition
        except (ImportError, SystemExit) as cause:
            # face_recognition ends the program when its models are missing.
            raise ModelError("face-recognition or its models are not installed; run `make setup`") from cause
    return face_recognition
