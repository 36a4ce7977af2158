"""Flags over time to stretches of time: what every sense needs to turn observations into intervals. Pure.

Times are milliseconds in ascending order; a span is ``(start_ms, end_ms)``, its end not included.
"""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def k_of_n(times_ms: Sequence[int], flags: Sequence[bool], k: int, within_ms: int) -> list[bool]:
    """Smooth flags: one that is up stands only if it is among ``k`` up within ``within_ms``, first to last.

    Counting in time and not in places keeps a gap between observations from lending support across it.
    """
    up = [place for place, flag in enumerate(flags) if flag]
    stands = [False] * len(flags)
    for first in range(len(up) - k + 1):
        group = up[first : first + k]
        if times_ms[group[-1]] - times_ms[group[0]] <= within_ms:
            for place in group:
                stands[place] = True
    return stands


def merged(spans: Iterable[Span], gap_ms: int = 0) -> list[Span]:
    """Join spans that overlap or lie no further than ``gap_ms`` apart; in order of time."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] <= gap_ms:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def runs(times_ms: Sequence[int], flags: Sequence[bool], length_ms: int, gap_ms: int) -> list[Span]:
    """Spans over which flags are up, each flag standing for ``length_ms`` from its time; short gaps are joined."""
    return merged(((at, at + length_ms) for at, flag in zip(times_ms, flags, strict=True) if flag), gap_ms)


def clipped(spans: Iterable[Span], start_ms: int, end_ms: int) -> list[Span]:
    """What of the spans lies between two moments; nothing empty."""
    cut = ((max(start, start_ms), min(end, end_ms)) for start, end in spans)
    return [(start, end) for start, end in cut if start < end]


def total_ms(spans: Iterable[Span]) -> int:
    """Time that the spans cover together, what overlaps counted once."""
    return sum(end - start for start, end in merged(spans))
