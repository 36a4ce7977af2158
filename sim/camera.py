"""A camera at the kiosk of a staged home, behind the device's own port.

camera = SimulatedCamera(script, frame_times_s=[0.0, 0.5, 1.0])     # a VisitScript
for frame in camera.readings():                                     # CameraFrame, 480 x 640
    perceiver.perceive(frame)

A living head sways and may turn as a cylinder does; a printed picture is flat whatever is done with it. What is shown
with these frames is shown on synthetic movement of two real portraits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import CameraFrame
from sim.portraits import SIDE, Cutout, Grid, Picture, head_outline, load_portrait, turn_head
from sim.script import Appearance, Portrait, ShownAs, VisitScript
from visit_record.vocabulary import Modality

ROWS, COLUMNS = 480, 640
TURN_RAD = np.radians(36.0)
PAPER_BORDER = 24
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class SimulatedCamera:
    """Implements ``Sensor[CameraFrame]``: one frame at each of ``frame_times_s``, the same for the same script."""

    script: VisitScript
    frame_times_s: Sequence[float]
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """The face."""
        return Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """The room, and before it whoever the script shows.

        Raises:
            SensorError: a portrait cannot be read.
        """
        studio = _Studio.seeded(self.script.seed)
        for at_s in self.frame_times_s:
            shown = next((a for a in self.script.appearances if a.start_s <= at_s < a.end_s), None)
            yield CameraFrame(self.starts_at_ms + round(at_s * 1000), studio.picture(at_s, shown))


class _Studio:
    """A seeded room and its light; portraits are read when first shown."""

    def __init__(self, seed: int, room: NDArray[np.float32], phases: Matrix) -> None:
        self._seed, self._room, self._phases = seed, room, phases
        self._cutouts: dict[Portrait, Cutout] = {}

    @classmethod
    def seeded(cls, seed: int) -> "_Studio":
        rng = np.random.default_rng([seed, 0x666163])
        return cls(seed, _room(rng), rng.uniform(0, 2 * np.pi, 6))

    def picture(self, at_s: float, shown: Appearance | None) -> Picture:
        scene = self._room.copy()
        if shown is not None:
            cutout = self._cutout(shown.portrait)
            if shown.shown_as is ShownAs.LIVE:
                _add_head(scene, cutout, self._sway(at_s), _turn_rad(shown, at_s) + np.radians(2) * self._wave(at_s, 5))
            else:
                _add_paper(scene, cutout, self._tilt(at_s, 1.0 if shown.turns_head else 0.4))
        return self._exposed(scene, at_s)

    def _cutout(self, portrait: Portrait) -> Cutout:
        if portrait not in self._cutouts:
            self._cutouts[portrait] = load_portrait(portrait)
        return self._cutouts[portrait]

    def _wave(self, at_s: float, index: int) -> float:
        return float(np.sin(at_s * (0.7 + 0.23 * index) + self._phases[index]))

    def _sway(self, at_s: float) -> Matrix:
        """Cut-out to frame: a head that is never quite still."""
        roll, scale = np.radians(3) * self._wave(at_s, 0), 1 + 0.04 * self._wave(at_s, 1)
        c, s = scale * np.cos(roll), scale * np.sin(roll)
        middle = np.array([COLUMNS / 2 + 25 * self._wave(at_s, 2), ROWS / 2 + 10 + 10 * self._wave(at_s, 3)])
        turned = np.array([[c, -s], [s, c]])
        return np.vstack([np.column_stack([turned, middle - turned @ [SIDE / 2, SIDE / 2]]), [0, 0, 1]])

    def _tilt(self, at_s: float, effort: float) -> Matrix:
        """Cut-out to frame: a sheet tilted up to 35 degrees sideways and 15 back, seen in perspective."""
        yaw, pitch = np.radians(35) * effort * self._wave(2 * at_s, 4), np.radians(15) * effort * self._wave(at_s, 1)
        about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        sheet = (about_y @ about_x)[:, :2]
        # Sheet coordinates from its middle in pixels; the camera stands three sheets away.
        to_camera = np.column_stack([sheet, [0, 0, 3 * SIDE]])
        lens = np.array([[3 * SIDE, 0, 0], [0, 3 * SIDE, 0], [0, 0, 1]])
        centred = np.array([[1, 0, -SIDE / 2], [0, 1, -SIDE / 2], [0, 0, 1]])
        placed: Matrix = self._sway(at_s) @ np.linalg.inv(centred) @ lens @ to_camera @ centred
        return placed

    def _exposed(self, scene: NDArray[np.float32], at_s: float) -> Picture:
        rng = np.random.default_rng([self._seed, round(at_s * 1000), 0x6E6F69])
        light = 1 + 0.12 * np.sin(self._phases[3]) + 0.02 * self._wave(at_s, 0)
        slope = np.linspace(-1, 1, COLUMNS, dtype=np.float32) * 0.12 * np.sin(self._phases[2])
        noise = rng.standard_normal((ROWS, COLUMNS, 1), np.float32) * 3
        return np.asarray(np.clip(scene * (light + slope)[None, :, None] + noise, 0, 255), np.uint8)


def _room(rng: np.random.Generator) -> NDArray[np.float32]:
    """A wall, a floor, and a door or a window."""
    wall, floor, thing = rng.uniform((150, 80, 60), (215, 140, 180), (3, 3)).T.reshape(3, 3)
    room = np.empty((ROWS, COLUMNS, 3), np.float32)
    room[:] = wall
    room[int(rng.uniform(380, 440)) :] = floor
    left, top = int(rng.uniform(0, 120)), int(rng.uniform(20, 120))
    room[top : top + 260, left : left + 110] = thing
    return np.asarray(cv2.GaussianBlur(room, (0, 0), 2.5), np.float32)


def _turn_rad(shown: Appearance, at_s: float) -> float:
    """Straight ahead for a third of the time, then to one side and to the other."""
    if not shown.turns_head:
        return 0.0
    progress = (at_s - shown.start_s) / (shown.end_s - shown.start_s)
    return float(TURN_RAD * np.sin(2 * np.pi * max(0.0, progress - 0.33) / 0.67))


def _add_head(scene: NDArray[np.float32], cutout: Cutout, placed: Matrix, angle_rad: float) -> None:
    x, y = _seen_from(placed)
    mask = cv2.remap(head_outline(cutout), x, y, cv2.INTER_LINEAR, borderValue=0)[..., None]
    x, y = turn_head(x, y, cutout, angle_rad)
    head = cv2.remap(cutout.rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scene += mask * (head - scene)


def _add_paper(scene: NDArray[np.float32], cutout: Cutout, placed: Matrix) -> None:
    sheet = cutout.rgb.copy()
    sheet[:PAPER_BORDER] = sheet[-PAPER_BORDER:] = 245
    sheet[:, :PAPER_BORDER] = sheet[:, -PAPER_BORDER:] = 245
    size = (COLUMNS, ROWS)
    mask = cv2.warpPerspective(np.ones((SIDE, SIDE), np.float32), placed, size, flags=cv2.INTER_LINEAR)[..., None]
    scene += mask * (cv2.warpPerspective(sheet, placed, size, flags=cv2.INTER_LINEAR) - scene)


def _seen_from(placed: Matrix) -> tuple[Grid, Grid]:
    """For each pixel of the frame, the point of the cut-out that an affine placement shows there."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
    back = np.linalg.inv(placed).astype(np.float32)
    return back[0, 0] * x + back[0, 1] * y + back[0, 2], back[1, 0] * x + back[1, 1] * y + back[1, 2]
