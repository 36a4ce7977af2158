"""Measure the occupancy model through the device's own perceiver.

    python -m models.occupancy.evaluate --data ../shared/data

Recordings are judged by models that never saw their day (``train.py --leave-out`` makes them in build/occupancy/);
staged scenes and staged visits come from seeds that training does not use.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from edge_agent.observations import OccupancyObservation
from edge_agent.perception.bed import BedArea
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.readings import ThermalFrame
from models.occupancy.evaluate_lens import lens_report
from models.occupancy.evaluate_recordings import recorded_report
from models.occupancy.evaluate_visits import staged_visit, visit_report
from models.occupancy.measuring import store_of
from models.occupancy.scenes import Scene, scenes
from sim.thermal import SimulatedThermalArray, ThermalHome

HERE = Path(__file__).parent
HELD_OUT_SEED = 990_001


def scene_report(model: Path, count: int) -> Iterator[str]:
    """Count, bed, bedside and nearness on staged scenes of held-out seeds, by size of array."""
    by_size: dict[tuple[int, ...], list[tuple[Scene, OccupancyObservation]]] = {}
    perceiver = OccupancyPerceiver(store_of(model))
    for scene in scenes(HELD_OUT_SEED, count):
        perceiver.watch(scene.bed)  # forgets the scene before
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


def latency_report(model: Path) -> str:
    """Milliseconds a frame on one thread, resizing, decoding and what is remembered of the frames before included."""
    frames = [frame for sensor in _arrays() for frame in islice(sensor.readings(), 400)]
    perceiver = OccupancyPerceiver(store_of(model), BedArea(0.1, 0.1, 0.5, 0.6))
    taken = []
    for frame in frames:
        began = time.perf_counter()
        perceiver.perceive(frame)
        taken.append((time.perf_counter() - began) * 1000)
    return f"one frame: p50 {np.percentile(taken, 50):.2f} ms, p95 {np.percentile(taken, 95):.2f} ms"


def _arrays() -> Iterator[SimulatedThermalArray]:
    for rows, columns in ((24, 32), (32, 32), (8, 8)):
        yield SimulatedThermalArray(staged_visit(7_900), ThermalHome.seeded(7_900), rows, columns)


def main() -> None:
    """Print every figure of the card, or of the parts asked for."""
    reports: dict[str, Callable[[argparse.Namespace], Iterable[str]]] = {
        "recordings": lambda asked: recorded_report(asked.data, asked.build),
        "lens": lambda asked: lens_report(asked.data, asked.model),
        "scenes": lambda asked: scene_report(asked.model, 4000),
        "visits": lambda asked: visit_report(asked.model),
        "latency": lambda asked: [latency_report(asked.model)],
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(reports), help=f"any of {', '.join(reports)}; all by default")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--build", type=Path, default=Path("build/occupancy"))
    parser.add_argument("--model", type=Path, default=HERE / "occupancy.onnx")
    asked = parser.parse_args()
    for part in asked.parts:
        for line in reports[part](asked):
            print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
