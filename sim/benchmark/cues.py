"""The most that one cue alone can do: no value may put up a visit of which nothing else is known. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from ingest_server.scoring.calibration import Calibration, Row, alone
from ingest_server.scoring.evidence import by_cue
from sim.benchmark.cllr import Floats
from sim.benchmark.outcome import Outcome
from sim.benchmark.result import Cue


def worst_cues(calibration: Calibration, outcomes: Sequence[Outcome]) -> tuple[Cue, ...]:
    """For each cue the worst of all its items' values, and the worst of those that were met with; worst cue first."""
    return tuple(sorted(_cues(calibration, outcomes), key=lambda cue: -cue.suspicion))


def _cues(calibration: Calibration, outcomes: Sequence[Outcome]) -> Iterator[Cue]:
    rows = {row.evidence: row for row in calibration.row}
    for items in by_cue().values():
        of_cue = [rows[item] for item in items]
        worst = alone(of_cue, calibration.prior)
        towards = max(worst.weights, key=lambda kind: calibration.prior[kind] * 10 ** (worst.weights[kind] / 10))
        yield Cue(items, worst.values, worst.suspicion, towards, _seen(of_cue, calibration, outcomes))


def _seen(rows: Sequence[Row], calibration: Calibration, outcomes: Sequence[Outcome]) -> float | None:
    met = [one.values for one in outcomes if any(row.evidence in one.values for row in rows)]
    if not met:
        return None
    odds = np.zeros(len(met))
    for kind in calibration.faked:
        weights = sum((_weights(row, np.array(row.weights[kind]), met) for row in rows), np.zeros(len(met)))
        odds += calibration.prior[kind] * 10 ** (weights / 10)
    most = float(odds.max()) / (1 - sum(calibration.prior[kind] for kind in calibration.faked))
    return most / (1 + most)


def _weights(row: Row, curve: Floats, met: Sequence[dict[str, float]]) -> Floats:
    values = np.array([one.get(row.evidence, np.nan) for one in met])
    weights: Floats = np.where(np.isnan(values), 0.0, np.interp(values, row.at, curve))
    return weights
