"""Measure how a home's own sounds are known again from five examples:
``python -m models.care_sound.evaluate_site --data ../shared/data [--student FILE.onnx] [--unseen CLASS …]``.

For each class that the student never saw: five clips of five recordings (fewer where the class has fewer) are the
examples, generic sounds without that class are the rivals, and the threshold is set on those; the test clips are of
recordings that neither holds. By the device's own functions; numpy and onnxruntime only.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.calibration.sound import LEAST_RECALL
from edge_agent.perception.site_sound import Rivals, SiteCue, SoundSpace, learn_cue, recognised_when_left_out
from models.care_sound.data import Split
from models.care_sound.site_points import SPEECH, Embedder, Points, Rows, points_of

EXAMPLES = 5
FALSE_ALARMS = 0.05
# What the device's rule for water, tableware and footsteps asks, of windows 0.48 s apart.
WINDOWS_IN_RECORD = 3
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Draw:
    """Clips of one draw: examples, rivals, test clips of the class and test clips of all else, as flags [n]."""

    examples: Flags
    rivals: Flags
    positives: Flags
    negatives: Flags


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
    return Draw(chosen, known & points.generic & ~beside_label, of_label & tested, tested & ~of_label)


def judge(points: Points, chosen: Draw) -> dict[str, float]:
    """Figures of one draw; ``told`` is what the device foretells from its examples alone, and by which it refuses."""
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
    heard = [_often_enough(points.growing[which], space, cue) for which in (chosen.positives, chosen.negatives)]
    told = recognised_when_left_out(examples, np.arange(len(examples)), rivals, FALSE_ALARMS)
    return {
        "recall": float(np.mean(hits > cue.threshold)),
        "false_alarms": float(np.mean(others > cue.threshold)),
        "false_alarms_kitchen": float(np.mean(others[kitchen] > cue.threshold)),
        "recall_at_5": float(np.mean(hits > np.quantile(others, 1 - FALSE_ALARMS))),
        "recall_in_record": float(heard[0].mean()),
        "false_alarms_in_record": float(heard[1].mean()),
        "told": float(told.mean()),
        "refused": float(told.mean() < LEAST_RECALL),
    }


def _often_enough(growing: Rows, space: SoundSpace, cue: SiteCue) -> Flags:
    """Whether three of the five decisions that fall into a clip are for the cue: bool [n]."""
    flat = growing.reshape(-1, growing.shape[-1])
    up = np.zeros(len(flat), np.bool_)
    decided = ~np.isnan(flat[:, 0])
    up[decided] = cue.scores(space.place(flat[decided])) > cue.threshold
    return np.asarray(up.reshape(growing.shape[:2]).sum(axis=1) >= WINDOWS_IN_RECORD)


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
    known = points.splits != Split.TEST.value
    for _ in range(draws):
        half = known & _half(points, label, rng)
        given, tested = (known, ~known) if split is Split.TEST else (half, known & ~half)
        one = draw(points, label, given, tested, rng)
        if one.positives.any():
            yield one


def _half(points: Points, label: str, rng: np.random.Generator) -> Flags:
    """Clips of half of all recordings; of the label those of five at most."""
    own = points.labels == label
    of_label = rng.permutation(np.unique(points.sources[own & (points.splits != Split.TEST.value)]))
    others = rng.permutation(np.setdiff1d(np.unique(points.sources), points.sources[own]))
    kept = np.concatenate([of_label[: min(EXAMPLES, max(2, len(of_label) // 2))], others[: len(others) // 2]])
    return np.isin(points.sources, kept)


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
