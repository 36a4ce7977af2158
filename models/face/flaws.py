"""Photographs spoilt as a kiosk's pictures are spoilt, each flaw at several strengths. Synthetic, seeded."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from models.face.orl import Picture

# Pictures are spoilt at this height, at which the box around an ORL face is about as high as at arm's length.
ROWS = 336
SENSOR_NOISE = 2.0
FACE_HEIGHT = "face height, px"


# A picture uint8 [336, width, 3], the face's height in it in pixels, and randomness, to the spoilt picture.
Spoiler = Callable[[Picture, float, np.random.Generator], Picture]


@dataclass(frozen=True)
class Flaw:
    """What spoils a picture, how strongly, and how."""

    kind: str
    strength: float
    spoil: Spoiler

    @property
    def is_size(self) -> bool:
        """Whether the strength is the height of the face in the camera's pixels."""
        return self.kind == FACE_HEIGHT


def all_flaws() -> list[Flaw]:
    """Every kind at every strength, the unspoilt picture first."""
    return [
        Flaw("none", 0, lambda rgb, _face_px, _rng: rgb),
        *(Flaw(FACE_HEIGHT, px, _smaller(px)) for px in (48, 40, 32, 24, 16)),
        *(Flaw("out of focus, share of the face", share, _defocused(share)) for share in (0.01, 0.02, 0.03, 0.04)),
        *(Flaw("moved, share of the face", share, _moved(share)) for share in (0.03, 0.06, 0.1, 0.15)),
        *(Flaw("dark, times the light", gain, _lit(gain)) for gain in (0.4, 0.2, 0.1, 0.05)),
        *(Flaw("bright, times the light", gain, _lit(gain)) for gain in (1.5, 2.0, 3.0)),
        *(Flaw("one side lit, other side's share", share, _one_sided(share)) for share in (0.25, 0.1)),
        *(Flaw("noise, levels", sigma, _noisy(sigma)) for sigma in (10.0, 20.0, 35.0)),
    ]


def _smaller(px: int) -> Spoiler:
    def spoil(rgb: Picture, face_px: float, rng: np.random.Generator) -> Picture:
        scale = px / face_px
        small = _noised(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), SENSOR_NOISE, rng)
        return _bytes(cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC))

    return spoil


def _defocused(share: float) -> Spoiler:
    def spoil(rgb: Picture, face_px: float, rng: np.random.Generator) -> Picture:
        blurred = cv2.GaussianBlur(rgb, (0, 0), share * face_px, borderType=cv2.BORDER_REPLICATE)
        return _noised(blurred, SENSOR_NOISE, rng)

    return spoil


def _moved(share: float) -> Spoiler:
    def spoil(rgb: Picture, face_px: float, rng: np.random.Generator) -> Picture:
        length = max(2, round(share * face_px))
        kernel = np.full((1, length), 1 / length, np.float32)
        return _noised(cv2.filter2D(rgb, -1, kernel, borderType=cv2.BORDER_REPLICATE), SENSOR_NOISE, rng)

    return spoil


def _lit(gain: float) -> Spoiler:
    return lambda rgb, _face_px, rng: _noised(rgb * np.float32(gain), SENSOR_NOISE, rng)


def _one_sided(share: float) -> Spoiler:
    def spoil(rgb: Picture, _face_px: float, rng: np.random.Generator) -> Picture:
        light = np.linspace(1, share, rgb.shape[1], dtype=np.float32)[None, :, None]
        return _noised(rgb * light, SENSOR_NOISE, rng)

    return spoil


def _noisy(sigma: float) -> Spoiler:
    return lambda rgb, _face_px, rng: _noised(rgb, sigma, rng)


def _noised(rgb: object, sigma: float, rng: np.random.Generator) -> Picture:
    clean = np.asarray(rgb, np.float64)
    return _bytes(clean + rng.normal(0, sigma, clean.shape[:2])[..., None])


def _bytes(rgb: object) -> Picture:
    return np.clip(np.asarray(rgb, np.float64).round(), 0, 255).astype(np.uint8)
