"""QR codes in a picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

# A photograph of a telephone has more than a detector needs, and than one can wait for.
LONGEST_SIDE_PX = 1_600


class CodeReader:
    """OpenCV's detector by ArUco markers' ways: of 480 drawn pictures, tilted, blurred, dark or far away, it read 470
    where the other one (``QRCodeDetector``) read 416, in about half of the time (``tests/enrolling/test_reader.py``).
    """

    def __init__(self) -> None:
        self._detector = cv2.QRCodeDetectorAruco()

    def codes_in(self, rgb: NDArray[np.uint8]) -> tuple[str, ...]:
        """What the codes say that can be read in uint8 [height, width, 3], red first; none is no error."""
        grey = _no_larger(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
        try:
            texts = self._detector.detectAndDecodeMulti(grey)[1]
        except (cv2.error, UnicodeDecodeError):
            # Some pictures OpenCV cannot compute, and codes of others may hold what is no text: none of ours is there.
            return ()
        return tuple(text for text in texts if text)


def _no_larger(grey: "cv2.typing.MatLike") -> "cv2.typing.MatLike":
    scale = LONGEST_SIDE_PX / max(grey.shape[:2])
    return grey if scale >= 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
