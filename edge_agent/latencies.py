"""How long each sense takes for a reading: the last few hundred of each, for health and metrics."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from edge_agent.observations import AnyObservation
from edge_agent.readings import SoundBlock
from edge_agent.senses import Senses
from visit_record.health import Latency

REMEMBERED = 256
In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True)
class Latencies:
    """One thread notes, any thread asks."""

    now_s: Callable[[], float] = time.perf_counter
    _taken_ms: dict[str, deque[float]] = field(default_factory=dict)

    def timed(self, senses: Senses) -> Senses:
        """The same senses, each call of which is noted."""
        return replace(
            senses,
            look=self._of("face", senses.look),
            hear=self._of("sound", _heard_out(senses.hear)),
            feel_heat=self._of("thermal", senses.feel_heat),
            locate=self._of("position", senses.locate),
        )

    def told(self) -> tuple[Latency, ...]:
        """Of each sense that was used."""
        return tuple(_latency(sense, sorted(taken_ms)) for sense, taken_ms in sorted(self._taken_ms.items()))

    def _of(self, sense: str, perceive: Callable[[In], Out] | None) -> Callable[[In], Out] | None:
        if perceive is None:
            return None

        def timed(reading: In) -> Out:
            began_s = self.now_s()
            seen = perceive(reading)
            self._taken_ms.setdefault(sense, deque(maxlen=REMEMBERED)).append(1000 * (self.now_s() - began_s))
            return seen

        return timed


def _heard_out(
    hear: Callable[[SoundBlock], Iterable[AnyObservation]] | None,
) -> Callable[[SoundBlock], Iterable[AnyObservation]] | None:
    """An ear that yields as it hears would be timed before it has begun."""
    return None if hear is None else lambda block: tuple(hear(block))


def _latency(sense: str, taken_ms: list[float]) -> Latency:
    last = len(taken_ms) - 1
    return Latency(sense, last + 1, round(taken_ms[last // 2], 3), round(taken_ms[round(0.95 * last)], 3))
