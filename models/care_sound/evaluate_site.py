"""Measure how a home's own sounds are known again from five examples:
``python -m models.care_sound.evaluate_site --data ../shared/data [--student FILE.onnx] [--unseen CLASS …]``.

For each class that the student never saw: five clips of five recordings (fewer where the class has fewer) are the
examples, generic sounds without that class are the rivals, and the threshold is set on those; the test clips are of
recordings that neither holds. By the device's own functions; numpy and onnxruntime only.
"""

import argparse
import csv
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import soundfile
from numpy.typing import NDArray

from edge_agent.perception.site_sound import Rivals, SoundSpace, learn_cue, recognised_when_left_out
from edge_agent.perception.sound import level_dbfs
from edge_agent.perception.sound_stretch import EmbeddedWindow, point_of
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES
from models.care_sound.data import Split, split_of

EXAMPLES = 5
FALSE_ALARMS = 0.05
CLIP_SAMPLES = 5 * SAMPLE_RATE_HZ
SPEECH = "speech"
Rows = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Points:
    """One point float32 [n, P] a clip, its label, its recording and the split of that."""

    points: Rows
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]
    splits: NDArray[np.str_]


@dataclass(frozen=True)
class Draw:
    """Clips of one draw: examples, rivals, test clips of the class and test clips of all else, as flags [n]."""

    examples: Flags
    rivals: Flags
    positives: Flags
    negatives: Flags


def clips(data: Path) -> Iterator[tuple[str, str, Rows]]:
    """Label, recording and samples: all of Kitchen20, and five seconds of each LibriSpeech speaker."""
    kitchen = data / "sounds" / "kitchen20"
    with (kitchen / "labels.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield row["label"], row["source_id"], _read(kitchen / row["file"])
    for path in sorted((data / "speech" / "librispeech_train-clean-100").glob("*.flac")):
        # The first second is often silent.
        yield SPEECH, path.stem.split("-")[0], _read(path)[SAMPLE_RATE_HZ : SAMPLE_RATE_HZ + CLIP_SAMPLES]


def _read(path: Path) -> Rows:
    samples, _rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(samples.mean(axis=1), np.float32)


class Embedder:
    """A tensor of an ONNX model, for one window at a time; the model's first input may be longer than a window."""

    def __init__(self, model: Path, tensor: str) -> None:
        graph = onnx.load(model)
        if tensor not in {output.name for output in graph.graph.output}:
            graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(tensor))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._tensor, self._input = tensor, self._session.get_inputs()[0]

    def windows(self, samples: Rows) -> list[EmbeddedWindow]:
        """Every window of a clip."""
        starts = range(0, max(len(samples) - WINDOW_SAMPLES, 0) + 1, HOP_SAMPLES)
        return [self._window(start, samples[start : start + WINDOW_SAMPLES]) for start in starts]

    def _window(self, start: int, samples: Rows) -> EmbeddedWindow:
        asked = self._input.shape[-1]
        padded = np.pad(samples, (0, (asked if isinstance(asked, int) else WINDOW_SAMPLES) - len(samples)))
        (embedding,) = self._session.run([self._tensor], {self._input.name: padded[None]})
        at_ms = start * 1000 // SAMPLE_RATE_HZ
        return EmbeddedWindow(at_ms, np.asarray(embedding, np.float32).reshape(-1), level_dbfs(samples))


def points_of(data: Path, embedder: Embedder) -> Points:
    """Every clip that is long and loud enough for the device to learn from or decide on."""
    found = []
    for label, source, samples in clips(data):
        point = point_of(embedder.windows(samples))
        if point is not None:
            found.append((point, label, source, split_of(source).value))
    points, *names = zip(*found, strict=True)
    return Points(np.stack(points), *(np.array(column) for column in names))


def draw(points: Points, label: str, known: Flags, tested: Flags, rng: np.random.Generator) -> Draw:
    """Examples of as many recordings as there are, up to five; no test clip is of a recording of theirs.

    A recording of which some clips have the label is not among the rivals: what else it holds may sound of it too.
    """
    of_label = points.labels == label
    order = rng.permutation(np.flatnonzero(of_label & known))
    nth = [int(np.sum(points.sources[order[:i]] == points.sources[place])) for i, place in enumerate(order)]
    chosen = np.isin(np.arange(len(of_label)), order[np.argsort(nth, kind="stable")][:EXAMPLES])
    beside_examples = np.isin(points.sources, points.sources[chosen])
    beside_label = np.isin(points.sources, points.sources[of_label])
    tested = tested & ~beside_examples
    return Draw(chosen, known & ~beside_label, of_label & tested, tested & ~of_label)


