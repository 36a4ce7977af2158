"""A thermal array over a staged home, behind the device's own port.

script = ...                                     # a VisitScript
home = ThermalHome.seeded(script.seed)
array = SimulatedThermalArray(script, home, decoys=(HotSpot((2.7, 2.0)),))
for frame in array.readings():                   # rendered one by one, as they are asked for
    perceiver.perceive(frame)                    # an OccupancyPerceiver(store, home.bed)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sin

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import ThermalFrame
from sim.outages import Troubles
from sim.script import DecoyKind, Spot, Stay, VisitScript
from sim.thermal.bodies import FINE_COLUMNS, FINE_ROWS, Field, Grid, Lying, averaging, bed_warmth, lying, upright
from sim.thermal.decoys import Decoy
from sim.thermal.home import Point, ThermalHome
from sim.thermal.placing import placed
from sim.thermal.truth import present
from visit_record.vocabulary import Modality

BEDDING_WARMS_S, BEDDING_COOLS_S = 300.0, 480.0
BEDDING_SHARE = 0.22
WANDER_PERIODS_S = (4.1, 9.7, 23.0)


@dataclass(frozen=True)
class SimulatedThermalArray:
    """Implements ``Sensor[ThermalFrame]``: frames of [rows, columns] °C, the same ones for the same arguments.

    ``decoys`` are there beside those of the script's conditions, which have their places in every home.
    """

    script: VisitScript
    home: ThermalHome
    rows: int = 24
    columns: int = 32
    rate_hz: float = 1.0
    decoys: tuple[Decoy, ...] = ()
    starts_at_ms: int = 0

    @property
    def modality(self) -> Modality:
        """The sense this is."""
        return Modality.THERMAL

    def readings(self) -> Iterator[ThermalFrame]:
        """Yield one frame each ``1 / rate_hz`` seconds from check-in to check-out.

        Raises:
            SensorError: the script lets the array fail.
        """
        return Troubles.of(self.script, Modality.THERMAL).interrupt(self._frames(), self.starts_at_ms)

    def _frames(self) -> Iterator[ThermalFrame]:
        kinds = self.script.conditions.decoys
        rng = np.random.default_rng([self.script.seed, 0x7E41])
        bodies = _Bodies(self.home, Grid(self.home.view_m), rng.uniform(0, 2 * np.pi, (8, 6)).tolist())
        cells = _Cells(self.home, self.rows, self.columns, rng)
        bedding = _Bedding(bodies.warmth(), float(DecoyKind.WARM_BEDDING in kinds))
        decoys = (*self.decoys, *placed(kinds, self.home, self.script.seed, self.script.duration_s))
        for index in range(int(self.script.duration_s * self.rate_hz)):
            at_s = index / self.rate_hz
            fine = self._rise(bodies, bedding, present(self.script, at_s), at_s)
            for decoy in decoys:
                fine = np.maximum(fine, decoy.rise_k(bodies.grid, at_s))
            yield ThermalFrame(self.starts_at_ms + round(at_s * 1000), cells.read(fine, at_s, rng))

    def _rise(self, bodies: "_Bodies", bedding: "_Bedding", stays: tuple[Stay, ...], at_s: float) -> Field:
        in_bed = any(stay.spot is Spot.BED for stay in stays)
        rise = bedding.after(at_s, in_bed)
        for nth, stay in enumerate(stays):
            rise = np.maximum(rise, bodies.body(stay, nth, at_s))
        return rise * np.float32(self.home.skin_contrast_k)


@dataclass
class _Bedding:
    """Heat that the bedding has taken up; whoever lies in bed at check-in has warmed it already.

    An electric blanket keeps it at ``kept``.
    """

    pattern: Field
    kept: float = 0.0
    level: float = 0.0
    seen_s: float | None = None

    def after(self, at_s: float, in_bed: bool) -> Field:
        if self.seen_s is None:
            self.level = float(in_bed)
        else:
            settle_s = BEDDING_WARMS_S if in_bed else BEDDING_COOLS_S
            self.level += (in_bed - self.level) * float(1 - np.exp(-(at_s - self.seen_s) / settle_s))
        self.seen_s, self.level = at_s, max(self.level, self.kept)
        return self.pattern * np.float32(self.level * BEDDING_SHARE)


@dataclass(frozen=True)
class _Bodies:
    """People as fields; ``phases`` make every home's people move in their own way."""

    home: ThermalHome
    grid: Grid
    phases: list[list[float]]

    def body(self, stay: Stay, nth: int, at_s: float) -> Field:
        centre = self._place(stay, nth, at_s)
        if stay.spot is not Spot.BED:
            wide = 1.15 if stay.spot is Spot.SOFA else 1.0
            return upright(self.grid, centre, self.home.clothing, (1.0, wide))
        blanket = self.home.blanket * (0.5 if stay.moving else 1.0)
        return lying(self.grid, centre, Lying(self._along_columns, self._head_first, blanket))

    def warmth(self) -> Field:
        return bed_warmth(self.grid, self.home.spots_m[Spot.BED], self._along_columns)

    def _place(self, stay: Stay, nth: int, at_s: float) -> Point:
        row, column = self.home.spots_m[stay.spot]
        roams_m = 0.08 if stay.spot is Spot.BED else 0.25
        reach_m = roams_m if stay.moving else 0.015
        apart_m = 0.0 if stay.spot is Spot.BED else 0.5 * (nth - 1)
        down, across = self._wander(nth, at_s)
        return row + reach_m * down, column + apart_m + reach_m * across

    def _wander(self, nth: int, at_s: float) -> Point:
        phase = self.phases[nth % len(self.phases)]
        down = sum(sin(at_s * 2 * pi / period_s + phase[i]) for i, period_s in enumerate(WANDER_PERIODS_S))
        across = sum(sin(at_s * 2 * pi / period_s + phase[i + 3]) for i, period_s in enumerate(WANDER_PERIODS_S))
        return down / 2, across / 2

    @property
    def _along_columns(self) -> bool:
        row0, col0, row1, col1 = self.home.bed_m
        return col1 - col0 >= row1 - row0

    @property
    def _head_first(self) -> bool:
        return bool(self.phases[0][0] < pi)


class _Cells:
    """The array itself: averages the view into cells, and adds ambient drift, fixed offsets and noise."""

    def __init__(self, home: ThermalHome, rows: int, columns: int, rng: np.random.Generator) -> None:
        self._home = home
        self._down, self._across = averaging(FINE_ROWS, rows), averaging(FINE_COLUMNS, columns).T
        self._offsets = rng.normal(0, 0.1, (rows, columns)).astype(np.float32) + self._room(home)
        self._drift_phase = float(rng.uniform(0, 2 * np.pi))

    def _room(self, home: ThermalHome) -> Field:
        grid = Grid(home.view_m)
        pieces = np.sum([grid.empty(), *(piece.rise_k(grid) for piece in home.furniture)], axis=0)
        cells: Field = (self._down @ pieces @ self._across).astype(np.float32)
        return cells

    def read(self, rise: Field, at_s: float, rng: np.random.Generator) -> NDArray[np.float32]:
        room_c = self._home.ambient_c + self._home.drift_k * np.sin(at_s * 2 * np.pi / 5400 + self._drift_phase)
        cells = self._down @ rise @ self._across + self._offsets + np.float32(room_c)
        noise = rng.standard_normal(cells.shape, np.float32) * np.float32(self._home.noise_k)
        return (cells + noise).astype(np.float32)
