"""Best of several rounds: on a shared machine the least disturbed round says most about the code."""

import time
from collections.abc import Callable

ROUNDS = 5


def seconds_each(work: Callable[[], object], times: int) -> float:
    """CPU seconds of this process for one call, in the best of five rounds."""
    return min(_round(work, times) for _ in range(ROUNDS)) / times


def _round(work: Callable[[], object], times: int) -> float:
    started_s = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - started_s
