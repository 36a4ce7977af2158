"""Stretches of time, each from a start to an end in UTC milliseconds: their union, and how long two sets of them
coincide. Pure.
"""

from collections.abc import Iterable, Sequence

# Not a named tuple: a visit has a hundred, and a server ten thousand visits a second.
Stretch = tuple[float, float]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches in order that do not overlap."""
    merged: list[Stretch] = []
    last_ms = float("-inf")
    for start_ms, end_ms in sorted(stretches):
        if start_ms > last_ms:
            merged.append((start_ms, end_ms))
            last_ms = end_ms
        elif end_ms > last_ms:
            merged[-1] = (merged[-1][0], end_ms)
            last_ms = end_ms
    return merged


def seconds(stretches: Iterable[Stretch]) -> float:
    """How long they are together."""
    total_ms = 0.0
    for start_ms, end_ms in stretches:
        total_ms += end_ms - start_ms
    return total_ms / 1000


def coinciding_s(left: Sequence[Stretch], right: Sequence[Stretch]) -> float:
    """Seconds that lie in both; each in order and without overlaps of its own."""
    total_ms, place = 0.0, 0
    for start_ms, end_ms in left:
        while place < len(right) and right[place][1] <= start_ms:
            place += 1
        for other_start_ms, other_end_ms in right[place:]:
            if other_start_ms >= end_ms:
                break
            total_ms += (end_ms if end_ms < other_end_ms else other_end_ms) - (
                start_ms if start_ms > other_start_ms else other_start_ms
            )
    return total_ms / 1000
