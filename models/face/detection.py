"""How often and how fast faces are found, by the size at which they are looked for and by distance."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import Box
from models.face.orl import Picture
from models.face.staged import Head, at_distance, empty_room

DISTANCES_M = (0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5)
ROOMS = 8


@dataclass(frozen=True)
class Found:
    """Of pictures with one face at ``distance_m``: the share in which it was found, boxes elsewhere, and the cost."""

    distance_m: float
    share: float
    astray: int
    median_ms: float


def found_by_distance(engine: FaceEngine, heads: Sequence[Head], seed: int = 0) -> list[Found]:
    """One row for each distance; each head stands once at each."""
    rooms = [empty_room(seed + i) for i in range(ROOMS)]
    return [_found(engine, heads, distance_m, rooms, seed) for distance_m in DISTANCES_M]


def _found(engine: FaceEngine, heads: Sequence[Head], distance_m: float, rooms: Sequence[Picture], seed: int) -> Found:
    rng = np.random.default_rng([seed, round(1000 * distance_m)])
    hits, astray, costs_s = 0, 0, []
    for index, head in enumerate(heads):
        picture = at_distance(head, distance_m, rooms[index % len(rooms)], rng)
        started_s = time.process_time()
        boxes = engine.boxes(picture)
        costs_s.append(time.process_time() - started_s)
        hits += bool(boxes)
        astray += max(0, len(boxes) - 1)
    return Found(distance_m, hits / len(heads), astray, 1000 * float(np.median(costs_s)))


def false_faces(engine: FaceEngine, rooms: int = 20) -> int:
    """Faces found in rooms without any."""
    return sum(len(engine.boxes(empty_room(1000 + seed))) for seed in range(rooms))


def largest(boxes: Sequence[Box]) -> Box:
    """The box of the face that is nearest to the camera."""
    return max(boxes, key=lambda box: box[2] - box[0])
