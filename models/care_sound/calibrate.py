"""From a student's raw logits to probabilities that mean what they say, fitted on clips that it never saw. Pure.

Platt scaling (Platt 1999), cue by cue, of whole files as ``edge-agent inspect sound`` rates them. Training draws every
cue equally often and so is far too ready to hear a rare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from edge_agent.inspection.sound import better_half

Table = NDArray[np.float64]
# Beyond these a few clips would speak louder than they can.
SCALES = (0.5, 3.0)
OFFSETS = (-8.0, 8.0)
FEWEST_CLIPS = 10


@dataclass(frozen=True)
class HeardClip:
    """What one student made of one clip: logits [windows, cues], levels [windows]; truth [cues], NaN where unknown."""

    logits: Table
    levels_dbfs: Table
    truth: Table


@dataclass(frozen=True)
class Line:
    """``scale * logit + offset``, each [cues]."""

    scale: Table
    offset: Table

    def probability(self, logits: Table) -> Table:
        """Probabilities of logits [.., cues]."""
        return sigmoid(self.scale * logits + self.offset)


def fitted(clips: Sequence[HeardClip]) -> Line:
    """The likeliest line of each cue; a cue with fewer than ten positive or negative clips keeps its logits."""
    lines = [_cue_line(clips, cue) for cue in range(len(clips[0].truth))]
    return Line(np.array([scale for scale, _ in lines]), np.array([offset for _, offset in lines]))


def file_confidence(clip: HeardClip, line: Line) -> Table:
    """Confidence [cues] of a whole clip."""
    return line.probability(better_half(clip.logits, clip.levels_dbfs))


def sigmoid(values: Table) -> Table:
    """The logistic function, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)))


def _cue_line(clips: Sequence[HeardClip], cue: int) -> tuple[float, float]:
    known = [clip for clip in clips if not np.isnan(clip.truth[cue])]
    truth = np.array([clip.truth[cue] for clip in known])
    if min(truth.sum(), (1 - truth).sum()) < FEWEST_CLIPS:
        return 1.0, 0.0
    # A rising line commutes with the mean, and never changes which half is the better one.
    rated = np.array([better_half(clip.logits, clip.levels_dbfs)[cue] for clip in known])

    def surprise(line: Table) -> float:
        logits = line[0] * rated + line[1]
        return float(np.mean(np.logaddexp(0, logits) - truth * logits))

    found = minimize(surprise, (1.0, 0.0), method="L-BFGS-B", bounds=(SCALES, OFFSETS)).x
    return float(found[0]), float(found[1])
