"""How much a missing sense is to weigh, so that an honest visit is not doubted more often for missing it. Never more
than nothing.

With a sense gone, less speaks for the visit as well as against it, and more honest visits come near the threshold. The
offset of a sense is the smallest that keeps false alarms of honest visits without it to those of complete ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from ingest_server.scoring.calibration import Absence, Calibration
from ingest_server.scoring.evidence import EVIDENCE, GROUPS
from ingest_server.scoring.weights import Weights
from models.weighing.alone import Floats

SENSES = ("face", "voice", "occupancy", "sound", "place")
# What rests on two senses is gone with either.
WITH = {"occupancy": ("agreement",), "sound": ("agreement",)}
STEP_DB, MOST_DB = 0.5, 20.0


@dataclass(frozen=True)
class Alarms:
    """Honest visits that were wholly observed, and the suspicion above which one is an alarm."""

    values: Floats
    thresholds: tuple[float, ...]

    def share(self, table: Calibration, hidden: Sequence[str] = ()) -> Floats:
        """Share of them above each threshold, with some senses hidden."""
        suspicion = suspicion_of(table, hide(self.values, hidden))
        return np.array([(suspicion >= threshold).mean() for threshold in self.thresholds])


def absences(table: Calibration, alarms: Alarms, source: str) -> list[Absence]:
    """An offset for each sense, found one after another on visits that lack that one alone."""
    allowed = alarms.share(table)
    return [
        Absence(sense, source, dict.fromkeys(table.faked, _offset(table, alarms, sense, allowed))) for sense in SENSES
    ]


def suspicion_of(table: Calibration, values: Floats) -> Floats:
    """Of each visit's values [N, E]."""
    weights = Weights.compiled(table)
    odds = weights.odds(values, weights.items(values)).sum(axis=1)
    suspicion: Floats = odds / (1 + odds)
    return suspicion


def hide(values: Floats, senses: Sequence[str]) -> Floats:
    """The same visits without some senses."""
    gone = {group for sense in senses for group in (sense, *WITH.get(sense, ()))}
    columns = [nth for nth, item in enumerate(EVIDENCE) if item.group in gone]
    hidden = values.copy()
    hidden[:, columns] = np.nan
    return hidden


def complete(values: Floats) -> NDArray[np.bool_]:
    """Which visits every sense observed, at least in something."""
    groups = [[nth for nth, item in enumerate(EVIDENCE) if item.group == sense] for sense in SENSES]
    seen: NDArray[np.bool_] = np.logical_and.reduce([~np.isnan(values[:, group]).all(axis=1) for group in groups])
    return seen


def _offset(table: Calibration, alarms: Alarms, sense: str, allowed: Floats) -> float:
    for offset in _offsets():
        tried = replace(table, absent=(Absence(sense, "", dict.fromkeys(table.faked, offset)),))
        if (alarms.share(tried, [sense]) <= allowed).all():
            return offset
    return -MOST_DB


def _offsets() -> Iterator[float]:
    assert set(SENSES) <= set(GROUPS)
    return (-step * STEP_DB + 0.0 for step in range(int(MOST_DB / STEP_DB) + 1))
