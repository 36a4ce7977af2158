"""Something that is to be done again and again, by whoever comes by."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Every:
    """Does something at the first look, and then whenever so many seconds have gone by; no thread, no alarm."""

    seconds: float
    act: Callable[[], object]
    now_s: Callable[[], float] = time.monotonic
    _last_s: float | None = None

    def look(self) -> None:
        """Do it if it is time."""
        now_s = self.now_s()
        if self._last_s is None or now_s - self._last_s >= self.seconds:
            self._last_s = now_s
            self.act()
