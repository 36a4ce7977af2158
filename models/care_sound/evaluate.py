"""Measure the care-sound model: ``python -m models.care_sound.evaluate --data ../shared/data [--split validation]``.

Figures are of whole clips, by the very function that ``edge-agent inspect sound`` uses; onnxruntime only.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.inspection.sound import file_confidence, hear
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier, SoundWindow
from edge_agent.readings import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from models.care_sound.data import Clip, Split, kitchen20, librispeech, synthetic
from visit_record.vocabulary import SoundCue

CUES = list(SoundCue)
REAL_CUES = (SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.SWEEPING, SoundCue.APPLIANCE)
Table = NDArray[np.float64]


def measured(clips: Iterable[Clip], classifier: CareSoundClassifier) -> tuple[Table, Table]:
    """Truth (NaN where a label cannot say) and confidence, each float64 [clips, 12]."""
    truth, confidence = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for clip in clips:
            soundfile.write(path, clip.samples, SAMPLE_RATE_HZ, subtype="FLOAT")
            confidence.append(list(file_confidence(hear(path, classifier)).values()))
            truth.append([np.nan if cue in clip.unknown else float(cue in clip.cues) for cue in CUES])
    return np.array(truth), np.array(confidence)


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
    """Figures by cue, and their means as ``all``."""
    rows = {cue.value: _figures(truth[:, i], score[:, i], threshold) for i, cue in enumerate(CUES) if cue in cues}
    means = {name: float(np.mean([row[name] for row in rows.values()])) for name in ("average_precision", "f1")}
    return rows | {"all": means}


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


def latency_ms(classifier: CareSoundClassifier, windows: int = 200) -> float:
    """Median time of one window alone on one core."""
    rng, took = np.random.default_rng(0), []
    for _ in range(windows):
        window = SoundWindow(0, (0.1 * rng.standard_normal(WINDOW_SAMPLES)).astype(np.float32))
        start = time.perf_counter()
        classifier.classify(window)
        took.append(time.perf_counter() - start)
    return float(np.median(took)) * 1000


def main() -> None:
    """Print the figures as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--registry", type=Path, default=Path(__file__).parent.parent / "registry.toml")
    arguments.add_argument("--split", type=Split, default=Split.TEST)
    arguments.add_argument("--threshold", type=float, default=0.5)
    chosen = arguments.parse_args()
    logging.basicConfig(level=logging.INFO)
    classifier = CareSoundClassifier(ModelStore.open(chosen.registry))
    real = measured(chain(kitchen20(chosen.data, chosen.split), librispeech(chosen.data, chosen.split)), classifier)
    staged = measured(synthetic(chosen.split, takes=20), classifier)
    figures = {
        "real": report(*real, (*REAL_CUES, SoundCue.SPEECH), chosen.threshold),
        "real, five care cues": {"all": report(*real, REAL_CUES, chosen.threshold)["all"]},
        "synthetic": report(*staged, CUES, chosen.threshold),
        "latency_ms": latency_ms(classifier),
    }
    json.dump(figures, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
