"""Rooms drawn at random: their view, bed, warm things that are nobody, and the array above them."""

from math import hypot

import numpy as np

from edge_agent.perception.bed import BedArea
from sim.thermal.bodies import FINE_COLUMNS, FINE_ROWS, Field, Grid, averaging
from sim.thermal.decoys import Decoy, HotSpot, Kettle, Pet, SunPatch
from sim.thermal.furniture import furnished

FULL = (24, 32)
ARRAYS = (FULL, FULL, FULL, FULL, FULL, (8, 8), (8, 8), (16, 16), (12, 16), (4, 4), (4, 4), (32, 32))


class Room:
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
        self.furniture = furnished(rng, self.view_m, float(rng.uniform(0, 0.7)))

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
        height, width = self.view_m
        row = float(self.rng.uniform(margin_m, height - margin_m))
        return row, float(self.rng.uniform(margin_m, width - margin_m))


def random_decoys(room: Room) -> list[Decoy]:
    """Heaters, kettles, sun patches and pets, often none, seldom all."""
    chances = ((0.25, _heater), (0.2, _kettle), (0.4, _sun), (0.3, _pet))
    return [drawn(room) for chance, drawn in chances if room.rng.random() < chance]


def _heater(room: Room) -> Decoy:
    rng = room.rng
    half = (float(rng.uniform(0.06, 0.18)), float(rng.uniform(0.06, 0.6)))
    half = half if rng.random() < 0.5 else (half[1], half[0])
    return HotSpot(room.inside(), half, float(rng.uniform(10, 45)))


def _kettle(room: Room) -> Decoy:
    """Anywhere between put on and cooled down."""
    half_m = float(room.rng.uniform(0.07, 0.13))
    return Kettle(room.inside(), float(room.rng.uniform(-4000, 170)), (half_m, half_m))


def _sun(room: Room) -> Decoy:
    rng = room.rng
    half = (float(rng.uniform(0.15, 0.8)), float(rng.uniform(0.15, 0.8)))
    return SunPatch(room.inside(), half, float(rng.uniform(0.8, 6.0)))


def _pet(room: Room) -> Decoy:
    return Pet(room.inside(), float(room.rng.uniform(0.15, 0.45)) * room.contrast_k)


def read(room: Room, rise: Field) -> Field:
    """What the array gives for kelvin above the room on the fine grid: float32 [rows, columns] °C of a random size."""
    rng = room.rng
    rows, columns = ARRAYS[int(rng.integers(len(ARRAYS)))]
    pieces = sum((piece.rise_k(room.grid) for piece in room.furniture), rise)
    cells = averaging(FINE_ROWS, rows) @ pieces @ averaging(FINE_COLUMNS, columns).T
    tilt = np.add.outer(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns)) * rng.normal(0, 0.15)
    offsets = rng.normal(0, rng.uniform(0.02, 0.25), (rows, columns))
    noise = rng.normal(0, rng.uniform(0.03, 0.3), (rows, columns))
    return (cells + room.ambient_c + tilt + offsets + noise).astype(np.float32)
