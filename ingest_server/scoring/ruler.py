"""A visit's time as whole numbers, one bit for each of its seconds: what coincides is ``&``, and how long it was is the
number of bits. Pure.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, Protocol, TypeVar

from visit_record.record import Span

# Half a day. In a longer visit a bit stands for more than a second, so that no record costs more than another.
MOST_STEPS = 43_200


Key = TypeVar("Key", bound=Hashable)


class Interval(Protocol):
    """A stretch of a record: from when, UTC milliseconds, and how many seconds."""

    @property
    def started_at_ms(self) -> int:
        """When it began."""
        ...

    @property
    def duration_s(self) -> float:
        """How long it was."""
        ...


Between = TypeVar("Between", bound=Interval)


class Ruler(NamedTuple):
    """Of one visit: ``steps`` bits of ``step_s`` seconds each, the lowest at check-in, UTC milliseconds."""

    check_in_ms: int
    steps: int
    step_s: float

    @classmethod
    def along(cls, span: Span) -> "Ruler":
        """The visit's own."""
        step_s = max(1.0, span.duration_s / MOST_STEPS)
        return cls(span.check_in_ms, max(1, round(span.duration_s / step_s)), step_s)

    def bits(self, started_at_ms: float, duration_s: float) -> int:
        """A stretch of time, as far as it lies within the visit."""
        start = (started_at_ms - self.check_in_ms) / (1000 * self.step_s) + 0.5
        end = start + duration_s / self.step_s
        first = int(start) if start > 0 else 0
        after = self.steps if end > self.steps else int(end)
        return ((1 << (after - first)) - 1) << first if after > first else 0

    def by_key(self, intervals: Iterable[Between], key: Callable[[Between], Key]) -> dict[Key, int]:
        """The time of intervals, those of one key together.

        A visit has a hundred, and a server weighs thousands of visits a second: hence no call of :meth:`bits` for each.
        """
        (check_in_ms, steps, step_s), step_ms = self, 1000 * self.step_s
        by_key: dict[Key, int] = {}
        for interval in intervals:
            start = (interval.started_at_ms - check_in_ms) / step_ms + 0.5
            end = start + interval.duration_s / step_s
            first = int(start) if start > 0 else 0
            after = steps if end > steps else int(end)
            if after > first:
                of = key(interval)
                by_key[of] = by_key.get(of, 0) | ((1 << (after - first)) - 1) << first
        return by_key

    def seconds(self, bits: int) -> float:
        """How long it is in all."""
        return bits.bit_count() * self.step_s

    def until(self, bits: int) -> float:
        """How far into the visit its last moment is, as a share of it; 0 where there is none."""
        return bits.bit_length() / self.steps

    def longest(self, bits: int) -> float:
        """The longest of it on end, as a share of the visit."""
        return _longest_run(bits) / self.steps


def _longest_run(bits: int) -> int:
    """Of ones: starts of runs that are 1, 2, 4 ... long, put together from the longest down."""
    if not bits:
        return 0
    starts = [bits]
    while longer := starts[-1] & (starts[-1] >> (1 << (len(starts) - 1))):
        starts.append(longer)
    length, found = 1 << (len(starts) - 1), starts.pop()
    while starts:
        power = len(starts) - 1
        if longer := found & (starts.pop() >> length):
            found, length = longer, length + (1 << power)
    return length
