"""Occupancy of a script as a device would have summed it up, without rendering a frame."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_agent.evidence.occupancy import MOST_INTERVALS, STEP_MS
from sim.history.watch import Watch, total_s
from sim.script import VisitScript
from sim.senses import Senses
from sim.senses.measured import Seen, State
from sim.senses.situations import Situation
from visit_record.record import NotObserved, OccupancyEvidence, OccupancyInterval, PathStatistics
from visit_record.vocabulary import NotObservedReason

STEP_S = STEP_MS / 1000
NOTHING = -1

Codes = NDArray[np.int64]


def occupancy_of(
    script: VisitScript, device: str, watch: Watch, senses: Senses, rng: np.random.Generator
) -> OccupancyEvidence | NotObserved:
    """Steps of ten seconds, each as the array makes of who is there; those that say the same are taken together."""
    parts = [_part(script, device, first, last, senses) for first, last in _segments(script)]
    codes = np.concatenate([_drawn(seen, steps, rng) for seen, steps in parts])
    middles_s = np.minimum((np.arange(len(codes)) + 0.5) * STEP_S, script.duration_s - 1e-3)
    for start_s, end_s in watch.gaps:
        codes[(middles_s >= start_s) & (middles_s < end_s)] = NOTHING
    if (codes == NOTHING).all():
        return NotObserved(NotObservedReason.SENSOR_FAULT)
    missed_s = total_s([(start_s, min(end_s, script.duration_s)) for start_s, end_s in watch.gaps])
    coverage = max(0.0, 1 - missed_s / script.duration_s)
    return OccupancyEvidence(_intervals(codes, script), _path(parts, coverage, rng), coverage)


def _segments(script: VisitScript) -> Iterator[tuple[float, float]]:
    """Stretches over which nobody comes, goes or moves elsewhere."""
    edges = {0.0, script.duration_s, *(at_s for stay in script.stays for at_s in (stay.start_s, stay.end_s))}
    yield from pairwise(sorted(at_s for at_s in edges if 0 <= at_s <= script.duration_s))


def _part(script: VisitScript, device: str, start_s: float, end_s: float, senses: Senses) -> tuple[Seen, int]:
    """What the array makes of a stretch, and how many steps it decides: those whose middle lies in it."""
    here = [stay for stay in script.stays if stay.start_s <= start_s and stay.end_s >= end_s]
    steps = _before(end_s, script.duration_s) - _before(start_s, script.duration_s)
    return senses.rooms.seen(device, script.conditions.decoys, Situation.of(here)), steps


def _before(at_s: float, duration_s: float) -> int:
    """How many steps have their middle before a moment; at check-out, all that were begun."""
    return int(-(-duration_s // STEP_S)) if at_s >= duration_s else int(at_s / STEP_S + 0.5)


def _drawn(seen: Seen, steps: int, rng: np.random.Generator) -> Codes:
    """A state for each step; each lasts as long as such states do."""
    if len(seen.states) == 1 or steps < 1:
        return np.full(steps, _code(seen.states[0][0]))
    codes = np.array([_code(state) for state, _ in seen.states])
    shares = np.cumsum([share for _, share in seen.states])
    runs = rng.geometric(1 / max(1.0, seen.run_steps), steps)
    states = np.searchsorted(shares / shares[-1], rng.random(steps))
    return np.repeat(codes[states], runs)[:steps]


def _code(state: State) -> int:
    people, *flags = state
    return 8 * people + sum(flag << place for place, flag in enumerate(flags))


def _state(code: int) -> State:
    return code // 8, bool(code & 1), bool(code & 2), bool(code & 4)


def _intervals(codes: Codes, script: VisitScript) -> tuple[OccupancyInterval, ...]:
    step_s = STEP_S
    while len(firsts := np.flatnonzero(np.diff(codes, prepend=NOTHING - 1))) > MOST_INTERVALS:
        codes, step_s = _coarser(codes), 2 * step_s
    ends = [*firsts[1:].tolist(), len(codes)]
    return tuple(
        _interval(int(codes[first]), first * step_s, min(end * step_s, script.duration_s), script)
        for first, end in zip(firsts.tolist(), ends, strict=True)
        if codes[first] != NOTHING
    )


def _coarser(codes: Codes) -> Codes:
    """Two steps as one: what the first says, or the second where the first was blind."""
    even = np.append(codes, codes[-1:]) if len(codes) % 2 else codes
    return np.where(even[::2] == NOTHING, even[1::2], even[::2])


def _interval(code: int, start_s: float, end_s: float, script: VisitScript) -> OccupancyInterval:
    people, bed, bedside, close = _state(code)
    at_ms = script.started_at_ms + round(1000 * start_s)
    return OccupancyInterval(at_ms, round(end_s - start_s, 3), people, bed, bedside, close)


def _path(parts: Sequence[tuple[Seen, int]], coverage: float, rng: np.random.Generator) -> PathStatistics:
    """Cells travelled, and the share of steps of time in which nobody did, as such situations have them."""
    steps = sum(count for _, count in parts)
    moving = sum(int(rng.binomial(count, seen.moving_share)) for seen, count in parts if seen.moving_share)
    cells = sum(count * seen.cells_a_step for seen, count in parts) * float(np.exp(rng.normal(0, 0.1)))
    return PathStatistics(round(coverage * cells, 1), round(1 - moving / max(1, steps), 4))
