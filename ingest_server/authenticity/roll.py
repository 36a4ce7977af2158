"""Where each subject stands: everybody's posterior, and the places among them."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

import numpy as np

from ingest_server.authenticity.estimate import Estimate, standing_of
from ingest_server.authenticity.grid import Ints
from ingest_server.authenticity.intervals import Spread, spread
from ingest_server.authenticity.peers import Peers, likelihoods
from ingest_server.authenticity.rows import Row, in_order, indexed, summed
from ingest_server.authenticity.settings import DEFAULT, Settings


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

    def among(self, names: Collection[str]) -> "Roll":
        """The roll of those of the names that are listed; their percentiles are among these alone."""
        here = np.array([name in names for name in self.subjects], bool)
        listed = tuple(name for name in self.subjects if name in names)
        spread = Spread(*(column[here] for column in self.spread))
        return Roll(listed, spread, self.visits[here], self.judged[here], self.at_risk_fen[here])

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


def roll_of(rows: Iterable[Row], peers: Peers, settings: Settings = DEFAULT) -> Roll:
    """The posterior of every subject of the rows, under its groups' priors mixed by its judged visits."""
    rows = in_order(rows)
    subjects, index = indexed([row.subject for row in rows])
    counts, visits = summed(rows, index, len(subjects))
    at_risk_fen = np.zeros(len(subjects), np.int64)
    np.add.at(at_risk_fen, index, [row.at_risk_fen for row in rows])
    judged = np.asarray(counts.sum(axis=1))
    weights = np.zeros((len(subjects), len(peers.whole)))
    for row, place in zip(rows, index, strict=True):
        part, whole = (row.counts.sum(), judged[place]) if judged[place] else (row.visits, visits[place])
        weights[place] += part / whole * peers.of(row.group)
    found = spread(weights, likelihoods(counts, settings), settings.coverage)
    return Roll(tuple(subjects), found, visits, judged, at_risk_fen)
