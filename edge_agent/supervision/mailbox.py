"""Where the threads of the sensors leave what they have: bounded, the oldest readings dropped and counted."""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping

from edge_agent.actions import VisitEvent
from edge_agent.readings import Reading
from edge_agent.timeline import Happening, ReadingsDropped
from visit_record.fitted import Part

# Pictures are large, and only the newest ones matter; the others are small, and half a minute of them may wait.
LARGEST: Mapping[Part, int] = {
    Part.CAMERA: 4,
    Part.MICROPHONE: 60,
    Part.THERMAL_ARRAY: 60,
    Part.RECEIVER: 60,
    Part.GUARD: 60,
}


class Mailbox:
    """Any number of threads put, one takes. Events are never dropped: they are few, and bounded where they arise."""

    def __init__(self, largest: Mapping[Part, int] = LARGEST) -> None:
        self._largest = largest
        self._changed = threading.Condition()
        self._readings: dict[Part, deque[Reading]] = {part: deque() for part in largest}
        self._events: deque[VisitEvent] = deque()
        self._closed: set[Part] = set()
        self._untold: Counter[Part] = Counter()
        self._dropped: Counter[Part] = Counter()

    def put(self, part: Part, reading: Reading) -> None:
        """Leave a reading; where there are too many of the part, its oldest goes. Never blocks."""
        with self._changed:
            waiting = self._readings[part]
            if part in self._closed:
                return
            if len(waiting) >= self._largest[part]:
                waiting.popleft()
                self._untold[part] += 1
                self._dropped[part] += 1
            waiting.append(reading)
            self._changed.notify()

    def tell(self, event: VisitEvent) -> None:
        """Leave an event. Never blocks."""
        with self._changed:
            self._events.append(event)
            self._changed.notify()

    def close(self, part: Part) -> None:
        """Forget what waits of a part, and take no more of it."""
        with self._changed:
            self._closed.add(part)
            self._readings[part].clear()
            self._untold.pop(part, None)

    def dropped(self, part: Part) -> int:
        """How many readings of a part were dropped so far."""
        with self._changed:
            return self._dropped[part]

    def take(self, wait_s: float) -> Happening | None:
        """The oldest of what waits, of one moment events first; ``None`` if there is nothing for so long."""
        until_s = time.monotonic() + wait_s
        with self._changed:
            while (found := self._next()) is None:
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)
            return found

    def _next(self) -> Happening | None:
        full = [part for part, waiting in self._readings.items() if waiting]
        part = min(full, key=lambda one: self._readings[one][0].at_ms, default=None)
        oldest = None if part is None else self._readings[part][0]
        if self._events and (oldest is None or self._events[0].at_ms <= oldest.at_ms):
            return self._events.popleft()
        if part is None or oldest is None:
            return None
        if self._untold[part]:
            return ReadingsDropped(oldest.at_ms, part, self._untold.pop(part))
        return self._readings[part].popleft()
