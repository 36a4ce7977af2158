"""Visits of each subject in each group of peers, in one order, and their sums."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ingest_server.authenticity.grid import Ints
from ingest_server.authenticity.weights import BINS

Sortable = TypeVar("Sortable", bound=tuple[Any, ...] | str)


class Group(NamedTuple):
    """Peers that visits are compared with. ``agency`` is empty where agencies themselves are the subjects."""

    agency: str
    stratum: str


class Row(NamedTuple):
    """Visits of a subject in one group: judged ones by weight, shape (BINS,), how many they all are, and the fen."""

    subject: str
    group: Group
    counts: Ints
    visits: int
    at_risk_fen: int = 0


def in_order(rows: Iterable[Row]) -> list[Row]:
    """One order for all: sums of floats depend on it, and what is computed afresh must be the same to the bit."""
    return sorted(rows, key=lambda row: row[:2])


def indexed(keys: list[Sortable]) -> tuple[list[Sortable], Ints]:
    """The different keys in order, and the place of each key among them, shape (keys,)."""
    names = sorted(set(keys))
    place = {name: index for index, name in enumerate(names)}
    return names, np.array([place[key] for key in keys], np.int64)


def summed(rows: list[Row], index: Ints, subjects: int) -> tuple[Ints, Ints]:
    """Counts by weight, shape (subjects, BINS), and visits, shape (subjects,), of rows that belong to subjects."""
    counts, visits = np.zeros((subjects, BINS), np.int64), np.zeros(subjects, np.int64)
    if rows:
        np.add.at(counts, index, np.array([row.counts for row in rows]))
        np.add.at(visits, index, np.array([row.visits for row in rows]))
    return counts, visits
