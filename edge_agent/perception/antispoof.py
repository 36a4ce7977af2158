"""MiniFASNet (Silent-Face-Anti-Spoofing, minivision-ai): whether a crop shows a living face. Only where it was pulled.

Two models look at crops 2.7 and 4.0 times as large as the face's box; the mean of their softmax is what they say. Their
input is blue, green, red in 0..255 as floats: divided by 255, as is usual, they call everything an attack.
"""

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.face_library import Box, Picture
from edge_agent.perception.model_store import ModelStore

if TYPE_CHECKING:
    import onnxruntime as ort

ROLES = {"antispoof_2_7": 2.7, "antispoof_4_0": 4.0}
SIDE_PX = 80
LIVE = 1
Logits = NDArray[np.float32]


class AntiSpoof:
    """Both models, one thread each.

    Raises:
        ModelError: as :meth:`ModelStore.session`.
    """

    def __init__(self, store: ModelStore) -> None:
        self._sessions = [(store.session(role), scale) for role, scale in ROLES.items()]

    @staticmethod
    def held(store: ModelStore) -> bool:
        """Whether both models were pulled."""
        return all(store.holds(role) for role in ROLES)

    def live_probability(self, rgb: Picture, box: Box) -> float:
        """0 a picture .. 1 a living face, for the face in ``box`` of uint8 [height, width, 3]."""
        told = [_softmax(_logits(session, model_input(rgb, box, scale))) for session, scale in self._sessions]
        return float(np.mean(told, axis=0)[LIVE])


def model_input(rgb: Picture, box: Box, scale: float) -> NDArray[np.float32]:
    """Float32 [1, 3, 80, 80], blue first, 0..255: the box made larger about its middle, moved back into the picture."""
    rows, columns = rgb.shape[:2]
    top, right, bottom, left = box
    scale = min(scale, (rows - 1) / (bottom - top), (columns - 1) / (right - left))
    height, width = scale * (bottom - top), scale * (right - left)
    row = min(max(0.0, (top + bottom - height) / 2), rows - 1 - height)
    column = min(max(0.0, (left + right - width) / 2), columns - 1 - width)
    crop = rgb[int(row) : int(row + height) + 1, int(column) : int(column + width) + 1]
    small = cv2.resize(crop, (SIDE_PX, SIDE_PX))[..., ::-1]
    return np.ascontiguousarray(small.transpose(2, 0, 1)[None], np.float32)


def _logits(session: "ort.InferenceSession", image: NDArray[np.float32]) -> Logits:
    (logits,) = session.run(None, {session.get_inputs()[0].name: image})
    return np.asarray(logits[0], np.float32)


def _softmax(logits: Logits) -> Logits:
    grown = np.exp(logits - logits.max())
    return np.asarray(grown / grown.sum(), np.float32)
