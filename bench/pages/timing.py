"""How long answers take, by the clock, from the last byte of the question to the last of the answer, over loopback."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
import numpy as np

FIRST_REFUSAL = 400


@dataclass(frozen=True)
class Spread:
    """Milliseconds of some answers."""

    count: int
    p50_ms: float
    p95_ms: float
    max_ms: float

    @classmethod
    def of(cls, took_ms: Sequence[float]) -> "Spread":
        """Of one answer at least."""
        p50_ms, p95_ms = np.quantile(took_ms, [0.5, 0.95])
        return cls(len(took_ms), float(p50_ms), float(p95_ms), max(took_ms))


@dataclass
class Timed:
    """Answers to one kind of question: their times, the statuses of refusals and failures, and whether it is a file."""

    took_ms: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    is_file: bool = False

    def add(self, asked: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask, and note how long that took."""
        began_s = time.perf_counter()
        answer = asked()
        self.is_file = self.is_file or answer.headers.get("content-disposition", "").startswith("attachment")
        self.note(answer.status_code, 1000 * (time.perf_counter() - began_s))
        return answer

    def note(self, status: int, took_ms: float) -> None:
        """One answer."""
        if status >= FIRST_REFUSAL:
            self.refused.append(status)
        else:
            self.took_ms.append(took_ms)
