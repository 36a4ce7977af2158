"""The device's monotonic clock, which no adapter asks for itself."""

import time
from collections.abc import Callable

# Milliseconds of the monotonic clock.
Clock = Callable[[], int]


def monotonic_ms() -> int:
    """Now."""
    return time.monotonic_ns() // 1_000_000


def wall_ms() -> int:
    """Now by the wall clock, UTC."""
    return time.time_ns() // 1_000_000
