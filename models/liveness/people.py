"""Faces of people from grey photographs, as the staged camera takes them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from edge_agent.errors import SensorError
from edge_agent.perception.face_library import FaceLibrary, Landmarks
from edge_agent.sensors.picture_files import read_picture
from sim.portraits import SIDE, Cutout
from sim.script import Portrait

HALF_WIDTH, MIDDLE = SIDE * 0.19, (SIDE / 2, SIDE * 0.42)


def photographs(orl: Path) -> dict[str, list[Path]]:
    """The photographs of each person of the ORL folder."""
    return {folder.name: sorted(folder.glob("*.pgm")) for folder in sorted(orl.iterdir()) if folder.is_dir()}


def cutout_of(path: Path, library: FaceLibrary) -> Cutout | None:
    """A photograph scaled to a cut-out as large as the portraits', ``None`` where no face is found in it."""
    rgb = read_picture(path)
    large = np.asarray(cv2.resize(rgb, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
    boxes = library.boxes(large)
    if not boxes:
        return None
    points = library.landmarks(large, max(boxes, key=lambda box: box[2] - box[0]))
    left, right = np.array(points.jaw_left, np.float64), np.array(points.jaw_right, np.float64)
    scale = HALF_WIDTH / (0.5 * float(np.linalg.norm(right - left)))
    shift = np.array(MIDDLE) - scale * (left + right) / 2
    place = np.column_stack([scale * np.eye(2), shift])
    cut = cv2.warpAffine(large, place, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    eyes = tuple(tuple(map(tuple, (scale * np.array(eye) + shift).tolist())) for eye in _eyes(points))
    return Cutout(np.asarray(cut, np.uint8), MIDDLE, HALF_WIDTH, eyes)  # type: ignore[arg-type]


def portraits_of(cutout: Cutout) -> Callable[[Portrait], Cutout]:
    """A source of portraits that has only this one."""

    def load(_portrait: Portrait) -> Cutout:
        return cutout

    return load


def first_cutout(paths: Sequence[Path], library: FaceLibrary) -> Cutout:
    """The first photograph that a face is found in.

    Raises:
        SensorError: a face is found in none.
    """
    for path in paths:
        cutout = cutout_of(path, library)
        if cutout is not None:
            return cutout
    raise SensorError(f"no face is found in {paths[0].parent}", f"{paths[0].parent} 里没有找到人脸")


def _eyes(points: Landmarks) -> tuple[tuple[tuple[int, int], ...], ...]:
    return points.eye_left, points.eye_right
