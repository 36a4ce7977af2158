"""Whether the wall clock was set while nobody looked. Pure."""

from dataclasses import dataclass

from edge_agent.timeline import ClockStepped

# What a clock is disciplined by without being set; NTP slews no faster than 0.5 ms a second.
STEP_MS = 2_000


@dataclass
class ClockWatch:
    """Follows how far the wall clock is ahead of the monotonic one."""

    _ahead_ms: int | None = None

    def look(self, now_ms: int, wall_ms: int) -> ClockStepped | None:
        """That the clock was set since the last look; slow drift between two looks is none."""
        before_ms, self._ahead_ms = self._ahead_ms, wall_ms - now_ms
        if before_ms is None or abs(self._ahead_ms - before_ms) <= STEP_MS:
            return None
        return ClockStepped(now_ms, self._ahead_ms - before_ms)
