"""Recorded senses at the pace of a clock, while people do as they please: a replay that can be taken part in."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from edge_agent.actions import VisitEvent
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.timeline import Happening, TimePassed, merged
from visit_record.vocabulary import Modality

# So often a visit notices that time has passed, once its recordings have ended.
TICK_MS = 500


@dataclass(frozen=True)
class Pace:
    """A monotonic clock in ms; ``speed`` is how much faster than life it runs."""

    clock: Callable[[], int]
    speed: float = 1.0

    def gather(
        self, events: Iterable[VisitEvent], sensors: Sequence[Sensor[Reading]], starts_at_ms: int
    ) -> Generator[Happening, None, None]:
        """A witness's ``gather``: the recordings begin at ``starts_at_ms``; people's end ends it all."""
        people = _People(self, events)
        later = [_Later(sensor, starts_at_ms) for sensor in sensors]
        for reading in merged([], later, starts_at_ms):
            yield from people.until(reading.at_ms)
            if people.gone:
                return
            yield reading
        while not people.gone:
            due_ms = self.clock() + TICK_MS
            yield from people.until(due_ms)
            yield TimePassed(due_ms)


class _People:
    """Listens to people in a thread of its own, since nobody knows when they will say something."""

    def __init__(self, pace: Pace, events: Iterable[VisitEvent]) -> None:
        self.gone = False
        self._pace = pace
        self._said: SimpleQueue[VisitEvent | None] = SimpleQueue()
        threading.Thread(target=self._listen, args=(events,), name="people", daemon=True).start()

    def until(self, due_ms: int) -> Iterator[VisitEvent]:
        """What they do up to a moment, as they do it."""
        while not self.gone:
            wait_s = max(0.0, (due_ms - self._pace.clock()) / 1000 / self._pace.speed)
            try:
                said = self._said.get(timeout=wait_s) if wait_s else self._said.get_nowait()
            except Empty:
                return
            if said is None:
                self.gone = True
            else:
                yield said

    def _listen(self, events: Iterable[VisitEvent]) -> None:
        for event in events:
            self._said.put(event)
        self._said.put(None)


@dataclass(frozen=True)
class _Later:
    """A recording that begins when somebody checks in."""

    recording: Sensor[Reading]
    by_ms: int

    @property
    def modality(self) -> Modality:
        return self.recording.modality

    def readings(self) -> Iterator[Reading]:
        for reading in self.recording.readings():
            yield replace(reading, at_ms=reading.at_ms + self.by_ms)
