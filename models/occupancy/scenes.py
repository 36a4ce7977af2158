"""Single staged frames with their truth, drawn from rooms, people and decoys at random, to train and measure on.

Synthetic data alone: it is drawn by the same shapes as ``sim.thermal``, with a far wider spread of rooms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot

import numpy as np

from edge_agent.perception.bed import BedArea
from models.occupancy.rooms import Room, random_decoys, read
from sim.thermal.bodies import Field, Lying, bed_warmth, lying, upright

HEAT_ROWS, HEAT_COLUMNS = 12, 16
CROWD = (0.22, 0.30, 0.34, 0.14)


@dataclass
class Scene:
    """A frame and its truth. ``None`` marks what is too near the line to call, and is not learnt from.

    ``celsius`` is float32 [rows, columns]; ``heads_m`` says where each person's middle is, and whether they lie.
    """

    celsius: Field
    bed: BedArea
    view_m: tuple[float, float]
    people: int
    bed_occupied: bool
    bedside: bool | None
    two_close: bool | None
    lying: bool
    heads_m: list[tuple[float, float, bool]] = field(default_factory=list)

    def heat(self) -> Field:
        """Float32 [2, 12, 16]: where somebody lies, and where somebody is upright, 0..1."""
        maps = np.zeros((2, HEAT_ROWS, HEAT_COLUMNS), np.float32)
        for row_m, column_m, lies in self.heads_m:
            down = (np.arange(HEAT_ROWS) + 0.5) - row_m / self.view_m[0] * HEAT_ROWS
            across = (np.arange(HEAT_COLUMNS) + 0.5) - column_m / self.view_m[1] * HEAT_COLUMNS
            spot = np.outer(np.exp(-((down / 1.1) ** 2)), np.exp(-((across / 1.1) ** 2)))
            maps[0 if lies else 1] = np.maximum(maps[0 if lies else 1], spot)
        return maps


def random_scene(rng: np.random.Generator) -> Scene:
    """One frame from one new room."""
    room = Room(rng)
    count = int(rng.choice(len(CROWD), p=CROWD))
    in_bed = count > 0 and rng.random() < 0.62
    fields, heads = _people(room, count, bool(in_bed))
    rise = np.max(fields, axis=0) if fields else room.grid.empty()
    rise = np.maximum(rise, _warm_bedding(room, bool(in_bed))) * np.float32(room.contrast_k)
    for decoy in random_decoys(room):
        rise = np.maximum(rise, decoy.rise_k(room.grid, 0.0))
    return Scene(
        celsius=read(room, rise),
        bed=room.bed(),
        view_m=room.view_m,
        people=count,
        bed_occupied=bool(in_bed),
        bedside=_bedside(room, heads, bool(in_bed)),
        two_close=_two_close(room, heads),
        lying=any(lies for *_, lies in heads),
        heads_m=heads,
    )


def scenes(seed: int, count: int) -> Iterator[Scene]:
    """``count`` scenes, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield random_scene(rng)


def _people(room: Room, count: int, in_bed: bool) -> tuple[list[Field], list[tuple[float, float, bool]]]:
    fields: list[Field] = []
    heads: list[tuple[float, float, bool]] = []
    for nth in range(count):
        if nth == 0 and (in_bed or room.rng.random() < 0.04):
            centre = _jittered(room, room.bed_centre, 0.12) if in_bed else _off_bed(room)
            fields.append(lying(room.grid, centre, _lying(room, in_bed)))
            heads.append((*centre, True))
        else:
            centre = _standing_place(room, heads, in_bed)
            size = (float(room.rng.uniform(0.75, 1.5)), float(room.rng.uniform(0.75, 1.5)))
            fields.append(upright(room.grid, centre, float(room.rng.uniform(0.32, 0.7)), size))
            heads.append((*centre, False))
    return fields, heads


def _lying(room: Room, in_bed: bool) -> Lying:
    rng = room.rng
    blanket = float(rng.choice((0.0, rng.uniform(0.1, 0.75)), p=(0.2, 0.8))) if in_bed else 0.0
    along = room.along if in_bed else bool(rng.integers(2))
    return Lying(along, bool(rng.integers(2)), blanket, bool(rng.random() < 0.12), float(rng.uniform(0.4, 0.75)))


def _standing_place(room: Room, heads: list[tuple[float, float, bool]], in_bed: bool) -> tuple[float, float]:
    """Beside the bed about half of the time, never where somebody else stands."""
    beside = in_bed and room.rng.random() < 0.55
    for _ in range(60):
        place = room.inside()
        apart = all(np.hypot(place[0] - row, place[1] - column) > 0.4 for row, column, _ in heads)
        off_m = room.off_bed_m(place)
        if apart and (off_m > 0.1) and (not beside or off_m < 0.5):
            return place
    return room.inside()


def _off_bed(room: Room) -> tuple[float, float]:
    places = [room.inside(0.4) for _ in range(20)]
    return max(places, key=room.off_bed_m)


def _jittered(room: Room, point: tuple[float, float], by_m: float) -> tuple[float, float]:
    row, column = point
    return row + float(room.rng.normal(0, by_m)), column + float(room.rng.normal(0, by_m))


def _warm_bedding(room: Room, in_bed: bool) -> Field:
    left = float(room.rng.uniform(0.02, 0.24)) if in_bed or room.rng.random() < 0.45 else 0.0
    return bed_warmth(room.grid, _jittered(room, room.bed_centre, 0.12), room.along) * np.float32(left)


def _bedside(room: Room, heads: list[tuple[float, float, bool]], in_bed: bool) -> bool | None:
    if not in_bed:
        return False
    off_m = min((room.off_bed_m((row, column)) for row, column, lies in heads if not lies), default=9.0)
    return None if 0.6 < off_m < 0.85 else off_m <= 0.6


def _two_close(room: Room, heads: list[tuple[float, float, bool]]) -> bool | None:
    nearest = min((_apart_m(room, a, b) for i, a in enumerate(heads) for b in heads[:i]), default=9.0)
    return None if 0.9 < nearest < 1.25 else nearest <= 0.9


def _apart_m(room: Room, one: tuple[float, float, bool], other: tuple[float, float, bool]) -> float:
    """Between two people; a lying body reaches 0.6 m from its middle along the bed."""
    gaps = [abs(one[0] - other[0]), abs(one[1] - other[1])]
    if one[2] != other[2]:
        axis = 1 if room.along else 0
        gaps[axis] = max(0.0, gaps[axis] - 0.6)
    return hypot(*gaps)
