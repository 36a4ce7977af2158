"""Pictures of a face that an attacker holds before the camera: a print, one with eye holes, a screen.

How paper and screens look to a camera is this project's own approximation, not fitted to any photograph of one.
"""

from dataclasses import dataclass, field
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.portraits import SIDE, Cutout, Grid, Picture

Field = NDArray[np.float32]
Matrix = NDArray[np.float64]
PAPER_BORDER = 24
# The camera stands three sheets away.
DISTANCE = 3.0 * SIDE


@dataclass(frozen=True)
class Held:
    """A sheet as it is held: turned about its upright middle line, tipped back, and bent to a radius in pixels."""

    yaw_rad: float
    pitch_rad: float
    radius: float


@dataclass
class Paper:
    """A print of a portrait on its sheet; with ``eye_holes`` somebody's living eyes look through it."""

    cutout: Cutout
    radius: float
    eye_holes: bool
    sheet: Field
    holes: Field = field(init=False)

    def __post_init__(self) -> None:
        """Cut the holes."""
        self.holes = _holes(self.cutout) if self.eye_holes else np.zeros((SIDE, SIDE), np.float32)

    @classmethod
    def seeded(cls, cutout: Cutout, rng: np.random.Generator, eye_holes: bool = False) -> "Paper":
        """One of many prints, with or without a white border, bent more or less."""
        sheet = _printed(cutout.rgb, rng)
        if rng.random() < 0.5:
            sheet[:PAPER_BORDER] = sheet[-PAPER_BORDER:] = 240
            sheet[:, :PAPER_BORDER] = sheet[:, -PAPER_BORDER:] = 240
        return cls(cutout, float(np.exp(rng.uniform(np.log(300), np.log(3000)))), eye_holes, sheet)

    def paint(self, scene: Field, placed: tuple[Grid, Grid], held: Held, behind: Picture) -> None:
        """Put the sheet into a scene; ``placed`` is each pixel's place on the sheet if that were flat and faced us.

        ``behind`` is the living face whose eyes show where there are holes.
        """
        u, v, slope = _unbent(placed[0] - SIDE / 2, placed[1] - SIDE / 2, held)
        inside = ((np.abs(u) < SIDE / 2) & (np.abs(v) < SIDE / 2)).astype(np.float32)
        mask = cv2.GaussianBlur(inside, (0, 0), 0.8)[..., None]
        x, y = u + SIDE / 2, v + SIDE / 2
        shade = (0.9 + 0.12 * np.cos(slope - 0.35))[..., None]
        seen = cv2.remap(self.sheet, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) * shade
        if self.eye_holes:
            hole = cv2.remap(self.holes, x, y, cv2.INTER_LINEAR, borderValue=0)[..., None]
            live = cv2.remap(behind, x, y, cv2.INTER_LINEAR)
            seen += hole * (live * 0.92 - seen)
        scene += mask * (seen - scene)


