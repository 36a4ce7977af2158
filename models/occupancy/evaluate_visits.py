"""Staged visits in homes that training does not use, plain and with decoys: synthetic data alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import OccupancyObservation
from models.occupancy.measuring import in_order, interval, one_by_one
from sim.script import Person, Sky, Spot, Stay, VisitScript
from sim.thermal import (
    Decoy,
    HotSpot,
    Kettle,
    OccupancyTruth,
    Pet,
    SimulatedThermalArray,
    SunPatch,
    ThermalHome,
    occupancy_truth,
)

HELD_OUT_HOMES = range(7_200, 7_206)
# Frames of a second ago are no news: by itself, one in ten is looked at.
LOOKED_AT_ALONE = 10
DECOYS: dict[str, tuple[Decoy, ...]] = {
    "heater": (HotSpot((2.8, 2.0), (0.08, 0.4)),),
    "kettle": (Kettle((2.0, 2.6)),),
    "sun patch": (SunPatch((1.6, 3.6), (0.3, 0.3)),),
    "cat": (Pet((2.0, 2.0)),),
}
FIELDS = ("bed_occupied", "caregiver_at_bedside", "two_close")


def staged_visit(seed: int) -> VisitScript:
    """Forty minutes: the recipient in bed and later on the sofa, care at the bedside, a basin, an empty end."""
    stays = (
        Stay(0, 1500, Person.RECIPIENT, Spot.BED),
        Stay(1500, 2100, Person.RECIPIENT, Spot.SOFA),
        Stay(0, 60, Person.CAREGIVER, Spot.DOOR, moving=True),
        Stay(60, 900, Person.CAREGIVER, Spot.BEDSIDE, moving=True),
        Stay(900, 1200, Person.CAREGIVER, Spot.BASIN, moving=True),
        Stay(1200, 1500, Person.CAREGIVER, Spot.BEDSIDE, moving=True),
        Stay(1800, 2100, Person.CAREGIVER, Spot.BASIN, moving=True),
    )
    return VisitScript(seed, 0, 2400, stays, (), (), Sky(31.2, 121.5))


def visit_report(model: Path) -> Iterator[str]:
    """One frame a second, in order of time and each by itself; intervals come from whole homes drawn again."""
    for name, decoys in {"none": (), **DECOYS, "all four": sum(DECOYS.values(), ())}.items():
        homes = [_home(seed, decoys, model) for seed in HELD_OUT_HOMES]
        yield f"staged visits, {name}, each frame by itself, {_figures([alone for alone, _ in homes])}"
        yield f"staged visits, {name}, in order of time, {_figures([followed for _, followed in homes])}"


def _home(seed: int, decoys: tuple[Decoy, ...], model: Path) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    script, home = staged_visit(seed), ThermalHome.seeded(seed)
    frames = list(SimulatedThermalArray(script, home, decoys=decoys).readings())
    truth = [occupancy_truth(script, frame.at_ms / 1000) for frame in frames]
    alone = one_by_one(frames[::LOOKED_AT_ALONE], model, home.bed)
    return _rows(truth[::LOOKED_AT_ALONE], alone), _rows(truth, in_order(frames, model, home.bed))


def _rows(truth: Sequence[OccupancyTruth], seen: Sequence[OccupancyObservation]) -> NDArray[np.bool_]:
    """[frames, 5]: count exact, count within one, then each flag right."""
    rows = []
    for true, said in zip(truth, seen, strict=True):
        off = 9 if said.people is None else abs(said.people - true.people)
        rows.append([off == 0, off <= 1, *(getattr(true, name) == getattr(said, name) for name in FIELDS)])
    return np.array(rows, bool)


def _figures(homes: Sequence[NDArray[np.bool_]]) -> str:
    rows = np.concatenate(homes)
    names = ("count exact", "within one", *FIELDS)
    parts = [_figure(name, homes, column) for column, name in enumerate(names)]
    return f"{len(homes)} homes, {len(rows)} frames: " + ", ".join(parts)


def _figure(name: str, homes: Sequence[NDArray[np.bool_]], column: int) -> str:
    share = np.concatenate(homes)[:, column].mean()
    low, high = interval([rows[:, column] for rows in homes], lambda drawn: float(drawn.mean()))
    return f"{name} {share:.3f} ({low:.3f}..{high:.3f})"
