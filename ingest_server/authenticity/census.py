"""Everybody of one kind at one moment: what peers are like, and where each stands among them.

Peers are all subjects of the kind, then those of one agency, then those of one agency whose visits are alike: the same
disability level and item mix. A subject is one of its own peers; its share in them is small, and leaving it out would
cost a fit for each.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from ingest_server.authenticity.estimate import Estimate, Kind, standing_of
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
    """Visits of a subject in one group: judged ones by weight, shape (BINS,), how many they all are, and the fen."""

    subject: str
    group: Group
    counts: Ints
    visits: int
    at_risk_fen: int = 0


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
    at_risk_fen: Ints

    @property
    def mean(self) -> float:
        """The mean of the subjects' means; of nobody, 1."""
        return float(self.spread.mean.mean()) if self.subjects else 1.0

    def percentile(self, subject: str, mean: float) -> float | None:
        """The share of the others whose mean is lower, ties counting half; ``None`` where there are no others."""
        place = bisect_left(self.subjects, subject)
        listed = self.subjects[place : place + 1] == (subject,)
        others = np.delete(self.spread.mean, place) if listed else self.spread.mean
        return float((others < mean).mean() + (others == mean).mean() / 2) if len(others) else None

    def only(self, subject: str) -> "Roll":
        """The roll of one subject, or of nobody; its percentile is then ``None``."""
        here = np.array([name == subject for name in self.subjects], bool)
        names = tuple(name for name in self.subjects if name == subject)
        spread = Spread(*(column[here] for column in self.spread))
        return Roll(names, spread, self.visits[here], self.judged[here], self.at_risk_fen[here])

    def estimates(self, settings: Settings) -> dict[str, Estimate]:
        """The estimate of each."""
        return {name: self.estimate(index, settings) for index, name in enumerate(self.subjects)}

    def estimate(self, index: int, settings: Settings) -> Estimate:
        """The estimate of the subject at a place."""
        mean, low, high = (float(column[index]) for column in self.spread)
        judged = int(self.judged[index])
        standing = standing_of(high, judged, settings)
        return Estimate(
            mean, low, high, int(self.visits[index]), judged, self.percentile(self.subjects[index], mean), standing
        )


NOBODY: Final = Roll((), Spread(*(np.zeros(0) for _ in range(3))), *(np.zeros(0, np.int64) for _ in range(3)))


class Census(NamedTuple):
    """All subjects of a kind; ``agencies`` holds, of each agency's visits alone, the posterior of their subjects."""

    kind: Kind
    taken_at_ms: int
    since_month: str
    peers: Peers
    whole: Roll
    agencies: Mapping[str, Roll]


def census_of(
    kind: Kind, rows: Iterable[Row], taken_at_ms: int, since_month: str, settings: Settings = DEFAULT
) -> Census:
    """Everybody of the rows, with their peers; no agency's own figures where agencies are the subjects."""
    rows = list(rows)
    peers = peers_of(rows, settings)
    of_agency: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_agency[row.group.agency].append(row)
    agencies = {agency: roll_of(own, peers, settings) for agency, own in of_agency.items() if agency}
    return Census(kind, taken_at_ms, since_month, peers, roll_of(rows, peers, settings), agencies)


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
    at_risk_fen = np.zeros(len(subjects), np.int64)
    np.add.at(at_risk_fen, index, [row.at_risk_fen for row in rows])
    judged = np.asarray(counts.sum(axis=1))
    weights = np.zeros((len(subjects), len(peers.whole)))
    for row, place in zip(rows, index, strict=True):
        part, whole = (row.counts.sum(), judged[place]) if judged[place] else (row.visits, visits[place])
        weights[place] += part / whole * peers.of(row.group)
    found = spread(weights, likelihoods(counts, settings), settings.coverage)
    return Roll(tuple(subjects), found, visits, judged, at_risk_fen)


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
