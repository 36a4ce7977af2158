"""Everybody of one kind at one moment: what peers are like, and where each stands among them.

Peers are all subjects of the kind, then those of one agency, then those of one agency whose visits are alike: the same
disability level and item mix. A subject is one of its own peers; its share in them is small, and leaving it out would
cost a fit for each.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ingest_server.authenticity.estimate import Estimate, standing_of
from ingest_server.authenticity.grid import Floats, Ints, first_guess
from ingest_server.authenticity.intervals import Spread, spread
from ingest_server.authenticity.peers import fitted, likelihoods
from ingest_server.authenticity.settings import DEFAULT, Settings
from ingest_server.authenticity.weights import BINS

Key = TypeVar("Key", bound=tuple[Any, ...] | str)
Sortable = TypeVar("Sortable", bound=tuple[Any, ...] | str)


class Group(NamedTuple):
    """Peers that visits are compared with. ``agency`` is empty where agencies themselves are the subjects."""

    agency: str
    stratum: str


class Row(NamedTuple):
    """Visits of a subject to one group: judged ones by weight, shape (BINS,), and the number of all."""

    subject: str
    group: Group
    counts: Ints
    visits: int


class Peers(NamedTuple):
    """The fitted weights of the shapes, each of shape (shapes,)."""

    whole: Floats
    agencies: Mapping[str, Floats]
    groups: Mapping[Group, Floats]

    def of(self, group: Group) -> Floats:
        """The weights of a group, or of the smallest one around it that had peers."""
        return self.groups.get(group, self.agencies.get(group.agency, self.whole))


class Roll(NamedTuple):
    """Subjects in the order of their names, and the posterior of each."""

    subjects: tuple[str, ...]
    spread: Spread
    visits: Ints
    judged: Ints

    def percentile(self, mean: float) -> float | None:
        """The share of the others below a mean that is one of these."""
        others = len(self.subjects) - 1
        below = int((self.spread.mean < mean).sum()) + (int((self.spread.mean == mean).sum()) - 1) / 2
        return min(1.0, max(0.0, below / others)) if others > 0 else None

    def estimates(self, settings: Settings) -> dict[str, Estimate]:
        """The estimate of each."""
        return {name: self._estimate(index, settings) for index, name in enumerate(self.subjects)}

    def _estimate(self, index: int, settings: Settings) -> Estimate:
        mean, low, high = (float(column[index]) for column in self.spread)
        judged = int(self.judged[index])
        standing = standing_of(high, judged, settings)
        return Estimate(mean, low, high, int(self.visits[index]), judged, self.percentile(mean), standing)


def peers_of(rows: Iterable[Row], settings: Settings = DEFAULT) -> Peers:
    """What peers are like: everybody first, then each agency drawn to the whole, then each group to its agency."""
    # A subject of whom nothing could be judged says nothing of what its peers are like.
    rows = in_order(row for row in rows if row.counts.any())
    whole = _level(rows, lambda _: "", lambda _: first_guess(), settings.root_strength, settings)
    above = whole.get("", first_guess())
    agencies = _level(rows, lambda row: row.group.agency, lambda _: above, settings.peers_strength, settings)
    groups = _level(
        rows, lambda row: row.group, lambda group: agencies[group.agency], settings.peers_strength, settings
    )
    return Peers(above, agencies, groups)


def roll_of(rows: Iterable[Row], peers: Peers, settings: Settings = DEFAULT) -> Roll:
    """The posterior of every subject of the rows, under its groups' priors mixed by its judged visits."""
    rows = in_order(rows)
    subjects, index = _indexed([row.subject for row in rows])
    counts, visits = _summed(rows, index, len(subjects))
    judged = np.asarray(counts.sum(axis=1))
    weights = np.zeros((len(subjects), len(peers.whole)))
    for row, place in zip(rows, index, strict=True):
        part, whole = (row.counts.sum(), judged[place]) if judged[place] else (row.visits, visits[place])
        weights[place] += part / whole * peers.of(row.group)
    found = spread(weights, likelihoods(counts, settings), settings.coverage)
    return Roll(tuple(subjects), found, visits, judged)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """One order for all: sums of floats depend on it, and what is computed afresh must be the same to the bit."""
    return sorted(rows, key=lambda row: row[:2])


def _level(
    rows: list[Row],
    key_of: Callable[[Row], Key],
    parent_of: Callable[[Key], Floats],
    strength: float,
    settings: Settings,
) -> dict[Key, Floats]:
    """The weights of each group of one level, its peers being the subjects that have visits in it."""
    pairs, index = _indexed([(key_of(row), row.subject) for row in rows])
    groups, group = _indexed([key for key, _ in pairs])
    if not groups:
        return {}
    counts, _ = _summed(rows, index, len(pairs))
    parents = np.array([parent_of(key) for key in groups])
    weights = fitted(likelihoods(counts, settings), group, parents, strength, settings)
    return dict(zip(groups, weights, strict=True))


def _indexed(keys: list[Sortable]) -> tuple[list[Sortable], Ints]:
    names = sorted(set(keys))
    place = {name: index for index, name in enumerate(names)}
    return names, np.array([place[key] for key in keys], np.int64)


def _summed(rows: list[Row], index: Ints, subjects: int) -> tuple[Ints, Ints]:
    counts, visits = np.zeros((subjects, BINS), np.int64), np.zeros(subjects, np.int64)
    if rows:
        np.add.at(counts, index, np.array([row.counts for row in rows]))
        np.add.at(visits, index, np.array([row.visits for row in rows]))
    return counts, visits
