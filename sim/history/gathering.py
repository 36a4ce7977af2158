"""Speech as a device gathers it, until there is enough of it to compare. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from edge_agent.perception.voice_perceiver import ENOUGH_HOPS, FULL_HOPS, STALE_MS
from sim.history.stretches import HOP_S, Spoken

# Less than a window of the care-sound model between two who speak is no pause.
CLOSE_S = 1.0


class Gathered(NamedTuple):
    """A stretch that is compared: when it began, and half windows by who spoke in them."""

    at_s: float
    hops: dict[Spoken, int]


def gathered(spoken: Sequence[Spoken]) -> Iterator[Gathered]:
    """The stretches of what was said, in order of time."""
    gatherer = _Gatherer()
    for one in spoken:
        yield from gatherer.pause(one.start_s)
        yield from gatherer.hear(one)
    yield from gatherer.pause(float("inf"))


class _Gatherer:
    def __init__(self) -> None:
        self._at_s = self._last_s = 0.0
        self._count = 0
        self._hops: dict[Spoken, int] = {}

    def pause(self, until_s: float) -> Iterator[Gathered]:
        """Nobody speaks until then: what is long enough is compared, what is too old is forgotten."""
        if not self._count or until_s - self._last_s <= CLOSE_S:
            return
        if self._count >= ENOUGH_HOPS:
            yield self._taken()
        elif until_s - self._at_s > STALE_MS / 1000:
            self._taken()

    def hear(self, one: Spoken) -> Iterator[Gathered]:
        """Somebody speaks: whenever there is enough, it is compared."""
        whole = left = round(one.share * (one.end_s - one.start_s) / HOP_S)
        while left > 0:
            if not self._count:
                self._at_s = one.start_s + (one.end_s - one.start_s) * (whole - left) / whole
            taken = min(left, FULL_HOPS - self._count)
            self._hops[one] = self._hops.get(one, 0) + taken
            self._count, left, self._last_s = self._count + taken, left - taken, one.end_s
            if self._count >= FULL_HOPS:
                yield self._taken()

    def _taken(self) -> Gathered:
        stretch, self._hops, self._count = Gathered(self._at_s, self._hops), {}, 0
        return stretch
