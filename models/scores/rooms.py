"""What the thermal array makes of staged situations, home by home, plain and with decoys: synthetic data alone."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from edge_agent.evidence.occupancy import STEP_MS, occupancy_evidence
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import OccupancyObservation
from models.occupancy.measuring import in_order
from sim.script import DecoyKind, Person, Sky, Stay, VisitScript
from sim.senses.measured import RoomRow, Seen, State
from sim.senses.situations import SITUATIONS, Situation
from sim.thermal import Decoy, HotSpot, Kettle, Pet, SimulatedThermalArray, SunPatch, ThermalHome
from visit_record.record import OccupancyEvidence, OccupancyInterval

EACH_S, SETTLED_S = 70, 10
NO_DECOY = "none"
PEOPLE = (Person.RECIPIENT, Person.CAREGIVER, Person.FAMILY, Person.FAMILY)


def room_rows(homes: range, model: Path, progress: Callable[[str], None]) -> list[RoomRow]:
    """A row for each home of these seeds and each kind of decoy, and without any."""
    return list(_rows(homes, model, progress))


def _rows(homes: range, model: Path, progress: Callable[[str], None]) -> Iterator[RoomRow]:
    for seed in homes:
        progress(f"rooms: home {seed}")
        home = ThermalHome.seeded(seed)
        for decoy in (None, *DecoyKind):
            decoys = () if decoy is None else (decoy_in(home, decoy, seed),)
            yield RoomRow(f"home-{seed}", NO_DECOY if decoy is None else decoy.value, _seen(seed, home, decoys, model))


def decoy_in(home: ThermalHome, kind: DecoyKind, seed: int) -> Decoy:
    """One warm thing somewhere in a home; warm bedding is in its bed."""
    rng = np.random.default_rng([seed, list(DecoyKind).index(kind)])
    somewhere = float(rng.uniform(0.4, home.view_m[0] - 0.4)), float(rng.uniform(0.4, home.view_m[1] - 0.4))
    row0, col0, row1, col1 = home.bed_m
    made: Mapping[DecoyKind, Decoy] = {
        DecoyKind.HEATER: HotSpot(somewhere, (0.08, 0.4)),
        DecoyKind.KETTLE: Kettle(somewhere),
        DecoyKind.SUN_PATCH: SunPatch(somewhere, (0.3, 0.3)),
        DecoyKind.WARM_BEDDING: HotSpot(
            ((row0 + row1) / 2, (col0 + col1) / 2), ((row1 - row0) / 2.5, (col1 - col0) / 2.5), float(rng.uniform(1, 4))
        ),
        DecoyKind.PET: Pet(somewhere),
    }
    return made[kind]


def _seen(seed: int, home: ThermalHome, decoys: tuple[Decoy, ...], model: Path) -> dict[str, Seen]:
    order = np.random.default_rng([seed, 0x0D]).permutation(len(SITUATIONS)).tolist()
    staged = [SITUATIONS[index] for index in order]
    frames = SimulatedThermalArray(_script(seed, staged), home, decoys=decoys).readings()
    seen = in_order(frames, model, home.bed)
    parts = [_settled(seen, number) for number in range(len(staged))]
    return {situation.name: _summed(part) for situation, part in zip(staged, parts, strict=True)}


def _script(seed: int, staged: Sequence[Situation]) -> VisitScript:
    stays = tuple(
        Stay(number * EACH_S, (number + 1) * EACH_S, person, spot, moving)
        for number, situation in enumerate(staged)
        for person, (spot, moving) in zip(PEOPLE, situation.people, strict=False)
    )
    return VisitScript(seed, 0, float(len(staged) * EACH_S), stays, (), (), Sky(31.2, 121.5))


def _settled(seen: Sequence[OccupancyObservation], number: int) -> tuple[OccupancyEvidence, int]:
    begin_ms, end_ms = 1000 * (number * EACH_S + SETTLED_S), 1000 * (number + 1) * EACH_S
    told = occupancy_evidence(seen, VisitClock(begin_ms, begin_ms, end_ms))
    if not isinstance(told, OccupancyEvidence):
        raise ValueError(f"the array saw nothing of situation {number}")
    return told, (end_ms - begin_ms) // STEP_MS


def _summed(part: tuple[OccupancyEvidence, int]) -> Seen:
    told, steps = part
    states = [state for interval in told.intervals for state in _steps(interval)]
    runs = [len(list(run)) for _, run in groupby(states)]
    shares = tuple((state, round(count / len(states), 3)) for state, count in Counter(states).most_common())
    path = told.path
    return Seen(
        states=shares,
        run_steps=round(float(np.mean(runs)), 1),
        cells_a_step=round(path.travelled_cells / steps, 2) if path else 0.0,
        moving_share=round(1 - path.still_share, 2) if path else 0.0,
    )


def _steps(interval: OccupancyInterval) -> list[State]:
    state = (
        interval.people,
        bool(interval.bed_occupied),
        bool(interval.caregiver_at_bedside),
        bool(interval.two_close),
    )
    return [state] * max(1, round(1000 * interval.duration_s / STEP_MS))


__all__ = ["decoy_in", "room_rows"]
