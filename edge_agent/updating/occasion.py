"""When a device may be switched to another release: nobody is in a visit, and no installer looks at its parts."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.pulse import Alive
from edge_agent.updating.trial import Moment
from edge_agent.updating.trying import Outcome

DEAD_MS = 75_000
"""A program that has not beaten for so long in a visit is dead: the supervisor's watchdog bites after 60 s."""


@dataclass(frozen=True)
class Occasion:
    """Signs and clocks are asked anew each time: what was so before a release was built says nothing of now."""

    moment: Callable[[], Moment]
    alive: Callable[[], Alive | None]
    """The agent's last sign of life."""

    looked_at: Callable[[], bool]
    """Whether the self-test is at work, for which the agent stands still."""

    wait_ms: int = 0
    """How long somebody's work is waited for, at most."""

    pause: Callable[[], None] = lambda: time.sleep(2)

    def awaited(self) -> Outcome | None:
        """Wait until nobody is at work with the device; what still goes on when the time is up."""
        until_ms = self.moment().now_ms + self.wait_ms
        while (busy := self._busy()) is not None and self.moment().now_ms < until_ms:
            self.pause()
        return busy

    def _busy(self) -> Outcome | None:
        if self.looked_at():
            return Outcome.SELFTEST_UNDER_WAY
        alive = self.alive()
        in_visit = alive is not None and alive.visit and 0 <= self.moment().now_ms - alive.beat_ms <= DEAD_MS
        return Outcome.VISIT_UNDER_WAY if in_visit else None
