"""Single staged frames with their truth, drawn from rooms, people and decoys at random, to train and measure on.

Synthetic data alone: it is drawn by the same shapes as ``sim.thermal``, with a far wider spread of rooms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import hypot

import numpy as np

from edge_agent.perception.bed import BedArea
from edge_agent.perception.thermal_image import MODEL_COLUMNS, MODEL_ROWS
from sim.thermal.bodies import FINE_COLUMNS, FINE_ROWS, Field, Grid, Lying, averaging, bed_warmth, lying, upright
from sim.thermal.decoys import Decoy, HotSpot, Pet, SunPatch

HEAT_ROWS, HEAT_COLUMNS = 12, 16
ARRAYS = ((24, 32), (24, 32), (24, 32), (24, 32), (8, 8), (8, 8), (16, 16), (12, 16), (4, 4), (32, 32))
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


class _Room:
    """One room: its view, its bed, and the array above it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        height = float(rng.uniform(1.8, 4.2))
        width = height * float(rng.uniform(0.9, 1.5))
        self.view_m = (height, width)
        self.grid = Grid(self.view_m)
        self.along = bool(rng.random() < 0.6)
        self.bed_centre, self.bed_half = self._bed()
        self.ambient_c = float(rng.uniform(16, 30.5))
        self.contrast_k = max(2.0, 34.0 - self.ambient_c)

    def _bed(self) -> tuple[tuple[float, float], tuple[float, float]]:
        long_m, wide_m = float(self.rng.uniform(0.92, 1.02)), float(self.rng.uniform(0.42, 0.75))
        half = (wide_m, long_m) if self.along else (long_m, wide_m)
        slack = [max(0.0, side / 2 - part * 0.8) for side, part in zip(self.view_m, half, strict=True)]
        centre = tuple(side / 2 + float(self.rng.uniform(-s, s)) for side, s in zip(self.view_m, slack, strict=True))
        return (centre[0], centre[1]), half

    def bed(self) -> BedArea:
        """The bed as shares, each edge off by a few centimetres, as people who draw it on a screen are."""
        edges = []
        for axis in (0, 1):
            for sign in (-1, 1):
                at = self.bed_centre[axis] + sign * self.bed_half[axis] + float(self.rng.normal(0, 0.06))
                edges.append(float(np.clip(at / self.view_m[axis], 0, 1)))
        return BedArea(edges[0], edges[2], edges[1], edges[3])

    def off_bed_m(self, point: tuple[float, float]) -> float:
        """Distance in metres from a point to the bed's edge; 0 on the bed."""
        gaps = [max(0.0, abs(point[a] - self.bed_centre[a]) - self.bed_half[a]) for a in (0, 1)]
        return hypot(*gaps)

    def inside(self, margin_m: float = 0.12) -> tuple[float, float]:
        """A random place in the view."""
        return tuple(float(self.rng.uniform(margin_m, side - margin_m)) for side in self.view_m)  # type: ignore[return-value]


