"""The same row for the same names: one caregiver keeps one person's numbers, one home one clip's."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


def chosen(rows: Sequence[T], *names: str) -> T:
    """One of the rows, by names alone; whoever has these names gets it again."""
    return rows[crc32("\x1f".join(names).encode()) % len(rows)]


def share_of(*names: str) -> float:
    """A number 0..1 that belongs to these names."""
    return crc32("\x1f".join(names).encode()) / 2**32
