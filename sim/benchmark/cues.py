"""The most that one measurement alone can do: no value may put up a visit of which nothing else is known. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from ingest_server.scoring.calibration import Calibration, Row, suspicion
from sim.benchmark.outcome import Outcome
from sim.benchmark.result import Cue


def worst_cues(calibration: Calibration, outcomes: Sequence[Outcome]) -> tuple[Cue, ...]:
    """For each item of evidence the worst of all values, and the worst of those that were met with; worst item first.

    The worst value is one of the curve's points: see :func:`ingest_server.scoring.calibration.alone`.
    """
    cues = (max(_cues(row, calibration, outcomes), key=lambda cue: cue.suspicion) for row in calibration.row)
    return tuple(sorted(cues, key=lambda cue: -cue.suspicion))


def _cues(row: Row, calibration: Calibration, outcomes: Sequence[Outcome]) -> Iterator[Cue]:
    seen = _seen(row, calibration, outcomes)
    for value, weights in zip(row.at, row.points(), strict=True):
        towards = max(weights, key=lambda typology: calibration.prior[typology] * 10 ** (weights[typology] / 10))
        yield Cue(row.evidence, value, suspicion(calibration.prior, weights), towards, seen)


def _seen(row: Row, calibration: Calibration, outcomes: Sequence[Outcome]) -> float | None:
    values = np.array([one.values[row.evidence] for one in outcomes if row.evidence in one.values], np.float64)
    if not len(values):
        return None
    odds = sum(
        calibration.prior[typology] * 10 ** (np.interp(values, row.at, curve) / 10)
        for typology, curve in row.weights.items()
    )
    most = float(np.max(odds)) / (1 - sum(calibration.prior[typology] for typology in row.weights))
    return most / (1 + most)