@dataclass(frozen=True)
class Screen:
    """A telephone or tablet: its moiré, its light, and the size of its display in pixels of the frame."""

    size: tuple[float, float]
    bezel: float
    black: float
    tint: tuple[float, float, float]
    waves: tuple[tuple[float, float, float, float], ...]
    band: float
    quality: int

    @classmethod
    def seeded(cls, rng: np.random.Generator) -> "Screen":
        """One of many screens; of half of them the frame shows no bezel."""
        hidden = rng.random() < 0.5
        size = (760.0, 600.0) if hidden else (float(rng.uniform(260, 420)), float(rng.uniform(360, 440)))
        # From a display too fine to show a grid to one that shows it plainly.
        strength = 10 ** float(rng.uniform(-3.3, -1.3))
        pitch = rng.uniform(0.06, 0.4, 3)
        angle = rng.uniform(0, np.pi, 3)
        waves = tuple(
            (float(p * np.cos(a)), float(p * np.sin(a)), float(phase), float(amplitude))
            for p, a, phase, amplitude in zip(
                pitch, angle, rng.uniform(0, 6.28, 3), strength * rng.uniform(0.3, 1, 3), strict=True
            )
        )
        tint = (float(rng.uniform(0.92, 1.0)), 1.0, float(rng.uniform(1.0, 1.08)))
        band = float(rng.uniform(0, 0.03)) if rng.random() < 0.5 else 0.0
        return cls(
            size, float(rng.uniform(10, 30)), float(rng.uniform(4, 24)), tint, waves, band, int(rng.integers(60, 93))
        )

    def paint(self, scene: Field, placed: tuple[Grid, Grid], shown: Picture, at_s: float) -> None:
        """Show a picture; ``placed`` is each pixel's place on the display, from its middle."""
        x, y = placed
        rows, columns = shown.shape[:2]
        content = _compressed(shown, self.quality)
        seen = cv2.remap(content, x + columns / 2, y + rows / 2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = (self.black + seen * (0.98 - self.black / 255)) * np.array(self.tint, np.float32)
        seen *= self._moire(x, y)
        seen *= (1 + self.band * np.sin(y / 60 + 9 * at_s))[..., None]
        half = self.size[0] / 2, self.size[1] / 2
        case = _box(x, y, half[0] + self.bezel, half[1] + self.bezel)
        scene += case * (18.0 - scene)
        scene += _box(x, y, *half) * (seen - scene)

    def _moire(self, x: Grid, y: Grid) -> Field:
        """The display's grid against the camera's: waves a little apart in the three colours."""
        colours = []
        for nth in range(3):
            wave = sum(
                amplitude * np.cos(2 * np.pi * (fx * x + fy * y) + phase + 0.7 * nth)
                for fx, fy, phase, amplitude in self.waves
            )
            colours.append(1 + wave)
        return np.stack(colours, axis=-1).astype(np.float32)


def _unbent(x: Grid, y: Grid, held: Held) -> tuple[Grid, Grid, Grid]:
    """The sheet's own coordinates seen at each point, and the sheet's slope there; far outside where it is not."""
    turned, tipped, depth = sin(held.yaw_rad), y * sin(held.pitch_rad), np.zeros_like(x)
    for _ in range(2):
        grown = 1 + depth / DISTANCE
        sine = x * grown / held.radius + turned
        slope = np.arcsin(np.clip(sine, -1, 1))
        depth = held.radius * (cos(held.yaw_rad) - np.cos(slope)) + tipped
    u = np.where(np.abs(sine) < 0.999, held.radius * (slope - held.yaw_rad), np.float32(10.0 * SIDE))
    v = y * grown / cos(held.pitch_rad)
    return np.asarray(u, np.float32), np.asarray(v, np.float32), np.asarray(slope, np.float32)


def _printed(rgb: Picture, rng: np.random.Generator) -> Field:
    """Ink on paper: softer, of less contrast, with the dots of four screens at their angles, and the paper's grain."""
    soft = cv2.GaussianBlur(rgb, (0, 0), float(rng.uniform(0.6, 1.2))).astype(np.float32)
    ink = 255 - (255 - soft) * np.float32(rng.uniform(0.78, 0.92))
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    pitch, depth = float(rng.uniform(2.2, 5.0)), 10 ** float(rng.uniform(-1, 1))
    for channel, degrees in enumerate((15, 45, 75)):
        a = np.radians(degrees + rng.uniform(-5, 5))
        dots = np.cos(2 * np.pi * (x * np.cos(a) + y * np.sin(a)) / pitch) * np.cos(
            2 * np.pi * (y * np.cos(a) - x * np.sin(a)) / pitch
        )
        ink[..., channel] += depth * dots.astype(np.float32)
    grain = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 0.8)
    return np.asarray(np.clip(ink + 4 * grain[..., None], 0, 255), np.float32)


def _holes(cutout: Cutout) -> Field:
    holes = np.zeros((SIDE, SIDE), np.float32)
    for eye in cutout.eyes:
        points = np.array(eye, np.float64)
        middle, wide = points.mean(axis=0), float(np.ptp(points[:, 0]))
        axes = (round(0.62 * wide), round(0.36 * wide))
        cv2.ellipse(holes, (round(middle[0]), round(middle[1])), axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return holes


def _compressed(rgb: Picture, quality: int) -> Field:
    """As a telephone's camera stores a film."""
    code = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.cvtColor(np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB), np.float32)


def _box(x: Grid, y: Grid, half_wide: float, half_high: float) -> Field:
    inside = np.minimum(half_wide - np.abs(x), half_high - np.abs(y))
    return np.asarray(np.clip(inside + 0.5, 0, 1)[..., None], np.float32)
