"""Movement over the thermal array, from the places where perception saw the person who moves."""

from collections.abc import Sequence
from math import dist

from edge_agent.observations import OccupancyObservation
from visit_record.record import PathStatistics

# Smaller steps are fidgeting, and the model's own jitter.
JITTER_CELLS = 1.5


def path_statistics(seeing: Sequence[OccupancyObservation], step_ms: int) -> PathStatistics | None:
    """Cells travelled, counted only beyond 1.5 cells at a time, and the share of steps of time without such movement.

    An empty room is still: 0.0 travelled. ``None`` where people were seen, but never where.
    """
    if any(seen.people for seen in seeing) and not any(seen.centre for seen in seeing):
        return None
    moves = _moves(seeing)
    steps = {seen.at_ms // step_ms for seen in seeing}
    moving = {at_ms // step_ms for at_ms, _ in moves}
    return PathStatistics(sum(cells for _, cells in moves), 1 - len(moving) / len(steps))


def _moves(seeing: Sequence[OccupancyObservation]) -> list[tuple[int, float]]:
    """(when, how far) for each time that somebody left the place where they were last settled."""
    anchor: tuple[float, float] | None = None
    moves: list[tuple[int, float]] = []
    for seen in seeing:
        if seen.centre is None:
            anchor = None
        elif anchor is None:
            anchor = seen.centre
        elif (cells := dist(anchor, seen.centre)) >= JITTER_CELLS:
            moves.append((seen.at_ms, cells))
            anchor = seen.centre
    return moves