def random_scene(rng: np.random.Generator) -> Scene:
    """One frame from one new room."""
    room = _Room(rng)
    count = int(rng.choice(len(CROWD), p=CROWD))
    in_bed = count > 0 and rng.random() < 0.62
    fields, heads = _people(room, count, bool(in_bed))
    rise = np.max(fields, axis=0) if fields else room.grid.empty()
    rise = np.maximum(rise, _warm_bedding(room, bool(in_bed))) * np.float32(room.contrast_k)
    for decoy in _decoys(room):
        rise = np.maximum(rise, decoy.rise_k(room.grid, 0.0))
    return Scene(
        celsius=_read(room, rise),
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


def _people(room: _Room, count: int, in_bed: bool) -> tuple[list[Field], list[tuple[float, float, bool]]]:
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


def _lying(room: _Room, in_bed: bool) -> Lying:
    rng = room.rng
    blanket = float(rng.choice((0.0, rng.uniform(0.1, 0.75)), p=(0.2, 0.8))) if in_bed else 0.0
    along = room.along if in_bed else bool(rng.integers(2))
    return Lying(along, bool(rng.integers(2)), blanket, bool(rng.random() < 0.12), float(rng.uniform(0.4, 0.75)))


def _standing_place(room: _Room, heads: list[tuple[float, float, bool]], in_bed: bool) -> tuple[float, float]:
    """Beside the bed about half of the time, never where somebody else stands."""
    beside = in_bed and room.rng.random() < 0.55
    for _ in range(60):
        place = room.inside()
        apart = all(np.hypot(place[0] - row, place[1] - column) > 0.4 for row, column, _ in heads)
        off_m = room.off_bed_m(place)
        if apart and (off_m > 0.1) and (not beside or off_m < 0.5):
            return place
    return room.inside()


def _off_bed(room: _Room) -> tuple[float, float]:
    places = [room.inside(0.4) for _ in range(20)]
    return max(places, key=room.off_bed_m)


def _jittered(room: _Room, point: tuple[float, float], by_m: float) -> tuple[float, float]:
    row, column = point
    return row + float(room.rng.normal(0, by_m)), column + float(room.rng.normal(0, by_m))


def _warm_bedding(room: _Room, in_bed: bool) -> Field:
    left = float(room.rng.uniform(0.02, 0.24)) if in_bed or room.rng.random() < 0.45 else 0.0
    return bed_warmth(room.grid, _jittered(room, room.bed_centre, 0.12), room.along) * np.float32(left)


def _decoys(room: _Room) -> list[Decoy]:
    rng = room.rng
    found: list[Decoy] = []
    if rng.random() < 0.25:
        half = (float(rng.uniform(0.06, 0.18)), float(rng.uniform(0.06, 0.6)))
        half = half if rng.random() < 0.5 else (half[1], half[0])
        found.append(HotSpot(room.inside(), half, float(rng.uniform(10, 45))))
    if rng.random() < 0.25:
        half = (float(rng.uniform(0.15, 0.7)), float(rng.uniform(0.15, 0.7)))
        found.append(SunPatch(room.inside(), half, float(rng.uniform(1.0, 6.0))))
    if rng.random() < 0.2:
        found.append(Pet(room.inside(), float(rng.uniform(0.15, 0.35)) * room.contrast_k))
    return found


def _read(room: _Room, rise: Field) -> Field:
    rng = room.rng
    rows, columns = ARRAYS[int(rng.integers(len(ARRAYS)))]
    cells = averaging(FINE_ROWS, rows) @ rise @ averaging(FINE_COLUMNS, columns).T
    tilt = np.add.outer(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)) * rng.normal(0, 0.15)
    offsets = rng.normal(0, rng.uniform(0.02, 0.25), (rows, columns))
    noise = rng.normal(0, rng.uniform(0.03, 0.3), (rows, columns))
    return (cells + room.ambient_c + tilt + offsets + noise).astype(np.float32)


def _bedside(room: _Room, heads: list[tuple[float, float, bool]], in_bed: bool) -> bool | None:
    if not in_bed:
        return False
    off_m = min((room.off_bed_m((row, column)) for row, column, lies in heads if not lies), default=9.0)
    return None if 0.6 < off_m < 0.85 else off_m <= 0.6


def _two_close(room: _Room, heads: list[tuple[float, float, bool]]) -> bool | None:
    nearest = min((_apart_m(room, a, b) for i, a in enumerate(heads) for b in heads[:i]), default=9.0)
    return None if 0.9 < nearest < 1.25 else nearest <= 0.9


def _apart_m(room: _Room, one: tuple[float, float, bool], other: tuple[float, float, bool]) -> float:
    """Between two people; a lying body reaches 0.6 m from its middle along the bed."""
    gaps = [abs(one[0] - other[0]), abs(one[1] - other[1])]
    if one[2] != other[2]:
        axis = 1 if room.along else 0
        gaps[axis] = max(0.0, gaps[axis] - 0.6)
    return hypot(*gaps)


__all__ = ["HEAT_COLUMNS", "HEAT_ROWS", "MODEL_COLUMNS", "MODEL_ROWS", "Scene", "random_scene", "scenes"]
