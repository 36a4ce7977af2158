"""Staged visits of one hour for the tests of heat."""

from collections.abc import Iterable
from itertools import islice

from edge_agent.observations import OccupancyObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from sim.script import Person, Sky, Spot, Stay, VisitScript
from sim.thermal import Decoy, SimulatedThermalArray, ThermalHome

HOMES = (501, 502, 503)
LIES_IN_BED = Stay(0, 3600, Person.RECIPIENT, Spot.BED)
WORKS_AT_BEDSIDE = Stay(0, 3600, Person.CAREGIVER, Spot.BEDSIDE, moving=True)


def visit(seed: int, *stays: Stay, duration_s: float = 3600) -> VisitScript:
    return VisitScript(seed, 0, duration_s, stays, (), (), Sky(31.2, 121.5))


def array(
    seed: int,
    *stays: Stay,
    decoys: tuple[Decoy, ...] = (),
    rate_hz: float = 1.0,
    size: tuple[int, int] = (24, 32),
) -> SimulatedThermalArray:
    return SimulatedThermalArray(visit(seed, *stays), ThermalHome.seeded(seed), *size, rate_hz, decoys)


def seen(models: ModelStore, sensor: SimulatedThermalArray, frames: int = 60) -> list[OccupancyObservation]:
    perceiver = OccupancyPerceiver(models, sensor.home.bed)
    return [perceiver.perceive(frame) for frame in islice(sensor.readings(), frames)]


def share(flags: Iterable[bool | None]) -> float:
    told = [bool(flag) for flag in flags]
    return sum(told) / len(told)
