"""The clock of this machine, for the rim; everything inside is handed a time or a clock."""

import time


def now_ms() -> int:
    """The wall clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000
