"""Visits added up: whole numbers alone, so that any order gives the same sums, and what was added can be taken away."""

from collections import Counter
from typing import Final

import numpy as np
from msgspec import Struct

from ingest_server.authenticity.grid import Ints
from ingest_server.authenticity.settings import KEPT_DECIBANS
from ingest_server.authenticity.weights import BINS

# Parts of a whole visit, and of a deciban.
MILLION: Final = 1_000_000
THOUSAND: Final = 1000


class Count(Struct, frozen=True):
    """What one visit adds.

    ``decibans`` is its weight, ``None`` where too little was observed to judge it; ``sums`` are named whole numbers:
    ``visits``, ``observed`` (millionths), ``billed``, ``at_risk`` and ``unjudged`` (fen), ``faked:TYPOLOGY``
    (millionths of a visit), ``against:EVIDENCE`` (thousandths of a deciban), ``missing:SENSE`` (visits), and those of
    :mod:`.makeup` (visits).
    """

    decibans: int | None
    sums: dict[str, int]


class Tally(Struct):
    """What visits add up to: judged ones by weight, shape (BINS,), and named sums, none of them 0."""

    weights: Ints
    sums: Counter[str]

    @classmethod
    def empty(cls) -> "Tally":
        """No visit."""
        return cls(np.zeros(BINS, np.int64), Counter())

    def add(self, count: Count, times: int = 1) -> None:
        """Add a visit, or with ``times=-1`` take it away."""
        if count.decibans is not None:
            self.weights[count.decibans + KEPT_DECIBANS] += times
        for name, value in count.sums.items():
            self.sums[name] += times * value

    def merge(self, other: "Tally") -> "Tally":
        """Both together."""
        sums = Counter(self.sums)
        sums.update(other.sums)
        return Tally(self.weights + other.weights, Counter({name: value for name, value in sums.items() if value}))

    @property
    def visits(self) -> int:
        """How many visits these are."""
        return self.sums["visits"]
