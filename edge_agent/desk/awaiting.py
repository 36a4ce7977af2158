"""Waiting for whoever comes next, at work all the while."""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from edge_agent.actions import VisitEvent

BEAT_EVERY_S = 0.5


def awaited(turn: SimpleQueue[VisitEvent | None], beat: Callable[[], None]) -> VisitEvent | None:
    """The first that happens in a turn, however long that takes; ``beat`` is called again and again meanwhile."""
    while True:
        try:
            return turn.get(timeout=BEAT_EVERY_S)
        except Empty:
            beat()