def judge(points: Points, chosen: Draw) -> dict[str, float]:
    """Figures of one draw; ``told`` is what the device foretells from its examples alone."""
    space = SoundSpace.of(points.points[chosen.rivals])
    sources = np.unique(points.sources, return_inverse=True)[1]
    rivals = Rivals(
        space.place(points.points[chosen.rivals]), sources[chosen.rivals], np.zeros(int(chosen.rivals.sum()), np.bool_)
    )
    examples = space.place(points.points[chosen.examples])
    cue = learn_cue(examples, rivals, FALSE_ALARMS)
    hits = cue.scores(space.place(points.points[chosen.positives]))
    others = cue.scores(space.place(points.points[chosen.negatives]))
    kitchen = points.labels[chosen.negatives] != SPEECH
    told = recognised_when_left_out(examples, np.arange(len(examples)), rivals, FALSE_ALARMS)
    return {
        "recall": float(np.mean(hits > cue.threshold)),
        "false_alarms": float(np.mean(others > cue.threshold)),
        "false_alarms_kitchen": float(np.mean(others[kitchen] > cue.threshold)),
        "recall_at_5": float(np.mean(hits > np.quantile(others, 1 - FALSE_ALARMS))),
        "told": float(told.mean()),
    }


def by_class(points: Points, labels: Sequence[str], draws: int, split: Split) -> dict[str, dict[str, float]]:
    """Mean figures of each class; a class with no test clip is left out."""
    rows = {}
    for label in labels:
        figures = [judge(points, one) for one in _draws(points, label, draws, split)]
        if figures:
            rows[label] = {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}
    return rows


def _draws(points: Points, label: str, draws: int, split: Split) -> Iterator[Draw]:
    """On the test split examples are of the other splits; on validation half of all that is not test stands for it."""
    rng = np.random.default_rng(zlib.crc32(label.encode()))
    own = np.unique(points.sources[(points.labels == label) & (points.splits != Split.TEST.value)])
    for _ in range(draws):
        tested = points.splits == Split.TEST.value
        known = ~tested
        if split is not Split.TEST:
            kept = np.union1d(
                rng.permutation(own)[: min(EXAMPLES, max(2, len(own) // 2))],
                np.setdiff1d(rng.choice(np.unique(points.sources), len(np.unique(points.sources)) // 2, False), own),
            )
            known, tested = known & np.isin(points.sources, kept), known & ~np.isin(points.sources, kept)
        one = draw(points, label, known, tested, rng)
        if one.positives.any():
            yield one


def summary(rows: dict[str, dict[str, float]], rng: np.random.Generator) -> dict[str, object]:
    """Means over the classes, each with the 95% interval that drawing other classes would give (bootstrap)."""
    told: dict[str, object] = {"classes": len(rows)}
    for name in next(iter(rows.values())):
        values = np.array([row[name] for row in rows.values()])
        means = rng.choice(values, (2000, len(values))).mean(axis=1)
        told[name] = [round(float(x), 3) for x in (values.mean(), *np.quantile(means, [0.025, 0.975]))]
    return told


def main() -> None:
    """Print the figures as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path("../shared/data"))
    arguments.add_argument("--student", type=Path, default=Path(__file__).parent / "care_sound.onnx")
    arguments.add_argument("--tensor", default="embedding", help="the tensor of the student that is the embedding")
    arguments.add_argument("--unseen", nargs="*", help="Kitchen20's classes that the student never saw; by default all")
    arguments.add_argument("--split", type=Split, default=Split.TEST, choices=[Split.VALIDATION, Split.TEST])
    arguments.add_argument("--draws", type=int, default=20)
    chosen = arguments.parse_args()
    points = points_of(chosen.data, Embedder(chosen.student, chosen.tensor))
    labels = chosen.unseen or sorted({str(label) for label in points.labels} - {SPEECH})
    rows = by_class(points, labels, chosen.draws, chosen.split)
    told = {"all": summary(rows, np.random.default_rng(0)), "classes": rows}
    json.dump(told, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
