"""Whether a face is seen well enough to be compared: its size, its sharpness, how it is turned, and its light. Pure.

Each part is 0..1: 0 where similarity to the person's own template was measured to fall (the gate), 1 where nothing was
lost. The figures behind each threshold are in models/face/CARD.md.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import FaceFlaw
from edge_agent.perception.face_library import Box, Picture

CHIP_PX = 96


@dataclass(frozen=True, slots=True)
class Ramp:
    """From 0 at ``poor`` or worse to 1 at ``good`` or better; either may be the greater."""

    poor: float
    good: float

    def __call__(self, value: float) -> float:
        """0..1."""
        return float(np.clip((value - self.poor) / (self.good - self.poor), 0.0, 1.0))


# Height of the face in pixels of the camera.
SIZE = Ramp(20.0, 40.0)
# How much steeper a face 96 pixels wide is once less smoothed, in the direction in which that is least.
SHARPNESS = Ramp(1.8, 2.7)
FINE_PX, COARSE_PX = 1.0, 3.0
# Distance of the yaw from 0.5.
TURN = Ramp(0.22, 0.06)
# Brightness of the face, 0..255.
DARK = Ramp(10.0, 40.0)
# Share of the face that is white, where all features are gone.
BRIGHT = Ramp(0.6, 0.3)
WHITE = 250
# Of a whole picture, nearly all of it: a covered lens gives its own noise alone, and any lamp more than that.
BLACK, BLACK_SHARE, EVERY_PX = 16, 95, 8


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """The parts of a face's quality, each 0..1."""

    size: float
    sharpness: float
    turn: float
    darkness: float
    brightness: float

    @property
    def overall(self) -> float:
        """The worst part."""
        return min(self.size, self.sharpness, self.turn, self.darkness, self.brightness)

    @property
    def flaw(self) -> FaceFlaw | None:
        """Why the face is not compared, causes before what follows from them; ``None`` where it is good enough."""
        parts = {
            FaceFlaw.TOO_SMALL: self.size,
            FaceFlaw.DARK: self.darkness,
            FaceFlaw.BRIGHT: self.brightness,
            FaceFlaw.TURNED: self.turn,
            FaceFlaw.BLURRED: self.sharpness,
        }
        return next((flaw for flaw, part in parts.items() if part <= 0.0), None)


def quality_of(rgb: Picture, box: Box, height_px: float, yaw: float | None) -> FaceQuality:
    """Judge a face in a picture uint8 [height, width, 3] whose true height is ``height_px`` of the camera's pixels.

    A face without yaw is one whose landmarks make no sense: turned away as far as can be told.
    """
    chip = _chip(rgb, box)
    return FaceQuality(
        size=SIZE(height_px),
        sharpness=SHARPNESS(_sharpness(chip)),
        turn=0.0 if yaw is None else TURN(abs(yaw - 0.5)),
        darkness=DARK(float(np.median(chip))),
        brightness=BRIGHT(float(np.mean(chip >= WHITE))),
    )


def _chip(rgb: Picture, box: Box) -> NDArray[np.float32]:
    top, right, bottom, left = box
    face = rgb[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
    grey = cv2.resize(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (CHIP_PX, CHIP_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.float32)


def _sharpness(chip: NDArray[np.float32]) -> float:
    """Variance of the slopes of the lightly smoothed face against those of the well smoothed one, across or down.

    Neither light nor contrast, nor a shadow from one side, nor noise changes it much; blur does, and motion, which
    blurs one direction only.
    """
    fine, coarse = (cv2.GaussianBlur(chip, (0, 0), sigma) for sigma in (FINE_PX, COARSE_PX))
    return min(_steeper(fine, coarse, dx, 1 - dx) for dx in (0, 1))


def _steeper(fine: cv2.typing.MatLike, coarse: cv2.typing.MatLike, dx: int, dy: int) -> float:
    gentle = float(cv2.Sobel(coarse, cv2.CV_32F, dx, dy).var())
    return float(cv2.Sobel(fine, cv2.CV_32F, dx, dy).var()) / gentle if gentle > 0 else 0.0


def is_black(rgb: Picture) -> bool:
    """Whether a picture, uint8 [height, width, 3], holds nothing: no light comes through the lens."""
    return bool(np.percentile(rgb[::EVERY_PX, ::EVERY_PX], BLACK_SHARE) < BLACK)
