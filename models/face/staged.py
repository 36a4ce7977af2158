"""Photographs put where a kiosk's camera would see them, and spoilt as its pictures are spoilt. Synthetic, seeded.

Distances are told from the eyes: 63 mm apart on average, before a lens of 62 degrees across 640 pixels (the Raspberry
Pi's camera module 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.face_library import FaceLibrary
from models.face.orl import Photo, Picture
from sim.camera import SimulatedCamera
from sim.portraits import load_portrait
from sim.script import Portrait, Sky, VisitScript
from sim.studio import COLUMNS, ROWS

EYES_M = 0.063
FOCAL_PX = COLUMNS / 2 / np.tan(np.radians(62 / 2))
# A photograph is first brought to this height, at which its eyes are found.
MEASURED_ROWS = 336


@dataclass(frozen=True)
class Head:
    """A picture of one head and how far apart its eyes are, in its pixels."""

    rgb: Picture
    eyes_px: float


def portraits(library: FaceLibrary) -> list[Head]:
    """The two portraits of the staged homes."""
    found = [_measured(load_portrait(portrait).rgb, library) for portrait in Portrait]
    return [Head(rgb, eyes_px) for rgb, eyes_px in found if eyes_px is not None]


def heads_of(photos: Sequence[Photo], library: FaceLibrary) -> list[Head]:
    """Every photograph; the eyes of one who looks aside are as far apart as in the person's own other photographs."""
    heads = []
    for person in sorted({photo.person for photo in photos}):
        found = [_measured(photo.rgb, library) for photo in photos if photo.person == person]
        eyes_px = float(np.median([eyes_px for _, eyes_px in found if eyes_px is not None]))
        heads += [Head(rgb, eyes_px) for rgb, _ in found]
    return heads


def _measured(rgb: Picture, library: FaceLibrary) -> tuple[Picture, float | None]:
    scale = MEASURED_ROWS / rgb.shape[0]
    large = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    boxes = library.boxes(large)
    if not boxes:
        return large, None
    points = library.five_points(large, max(boxes, key=lambda box: box[2] - box[0]))
    return large, float(np.linalg.norm(points[0] - points[1]))


def empty_room(seed: int) -> Picture:
    """What the camera of a staged home sees when nobody is there: uint8 [480, 640, 3]."""
    script = VisitScript(seed, 0, 60.0, (), (), (), Sky(0.0, 0.0))
    (frame,) = SimulatedCamera(script, [1.0]).readings()
    return frame.rgb


def at_distance(head: Head, distance_m: float, room: Picture, rng: np.random.Generator) -> Picture:
    """A head before a room, somewhere in the middle of the picture; what does not fit is cut off."""
    scale = FOCAL_PX * EYES_M / distance_m / head.eyes_px
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    pasted = cv2.resize(head.rgb, None, fx=scale, fy=scale, interpolation=way)
    height, width = pasted.shape[:2]
    left = (COLUMNS - width) / 2 + rng.uniform(-0.15, 0.15) * COLUMNS
    top = (ROWS - height) / 2 + rng.uniform(-0.05, 0.05) * ROWS
    place = np.array([[1, 0, left], [0, 1, top]])
    mask = cv2.warpAffine(_soft(height, width), place, (COLUMNS, ROWS))[..., None]
    moved = cv2.warpAffine(pasted, place, (COLUMNS, ROWS)).astype(np.float32)
    seen = room + mask * (moved - room) + rng.normal(0, 2, room.shape)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def _soft(height: int, width: int) -> NDArray[np.float32]:
    """A mask that fades at its edges, lest the detector see a frame around a picture."""
    mask = np.zeros((height, width), np.float32)
    rim = max(2, width // 16)
    mask[rim:-rim, rim:-rim] = 1
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), rim / 2), np.float32)
