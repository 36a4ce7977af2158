"""Processor time, which others on the machine disturb least: what a call takes on a core that it has to itself."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

ROUNDS = 5

T = TypeVar("T")


def seconds_each(work: Callable[[], object], times: int) -> float:
    """CPU seconds of this process for one call, in the best of five rounds."""
    return min(_round(work, times) for _ in range(ROUNDS)) / times


def _round(work: Callable[[], object], times: int) -> float:
    started_s = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - started_s


@dataclass(frozen=True)
class Latency:
    """CPU milliseconds of one call after another."""

    p50_ms: float
    p95_ms: float
    mean_ms: float


def latency(work: Callable[[T], object], inputs: Iterable[T], spared: int = 3) -> Latency:
    """Each call of ``work``, but for the first few, in which libraries make themselves ready."""
    took_s: list[float] = []
    for one in inputs:
        started_s = time.process_time()
        work(one)
        took_s.append(time.process_time() - started_s)
    p50_s, p95_s = np.quantile(took_s[spared:], [0.5, 0.95])
    return Latency(1000 * float(p50_s), 1000 * float(p95_s), 1000 * float(np.mean(took_s[spared:])))
