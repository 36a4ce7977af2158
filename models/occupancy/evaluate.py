"""Measure the occupancy model through the device's own perceiver.

    python -m models.occupancy.evaluate --data ../shared/data

Recordings are judged by models that never saw their day (``train.py --leave-out`` makes them in build/occupancy/);
staged scenes and staged visits come from seeds that training does not use.
"""

import argparse
import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import OccupancyObservation
from edge_agent.perception.bed import BedArea
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.occupancy import ROLE, OccupancyPerceiver
from edge_agent.readings import ThermalFrame
from models.occupancy.omron import recordings
from models.occupancy.scenes import Scene, scenes
from sim.script import Person, Sky, Spot, Stay, VisitScript
from sim.thermal import (
    Decoy,
    HotSpot,
    OccupancyTruth,
    Pet,
    SimulatedThermalArray,
    SunPatch,
    ThermalHome,
    occupancy_truth,
)

HERE = Path(__file__).parent
HELD_OUT_SEED = 990_001
HELD_OUT_HOMES = range(7_000, 7_030)
DECOYS: dict[str, tuple[Decoy, ...]] = {
    "heater": (HotSpot((2.8, 2.0), (0.08, 0.4)),),
    "sun patch": (SunPatch((1.6, 3.6), (0.3, 0.3)),),
    "cat": (Pet((2.0, 2.0)),),
}


def store_of(model: Path) -> ModelStore:
    """A store that holds one occupancy model, so that what is measured is what a device runs."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    return ModelStore(model.parent, {ROLE: ModelEntry(ROLE, model.name, digest, "", "", "", "", "")})


def seen_in(
    frames: Iterable[NDArray[np.float32]], model: Path, bed: BedArea | None = None
) -> list[OccupancyObservation]:
    """What the model sees in frames of [rows, columns] °C."""
    perceiver = OccupancyPerceiver(store_of(model), bed)
    return [perceiver.perceive(ThermalFrame(i, cells)) for i, cells in enumerate(frames)]


def balanced_accuracy(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Mean of the shares of positives and negatives judged rightly; NaN where either is missing."""
    if truth.all() or not truth.any():
        return float("nan")
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def recorded_report(data: Path, build: Path) -> Iterator[str]:
    """Presence and posture on the Omron bedroom recordings, each day judged by the model that never saw it."""
    told: dict[str, list[NDArray[np.bool_]]] = {}
    for recording in recordings(data):
        seen = seen_in(recording.celsius, build / f"without_{recording.day}.onnx")
        rows = np.array([[recording.present, bool(s.people), recording.lying, s.posture == "lying"] for s in seen])
        if recording.numbered:
            told.setdefault(recording.day, []).append(rows.astype(bool))
        else:
            yield f"{recording.name}: {len(rows)} frames, presence right {(rows[:, 0] == rows[:, 1]).mean():.3f}"
    days = {day: np.concatenate(parts) for day, parts in sorted(told.items())}
    for day, rows in (*days.items(), ("numbered files of all days", np.concatenate(list(days.values())))):
        somebody = rows[rows[:, 0]]
        presence, posture = balanced_accuracy(rows[:, 0], rows[:, 1]), balanced_accuracy(somebody[:, 2], somebody[:, 3])
        yield f"{day}: {len(rows)} frames, presence {presence:.3f}, lying against upright {posture:.3f}"


def scene_report(model: Path, count: int) -> Iterator[str]:
    """Count, bed, bedside and nearness on staged scenes of held-out seeds, by size of array."""
    by_size: dict[tuple[int, ...], list[tuple[Scene, OccupancyObservation]]] = {}
    perceiver = OccupancyPerceiver(store_of(model))
    for scene in scenes(HELD_OUT_SEED, count):
        perceiver.watch(scene.bed)
        seen = perceiver.perceive(ThermalFrame(0, scene.celsius))
        by_size.setdefault(scene.celsius.shape, []).append((scene, seen))
    for size, pairs in sorted(by_size.items()):
        yield f"staged {size[0]}x{size[1]}, {len(pairs)} scenes: {_scene_figures(pairs)}"


def _scene_figures(pairs: list[tuple[Scene, OccupancyObservation]]) -> str:
    off = np.array([abs((seen.people or 0) - scene.people) for scene, seen in pairs])
    presence = [bool(seen.people) == (scene.people > 0) for scene, seen in pairs]
    bed = [seen.bed_occupied == scene.bed_occupied for scene, seen in pairs]
    beside = [seen.caregiver_at_bedside == scene.bedside for scene, seen in pairs if scene.bedside is not None]
    close = [seen.two_close == scene.two_close for scene, seen in pairs if scene.two_close is not None]
    return (
        f"count exact {np.mean(off == 0):.3f}, within one {np.mean(off <= 1):.3f}, presence {np.mean(presence):.3f}, "
        f"bed {np.mean(bed):.3f}, bedside {np.mean(beside):.3f}, two close {np.mean(close):.3f}"
    )


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
    """Frames of staged visits in held-out homes, plain, with each warm thing that is nobody, and with all of them."""
    for name, decoys in {"none": (), **DECOYS, "all three": sum(DECOYS.values(), ())}.items():
        pairs = []
        for seed in HELD_OUT_HOMES:
            script, home = staged_visit(seed), ThermalHome.seeded(seed)
            array = SimulatedThermalArray(script, home, rate_hz=0.05, decoys=decoys)
            perceiver = OccupancyPerceiver(store_of(model), home.bed)
            pairs += [(occupancy_truth(script, f.at_ms / 1000), perceiver.perceive(f)) for f in array.readings()]
        yield f"staged visits, {len(HELD_OUT_HOMES)} homes, {name}, {len(pairs)} frames: {_visit_figures(pairs)}"


def _visit_figures(pairs: list[tuple[OccupancyTruth, OccupancyObservation]]) -> str:
    off = np.array([abs((seen.people or 0) - truth.people) for truth, seen in pairs])
    names = ("bed_occupied", "caregiver_at_bedside", "two_close")
    shares = (f"{name} {np.mean([getattr(t, name) == getattr(s, name) for t, s in pairs]):.3f}" for name in names)
    return f"count exact {np.mean(off == 0):.3f}, within one {np.mean(off <= 1):.3f}, " + ", ".join(shares)


def latency_report(model: Path) -> str:
    """Milliseconds a frame on one thread, resizing and decoding included."""
    frames = [scene.celsius for scene in scenes(HELD_OUT_SEED + 1, 300)]
    perceiver = OccupancyPerceiver(store_of(model), BedArea(0.1, 0.1, 0.5, 0.6))
    taken = []
    for i, cells in enumerate(frames * 3):
        began = time.perf_counter()
        perceiver.perceive(ThermalFrame(i, cells))
        taken.append((time.perf_counter() - began) * 1000)
    return f"one frame: p50 {np.percentile(taken, 50):.2f} ms, p95 {np.percentile(taken, 95):.2f} ms"


def main() -> None:
    """Print every figure of the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--build", type=Path, default=Path("build/occupancy"))
    parser.add_argument("--model", type=Path, default=HERE / "occupancy.onnx")
    asked = parser.parse_args()
    for lines in (recorded_report(asked.data, asked.build), scene_report(asked.model, 6000), visit_report(asked.model)):
        for line in lines:
            print(line)  # noqa: T201
    print(latency_report(asked.model))  # noqa: T201


if __name__ == "__main__":
    main()
