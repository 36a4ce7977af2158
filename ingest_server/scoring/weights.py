"""A calibration compiled to arrays, so that many visits are weighed at once. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest_server.scoring.calibration import Calibration, Row
from ingest_server.scoring.evidence import EVIDENCE, GROUPS
from visit_record.vocabulary import Typology

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """Curves of E items of evidence in G groups for T ways of faking, each at K values, padded with its last.

    ``at`` [E, K] rises; ``db`` [E, K, T] decibans; ``in_group`` [E]; ``absent_db`` [G, T]; ``prior_odds`` [T] against
    genuine.
    """

    faked: tuple[Typology, ...]
    at: Floats
    db: Floats
    in_group: NDArray[np.intp]
    starts: NDArray[np.intp]
    absent_db: Floats
    prior_odds: Floats
    group_bound_db: float

    @classmethod
    def compiled(cls, table: Calibration) -> "Weights":
        """The arrays of a table that has passed its checks."""
        rows = {row.evidence: row for row in table.row}
        longest = max(len(row.at) for row in table.row)
        absent = {one.group: one.weights for one in table.absent}
        nothing = dict.fromkeys(table.faked, 0.0)
        in_group = np.array([GROUPS.index(item.group) for item in EVIDENCE])
        return cls(
            faked=table.faked,
            at=np.array([_padded(rows[item.id].at, longest) for item in EVIDENCE]),
            db=np.array([_curves(rows[item.id], table.faked, longest) for item in EVIDENCE]),
            in_group=in_group,
            starts=np.searchsorted(in_group, np.arange(len(GROUPS))),
            absent_db=np.array([[absent.get(group, nothing)[t] for t in table.faked] for group in GROUPS]),
            prior_odds=np.array([table.prior[t] / table.prior[Typology.GENUINE] for t in table.faked]),
            group_bound_db=table.group_bound_db,
        )

    def items(self, values: Floats) -> Floats:
        """What each value weighs: [N, E] (not a number where not observed, which weighs 0) to decibans [N, E, T].

        Where the items of a group go beyond its bound together, each is lessened alike, so that what is told of the
        items is what counted; and against every way of faking alike, so that the likelier one stays the likelier.
        """
        seen = np.where(np.isnan(values), self.at[:, 0], values)
        left = np.minimum((seen[:, :, None] >= self.at[:, 1:]).sum(axis=2), self.at.shape[1] - 2)
        each = np.arange(len(self.at))
        low_at, high_at = self.at[each, left], self.at[each, left + 1]
        span = np.where(high_at > low_at, high_at - low_at, 1.0)
        share = np.clip((seen - low_at) / span, 0.0, 1.0)[:, :, None]
        low, high = self.db[each, left], self.db[each, left + 1]
        db = (low + (high - low) * share) * ~np.isnan(values)[:, :, None]
        lessened: Floats = db * self._held(np.add.reduceat(db, self.starts, axis=1))[:, self.in_group]
        return lessened

    def _held(self, totals: Floats) -> Floats:
        """The share of each group's weights that counts, by their totals [N, G, T]."""
        most = self.group_bound_db
        against = np.maximum(totals.max(axis=2, keepdims=True), most)
        share: Floats = most / np.where(totals > 0, against, np.maximum(-totals, most))
        return share

    def unseen(self, values: Floats) -> NDArray[np.bool_]:
        """Of which groups nothing at all was observed, [N, G]."""
        unseen: NDArray[np.bool_] = np.logical_and.reduceat(np.isnan(values), self.starts, axis=1)
        return unseen

    def odds(self, values: Floats, items_db: Floats) -> Floats:
        """Posterior odds [N, T] of each way of faking against genuine; what a group could not observe at all counts."""
        unseen = self.unseen(values)
        total_db = items_db.sum(axis=1) + unseen @ self.absent_db
        posterior: Floats = self.prior_odds * 10 ** (total_db / 10)
        return posterior


def _padded(values: tuple[float, ...], length: int) -> list[float]:
    return [*values, *[values[-1]] * (length - len(values))]


def _curves(row: Row, faked: tuple[Typology, ...], length: int) -> list[list[float]]:
    curves = [_padded(row.weights[typology], length) for typology in faked]
    return [list(point) for point in zip(*curves, strict=True)]
