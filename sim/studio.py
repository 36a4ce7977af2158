"""A seeded room with its light before the camera, and whoever stands, or whatever is held up, in it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.attacks import Held, Paper, Screen
from sim.performance import Manner, OnScreen, Pose
from sim.portraits import SIDE, Cutout, Grid, Picture, eyes_shut, head_outline, lids_drawn, turn_head
from sim.script import Appearance, Portrait, ShownAs

ROWS, COLUMNS = 480, 640
GRAIN_PX = 128
TURN_RAD = np.radians(36.0)
Matrix = NDArray[np.float64]
Scene = NDArray[np.float32]
Portraits = Callable[[Portrait], Cutout]


class Studio:
    """The pictures of one seed; portraits are read when first shown.

    ``light`` is the share of good light: the camera has no automatic exposure, and its own noise stays.
    """

    def __init__(self, seed: int, portraits: Portraits, light: float = 1.0) -> None:
        rng = np.random.default_rng([seed, 0x666163])
        self._seed, self._portraits, self._light = seed, portraits, light
        self._room = _room(rng)
        self._phases: Matrix = rng.uniform(0, 2 * np.pi, 6)
        self._grain = 3 * rng.standard_normal((ROWS + GRAIN_PX, COLUMNS + GRAIN_PX), np.float32)
        self._manner = Manner.seeded(np.random.default_rng([seed, 0x6D616E]))
        self._cutouts: dict[Portrait, Cutout] = {}
        self._shut: dict[Portrait, Picture] = {}
        self._sheets: dict[Appearance, Paper] = {}
        self._films: Studio | None = None

    def picture(self, at_s: float, shown: Appearance | None, asked: OnScreen | None) -> Picture:
        """Uint8 [480, 640, 3] of a moment, where ``asked`` is on the screen.

        Raises:
            SensorError: a portrait cannot be read.
        """
        scene = self._room.copy()
        if shown is not None:
            self._show(scene, at_s, shown, asked)
        return self._exposed(scene, at_s)

    def covered(self, at_s: float) -> Picture:
        """What a covered lens gives: the camera's own noise on black."""
        return self._exposed(np.zeros_like(self._room), at_s)

    def _show(self, scene: Scene, at_s: float, shown: Appearance, asked: OnScreen | None) -> None:
        match shown.shown_as:
            case ShownAs.LIVE:
                self._head(scene, at_s, shown, asked)
            case ShownAs.PHOTO | ShownAs.CUT_OUT:
                self._paper(scene, at_s, shown, asked)
            case ShownAs.SCREEN | ShownAs.REPLAY:
                self._screen(scene, at_s, shown, asked)

    def _head(self, scene: Scene, at_s: float, shown: Appearance, asked: OnScreen | None) -> None:
        pose = self._pose(at_s, shown, asked)
        turned = pose.turn_rad + float(np.radians(2)) * self._wave(at_s, 5)
        cutout = self._with_lids(shown.portrait, pose.closed)
        _add_head(scene, cutout, self._sway(at_s, pose.nearer), turned)

    def _paper(self, scene: Scene, at_s: float, shown: Appearance, asked: OnScreen | None) -> None:
        """A sheet is turned where a turn is asked, brought nearer, and moved about; eyes behind it may blink."""
        paper = self._sheet(shown)
        pose, effort = self._pose(at_s, shown, asked), 1.0 if shown.turns_head else 0.4
        if asked is not None:
            yaw = pose.turn_rad + np.radians(6) * self._wave(2 * at_s, 4)
        else:
            yaw = np.radians(35) * effort * self._wave(2 * at_s, 4)
        held = Held(float(yaw), float(np.radians(15) * effort * self._wave(at_s, 1)), paper.radius)
        eyes = self._with_lids(shown.portrait, pose.closed).rgb
        paper.paint(scene, _seen_from(self._sway(at_s, pose.nearer)), held, eyes)

    def _screen(self, scene: Scene, at_s: float, shown: Appearance, asked: OnScreen | None) -> None:
        """What a screen plays was taken in another room; a still stands still, and is brought nearer where asked."""
        screen = Screen.seeded(self._props_rng())
        if self._films is None:
            self._films = Studio(self._seed + 0x5EED, self._portraits)
        if shown.shown_as is ShownAs.REPLAY:
            film = self._films.picture(at_s, replace(shown, shown_as=ShownAs.LIVE), asked)
            nearer = 0.0
        else:
            film = self._films.picture(shown.start_s, replace(shown, shown_as=ShownAs.LIVE, turns_head=False), None)
            nearer = self._pose(at_s, shown, asked).nearer
        to_middle = np.array([[1, 0, SIDE / 2], [0, 1, SIDE / 2], [0, 0, 1.0]])
        screen.paint(scene, _seen_from(self._sway(at_s, nearer) @ to_middle), film, at_s)

    def _pose(self, at_s: float, shown: Appearance, asked: OnScreen | None) -> Pose:
        if not shown.turns_head:
            return Pose()
        return Pose(turn_rad=_turn_rad(shown, at_s)) if asked is None else self._manner.pose(asked, at_s)

    def _sheet(self, shown: Appearance) -> Paper:
        if shown not in self._sheets:
            holes = shown.shown_as is ShownAs.CUT_OUT
            self._sheets[shown] = Paper.seeded(self._cutout(shown.portrait), self._props_rng(), holes)
        return self._sheets[shown]

    def _props_rng(self) -> np.random.Generator:
        return np.random.default_rng([self._seed, 0x70726F])

    def _cutout(self, portrait: Portrait) -> Cutout:
        if portrait not in self._cutouts:
            self._cutouts[portrait] = self._portraits(portrait)
        return self._cutouts[portrait]

    def _with_lids(self, portrait: Portrait, closed: float) -> Cutout:
        cutout = self._cutout(portrait)
        if portrait not in self._shut:
            self._shut[portrait] = eyes_shut(cutout)
        return replace(cutout, rgb=lids_drawn(cutout, self._shut[portrait], closed))

    def _wave(self, at_s: float, index: int) -> float:
        return float(np.sin(at_s * (0.7 + 0.23 * index) + self._phases[index]))

    def _sway(self, at_s: float, nearer: float = 0.0) -> Matrix:
        """Cut-out to frame: what a neck or a hand holds is never quite still."""
        roll, scale = np.radians(3) * self._wave(at_s, 0), (1 + nearer) * (1 + 0.04 * self._wave(at_s, 1))
        c, s = scale * np.cos(roll), scale * np.sin(roll)
        middle = np.array([COLUMNS / 2 + 25 * self._wave(at_s, 2), ROWS / 2 + 10 + 10 * self._wave(at_s, 3)])
        turned = np.array([[c, -s], [s, c]])
        return np.vstack([np.column_stack([turned, middle - turned @ [SIDE / 2, SIDE / 2]]), [0, 0, 1]])

    def _exposed(self, scene: NDArray[np.float32], at_s: float) -> Picture:
        rng = np.random.default_rng([self._seed, round(at_s * 1000), 0x6E6F69])
        light = self._light * (1 + 0.12 * float(np.sin(self._phases[3])) + 0.02 * self._wave(at_s, 0))
        slope = np.linspace(-1, 1, COLUMNS, dtype=np.float32) * float(self._light * 0.12 * np.sin(self._phases[2]))
        down, across = rng.integers(0, GRAIN_PX, 2)
        noise = self._grain[down : down + ROWS, across : across + COLUMNS, None]
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


def _add_head(scene: Scene, cutout: Cutout, placed: Matrix, turn_rad: float) -> None:
    x, y = _seen_from(placed)
    mask = cv2.remap(_outline(cutout.centre, cutout.half_width), x, y, cv2.INTER_LINEAR, borderValue=0)[..., None]
    x, y = turn_head(x, y, cutout, turn_rad)
    head = cv2.remap(cutout.rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scene += mask * (head - scene)


def _seen_from(placed: Matrix) -> tuple[Grid, Grid]:
    """For each pixel of the frame, the point of the cut-out that an affine placement shows there."""
    x, y = np.arange(COLUMNS, dtype=np.float32)[None, :], np.arange(ROWS, dtype=np.float32)[:, None]
    back = np.linalg.inv(placed).astype(np.float32)
    return back[0, 0] * x + back[0, 1] * y + back[0, 2], back[1, 0] * x + back[1, 1] * y + back[1, 2]


@cache
def _outline(centre: tuple[float, float], half_width: float) -> Scene:
    return head_outline(centre, half_width)
