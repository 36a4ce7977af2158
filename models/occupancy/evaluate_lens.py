"""How often an empty room is called a covered lens, and a covered lens by its name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from edge_agent.observations import OccupancyObservation
from models.occupancy.measuring import in_order, numbered
from models.occupancy.omron import recordings
from sim.script import Sky, VisitScript
from sim.thermal import SimulatedThermalArray, ThermalHome, covered_frames

SIZES = ((4, 4), (8, 8), (12, 16), (24, 32), (32, 32))
SEEDS = range(7_100, 7_140)
MINUTES = 10


def lens_report(data: Path, model: Path) -> Iterator[str]:
    """Shares of frames called blind: real recordings; staged empty rooms and covers, which are synthetic data alone.

    A cover is called so after two minutes at the earliest, so 0.8 is the most that ten minutes of one can reach.
    """
    told = [(recording, in_order(numbered(recording.celsius), model)) for recording in recordings(data)]
    for name, present in (("nobody", False), ("somebody", True)):
        seen = [one for recording, told_of in told if recording.present is present for one in told_of]
        yield f"real recordings of {name}: {_blind(seen)}"
    for size in SIZES:
        empty = [_empty_room(seed, size, model) for seed in SEEDS]
        yield f"staged empty rooms, {size[0]}x{size[1]}: {_alarms(empty)}"
        covered = [in_order(covered_frames(seed, size, MINUTES * 60), model) for seed in SEEDS]
        yield f"staged covers, {size[0]}x{size[1]}: {_alarms(covered)}"


def _empty_room(seed: int, size: tuple[int, int], model: Path) -> list[OccupancyObservation]:
    home = ThermalHome.seeded(seed)
    script = VisitScript(seed, 0, MINUTES * 60, (), (), (), Sky(31.2, 121.5))
    return in_order(SimulatedThermalArray(script, home, size[0], size[1]).readings(), model, home.bed)


def _blind(seen: Sequence[OccupancyObservation]) -> str:
    return f"{sum(one.blind for one in seen)} of {len(seen)} frames called blind"


def _alarms(told: Sequence[Sequence[OccupancyObservation]]) -> str:
    called = sum(any(one.blind for one in seen) for seen in told)
    return f"{called} of {len(told)} called so, {_blind([one for seen in told for one in seen])}"
