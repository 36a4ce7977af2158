"""The two real faces of the staged homes, read from the packages that carry them, and turned as heads turn."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from sim.script import Portrait

Picture = NDArray[np.uint8]
Grid = NDArray[np.float32]
# The six points of an eye, as dlib's model has them: outer or inner corner, two on the upper lid, the other corner, two
# on the lower lid.
Eye = tuple[tuple[float, float], ...]

# Height of a face as a share of the cut-out, so that both people stand equally far from the camera.
SIDE = 420


@dataclass(frozen=True)
class _Source:
    """Where a portrait lies in its package, the face's middle and half width there, and its eyes in the cut-out."""

    package: str
    path: str
    centre: tuple[float, float]
    half_width: float
    eyes: tuple[Eye, Eye]


SOURCES = {
    Portrait.GRACE_HOPPER: _Source(
        "matplotlib",
        "mpl-data/sample_data/grace_hopper.jpg",
        (278.0, 178.0),
        74.0,
        (
            ((137, 196), (146, 189), (156, 188), (167, 194), (157, 196), (146, 198)),
            ((224, 192), (233, 184), (244, 183), (253, 189), (244, 192), (234, 192)),
        ),
    ),
    Portrait.ASTRONAUT: _Source(
        "skimage",
        "data/astronaut.png",
        (222.0, 118.0),
        48.0,
        (
            ((165, 148), (174, 143), (185, 144), (194, 153), (183, 153), (172, 152)),
            ((236, 155), (245, 147), (256, 147), (265, 153), (256, 157), (246, 156)),
        ),
    ),
}


@dataclass(frozen=True)
class Cutout:
    """A square cut around a face, uint8 [420, 420, 3]; the face's middle, half width and eyes are in its pixels."""

    rgb: Picture
    centre: tuple[float, float]
    half_width: float
    eyes: tuple[Eye, Eye]


def load_portrait(portrait: Portrait) -> Cutout:
    """Cut a portrait out, scaled so that every face is equally wide.

    Raises:
        SensorError: the package that carries the portrait is not installed, or its picture cannot be read.
    """
    source = SOURCES[portrait]
    spec = find_spec(source.package)
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    bgr = cv2.imread(str(folder / source.path))
    if bgr is None:
        raise SensorError(
            f"the portrait {source.path} of {source.package} cannot be read; run `make setup`",
            f"读不出 {source.package} 里的人像 {source.path}；请运行 `make setup`",
        )
    half_width = SIDE * 0.19
    scale = half_width / source.half_width
    centre = (SIDE / 2, SIDE * 0.42)
    place = np.array(
        [[scale, 0, centre[0] - scale * source.centre[0]], [0, scale, centre[1] - scale * source.centre[1]]]
    )
    cut = cv2.warpAffine(bgr, place, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Cutout(np.asarray(cv2.cvtColor(cut, cv2.COLOR_BGR2RGB), np.uint8), centre, half_width, source.eyes)


def turn_head(x: Grid, y: Grid, cutout: Cutout, angle_rad: float) -> tuple[Grid, Grid]:
    """Where in the cut-out each point of a turned head is found.

    The head is an upright cylinder whose skin moves round while its outline stays: the nose travels between the jaw's
    sides, which no way of holding a flat picture can do. Fades out beyond the outline and at neck and crown.
    """
    sideways = (x - cutout.centre[0]) / (1.25 * cutout.half_width)
    around = np.arcsin(np.clip(sideways, -1, 1)) - angle_rad
    shift = np.sin(around) - np.clip(sideways, -1, 1)
    beyond = np.clip(1.8 - np.abs(sideways), 0, 0.8) / 0.8
    above = np.abs(y - cutout.centre[1]) / (2.2 * cutout.half_width)
    fade = beyond * np.clip(2.0 - 1.6 * above, 0, 1)
    return np.asarray(x + shift * fade * 1.25 * cutout.half_width, np.float32), y


def eyes_shut(cutout: Cutout) -> Picture:
    """The cut-out with both eyes shut: the skin around grown over them, and lashes along the lower lid."""
    grown = cv2.inpaint(cutout.rgb, _eye_mask(cutout, 1.0, 0.42), 5, cv2.INPAINT_TELEA)
    grain = np.random.default_rng(0x6C6964).normal(0, 3, grown.shape[:2])[..., None]
    mask = cv2.GaussianBlur(_eye_mask(cutout, 1.0, 0.42), (0, 0), 1.5)[..., None] / 255
    shut = np.asarray(np.clip(cutout.rgb + mask * (grown + grain - cutout.rgb), 0, 255), np.uint8)
    for eye in cutout.eyes:
        middle, wide = np.mean(eye, axis=0), float(np.ptp(np.array(eye)[:, 0]))
        at = (round(float(middle[0])), round(float(middle[1]) - 0.06 * wide))
        dark = tuple(int(0.45 * channel) for channel in shut[at[1], at[0]])
        cv2.ellipse(shut, at, (round(0.46 * wide), round(0.17 * wide)), 0, 15, 165, dark, 2, cv2.LINE_AA)
    return shut


def lids_drawn(cutout: Cutout, shut: Picture, closed: float) -> Picture:
    """The cut-out with the lids drawn over the eyes, 0 not .. 1 wholly: from above, by what is shut of ``shut``."""
    if closed <= 0:
        return cutout.rgb
    y = np.arange(SIDE, dtype=np.float32)[:, None]
    mask = np.zeros((SIDE, SIDE), np.float32)
    for eye in cutout.eyes:
        points = np.array(eye, np.float32)
        high, wide = 0.55 * float(np.ptp(points[:, 0])), 0.75 * float(np.ptp(points[:, 0]))
        lid = points[:, 1].mean() - high + 2 * high * closed
        near = (np.abs(np.arange(SIDE) - points[:, 0].mean()) < wide)[None, :] & (
            np.abs(y - points[:, 1].mean()) < high
        )
        mask = np.maximum(mask, near * np.clip(lid - y, 0, 1))
    return np.asarray(cutout.rgb + mask[..., None] * (shut.astype(np.float32) - cutout.rgb), np.uint8)


def _eye_mask(cutout: Cutout, wide: float, high: float) -> Picture:
    """255 in ellipses around the eyes, their axes in widths of an eye."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for eye in cutout.eyes:
        middle, width = np.mean(eye, axis=0), float(np.ptp(np.array(eye)[:, 0]))
        axes = (round(wide * width / 2 + 2), round(high * width))
        cv2.ellipse(mask, (round(float(middle[0])), round(float(middle[1]))), axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    return mask


def head_outline(centre: tuple[float, float], half_width: float) -> NDArray[np.float32]:
    """Mask 0..1 [420, 420] of head and shoulders with soft edges, so that the portrait's own room stays out."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    away_x = (x - centre[0]) / half_width
    away_y = (y - centre[1]) / half_width
    head = np.hypot(away_x / 1.7, away_y / 2.1)
    shoulders = np.hypot(away_x / 2.6, (away_y - 3.2) / 1.9)
    inside = np.minimum(head, shoulders)
    return np.asarray(np.clip((1.12 - inside) / 0.24, 0, 1), np.float32)
