"""Figures of multi-label detection with bootstrap intervals over sources. Pure."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from visit_record.vocabulary import SoundCue

CUES = list(SoundCue)
REAL_CUES = (SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.SWEEPING, SoundCue.APPLIANCE)
RESAMPLINGS = 500

Table = NDArray[np.float64]


def average_precision(truth: Table, score: Table) -> float:
    """Mean of the precision at each positive, ranked by score; nan without positives."""
    ranked = truth[np.argsort(-score, kind="stable")]
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked > 0].mean()) if ranked.any() else float("nan")


def f1(truth: Table, up: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall."""
    hits = float(np.sum(up * truth))
    return 2 * hits / max(float(up.sum() + truth.sum()), 1.0)


def report(truth: Table, score: Table, cues: Sequence[SoundCue], threshold: float) -> dict[str, dict[str, float]]:
    """Figures by cue, and their means as ``all``; truth is NaN where a label cannot say."""
    rows = {cue.value: _figures(truth[:, i], score[:, i], threshold) for i, cue in enumerate(CUES) if cue in cues}
    means = {name: float(np.nanmean([row[name] for row in rows.values()])) for name in ("average_precision", "f1")}
    return rows | {"all": means}


def intervals(
    truth: Table, score: Table, sources: Sequence[str], cues: Sequence[SoundCue], threshold: float
) -> Mapping[str, tuple[float, float]]:
    """95% intervals of the means, by drawing whole sources with replacement."""
    rows = by_source(sources)
    rng = np.random.default_rng(0)
    draws = [np.concatenate([rows[k] for k in rng.integers(len(rows), size=len(rows))]) for _ in range(RESAMPLINGS)]
    means = [report(truth[draw], score[draw], cues, threshold)["all"] for draw in draws]
    return {name: _middle([mean[name] for mean in means]) for name in ("average_precision", "f1")}


def by_source(sources: Sequence[str]) -> list[NDArray[np.int64]]:
    """The rows of each source."""
    names = np.array(sources)
    return [np.flatnonzero(names == name) for name in sorted(set(sources))]


def _middle(values: Sequence[float]) -> tuple[float, float]:
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)


def _figures(truth: Table, score: Table, threshold: float) -> dict[str, float]:
    known = ~np.isnan(truth)
    truth, score = truth[known], score[known]
    up = score >= threshold
    return {
        "clips": float(truth.sum()),
        "average_precision": average_precision(truth, score),
        "f1": f1(truth, up),
        "recall": float(np.sum(up * truth) / max(truth.sum(), 1)),
        "false_alarms": float(np.sum(up * (1 - truth)) / max((1 - truth).sum(), 1)),
    }
