"""The most that one measurement alone can do, by the calibration itself: no value may put up a visit. Pure."""

from collections.abc import Iterator, Mapping

from ingest_server.scoring.calibration import Calibration, Row, decibans
from sim.benchmark.result import Cue
from visit_record.vocabulary import Typology


def worst_cues(calibration: Calibration) -> tuple[Cue, ...]:
    """For each item of evidence the value that is worst for a visit of which nothing else is known, worst item first.

    Weights are linear between a curve's points, and the odds are a sum of their exponentials, which is convex: the
    worst value is one of the points.
    """
    cues = (max(_cues(row, calibration), key=lambda cue: cue.suspicion) for row in calibration.row)
    return tuple(sorted(cues, key=lambda cue: -cue.suspicion))


def _cues(row: Row, calibration: Calibration) -> Iterator[Cue]:
    for value in sorted({value for curve in row.curves.values() for value, _ in curve}):
        odds = _odds(row, value, calibration.prior)
        whole = sum(odds.values())
        leading = max((t for t in odds if t is not Typology.GENUINE), key=odds.__getitem__)
        yield Cue(row.evidence, value, 1 - odds[Typology.GENUINE] / whole, leading)


def _odds(row: Row, value: float, prior: Mapping[Typology, float]) -> dict[Typology, float]:
    weights = {typology: decibans(curve, value) for typology, curve in row.curves.items()}
    return {typology: share * 10 ** (weights.get(typology, 0.0) / 10) for typology, share in prior.items()}
