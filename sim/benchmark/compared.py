"""Visits lived through the real perception beside the same visits with drawn senses: verdicts and values."""

import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

from edge_agent.errors import ModelError
from sim.benchmark.cllr import Floats
from sim.benchmark.lived import Bundle
from sim.benchmark.lived.sample import sample
from sim.benchmark.outcome import WHOLE, Outcome
from sim.benchmark.result import Likeness, Lived, Verdicts
from sim.benchmark.weighing import Judge, outcome_of
from sim.benchmark.world import named_world
from sim.errors import BenchmarkError
from sim.staging.visits import StagedVisit
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology

# Fewer values than this say nothing of a distribution.
LEAST_VALUES = 20


def lived_of(bundle: Bundle, registry: Path, judge: Judge, limit: float, evidence: Collection[str]) -> Lived:
    """What became of the lived visits, and of the same ones drawn.

    Args:
        bundle: the lived records.
        registry: of the models that devices use now.
        judge: what draws senses, and weighs both.
        limit: the score that the staged honest visits' threshold sets.
        evidence: the ids of what is measured.

    Raises:
        BenchmarkError: the bundle does not say how its visits were chosen; or the registry cannot be read.
    """
    twins = {_key(record): (visit, record) for visit in _staged(bundle) for record in [judge.record(visit)]}
    pairs = [(*twins[_key(one.record)], one.record) for one in bundle.visits if _key(one.record) in twins]
    if len(pairs) < len(bundle.visits):
        raise BenchmarkError("the lived visits are no longer those of their world; live them afresh")
    drawn = _weighed(judge, [visit for visit, _, _ in pairs], [record for _, record, _ in pairs])
    lived = _weighed(judge, [visit for visit, _, _ in pairs], [record for _, _, record in pairs])
    return Lived(
        command=bundle.command,
        visits=len(lived),
        lived=_by_truth(lived, limit),
        drawn=_by_truth(drawn, limit),
        same_band=_same_band(lived, drawn),
        likeness=tuple(_likenesses(lived, drawn, sorted(evidence))),
        changed_models=_changed_models(bundle, registry),
    )


def _changed_models(bundle: Bundle, registry: Path) -> tuple[str, ...]:
    try:
        return bundle.changed_models(registry)
    except ModelError as cause:
        raise BenchmarkError(str(cause)) from cause


def _key(record: VisitRecord) -> tuple[str, int]:
    return record.iss, record.span.check_in_ms


def _staged(bundle: Bundle) -> list[StagedVisit]:
    """The visits that were lived, before any sensor saw them."""
    told = shlex.split(bundle.command)
    try:
        visits, world, seed, minutes = (
            told[told.index(f"--{option}") + 1] for option in ("visits", "world", "seed", "longest-minutes")
        )
        return sample(named_world(world), int(seed), int(visits), 60 * float(minutes))
    except (ValueError, IndexError) as cause:
        raise BenchmarkError(f"the lived visits do not say how they were chosen: {bundle.command}") from cause


def _weighed(judge: Judge, visits: Sequence[StagedVisit], records: Sequence[VisitRecord]) -> list[Outcome]:
    verdicts = judge.weigher().weigh_all(records)
    return [outcome_of(*parts, judge.calibration.prior) for parts in zip(visits, records, verdicts, strict=True)]


def _by_truth(outcomes: Sequence[Outcome], limit: float) -> dict[Typology, Verdicts]:
    truths = [kind for kind in Typology if any(one.truth is kind for one in outcomes)]
    return {kind: _verdicts([one for one in outcomes if one.truth is kind], limit) for kind in truths}


def _verdicts(these: Sequence[Outcome], limit: float) -> Verdicts:
    above = [one for one in these if one.weights[WHOLE].score > limit]
    return Verdicts(
        visits=len(these),
        above_threshold=len(above),
        bands=dict(sorted(Counter(one.weights[WHOLE].band for one in these).items())),
        named=dict(sorted(Counter(one.leading for one in above).items())),
    )


def _same_band(lived: Sequence[Outcome], drawn: Sequence[Outcome]) -> float:
    pairs = zip(lived, drawn, strict=True)
    return sum(one.weights[WHOLE].band is other.weights[WHOLE].band for one, other in pairs) / len(lived)


def _likenesses(lived: Sequence[Outcome], drawn: Sequence[Outcome], evidence: Sequence[str]) -> Iterator[Likeness]:
    for item in evidence:
        one, other = _values(lived, item), _values(drawn, item)
        if min(len(one), len(other)) >= LEAST_VALUES:
            middles = float(np.median(one)), float(np.median(other))
            yield Likeness(item, len(one), len(other), *middles, float(ks_2samp(one, other).statistic))


def _values(outcomes: Sequence[Outcome], item: str) -> Floats:
    return np.array([one.values[item] for one in outcomes if item in one.values], np.float64)
