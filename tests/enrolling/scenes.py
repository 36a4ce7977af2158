"""Codes as a camera of 640 by 480 pixels sees them at arm's length: held up by hand, in a room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

from visit_record.code_parts import CodePart

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Room:
    """How a code is held up: its side in pixels, how far its corners and it are turned, and what light and lens do."""

    side: float = 380
    tilt: float = 0.0
    turn: float = 0.0
    blur: float = 0.6
    noise: float = 3.0
    light: float = 0.9


def drawn(text: str, error: str = "m") -> Picture:
    """A QR code as uint8 [side, side], with its quiet zone."""
    rows = segno.make_qr(text, error=error, boost_error=False).matrix_iter(scale=8, border=4)
    return np.array([[255 * (1 - module) for module in row] for row in rows], np.uint8)


def held_up(codes: Sequence[Picture], room: Room = Room(), seed: int = 1) -> Picture:
    """Codes side by side in one picture, blue first."""
    dice, scene = np.random.default_rng(seed), np.full((HEIGHT, WIDTH), 140.0)
    for place, code in enumerate(codes):
        centre = np.array([WIDTH * (place + 0.5) / len(codes), HEIGHT / 2])
        _put(scene, code, _corners(centre, room, dice))
    scene = cv2.GaussianBlur(scene, (0, 0), room.blur) * room.light + dice.normal(0, room.noise, scene.shape)
    grey = np.clip(scene, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def empty_room() -> Picture:
    """Nobody is there yet."""
    return held_up([])


def film(path: Path, scenes: Iterable[Picture], times: int = 5) -> Path:
    """A video of scenes, each ``times`` pictures long, at ten a second."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (WIDTH, HEIGHT))
    for scene in scenes:
        for _ in range(times):
            writer.write(scene)
    writer.release()
    return path


def scenes_of(parts: Iterable[CodePart], room: Room = Room()) -> list[Picture]:
    """One part after the other."""
    return [held_up([drawn(part.text)], room, part.number) for part in parts]


def pictures(folder: Path, scenes: Iterable[Picture]) -> Path:
    """A folder of pictures, in this order."""
    folder.mkdir()
    for number, scene in enumerate(scenes):
        assert cv2.imwrite(str(folder / f"{number:02}.png"), scene)
    return folder


def photographs(printed: str, folder: Path, lines: int = 30) -> Path:
    """A terminal of 100 columns and so many lines, photographed when each code was just printed."""
    words = printed.splitlines()
    # Below each code stands which one of how many it is.
    ends = [end for end, line in enumerate(words, start=1) if set(line) <= {"▀"} and line]
    return pictures(folder, [_screen(words[max(0, end + 1 - lines) : end + 1]) for end in ends])


def _screen(lines: Sequence[str]) -> Picture:
    """Light on dark, 8 by 16 pixels a character; letters are strokes, since nobody reads them here."""
    panel = np.zeros((480, 800, 3), np.uint8) if len(lines) <= 30 else np.zeros((16 * len(lines), 800, 3), np.uint8)
    lit = {"█": (0, 16), "▀": (0, 8), "▄": (8, 16), " ": (0, 0)}
    for row, line in enumerate(lines):
        for column, glyph in enumerate(line):
            top, bottom = lit.get(glyph, (6, 10))
            panel[16 * row + top : 16 * row + bottom, 8 * column : 8 * column + 8] = 255
    return panel


def _corners(centre: NDArray[np.float64], room: Room, dice: np.random.Generator) -> NDArray[np.float32]:
    half = room.side / 2
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    square = square + dice.uniform(-room.tilt, room.tilt, (4, 2)) * room.side
    cos, sin = np.cos(room.turn), np.sin(room.turn)
    return np.asarray(square @ np.array([[cos, sin], [-sin, cos]]) + centre, np.float32)


def _put(scene: NDArray[np.float64], code: Picture, corners: NDArray[np.float32]) -> None:
    side = len(code)
    own = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    way = cv2.getPerspectiveTransform(own, corners)
    seen = cv2.warpPerspective(code, way, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    covered = cv2.warpPerspective(np.full_like(code, 255), way, (WIDTH, HEIGHT)) > 127
    scene[covered] = seen[covered]
