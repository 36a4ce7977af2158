"""How a home's own sounds are known again: few examples, against all that they are not.

A point's score for a cue is its cosine to the mean of the cue's examples, less its mean cosine to the ten nearest
rivals, in a space that is whitened by generic sounds: after prototypical networks (Snell et al., NeurIPS 2017) and
cohort normalisation as speaker verification has it. The threshold is where a set share of the rivals lies above, each
compared without the sounds of its own recording. numpy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.generic_sounds import GenericSounds
from edge_agent.perception.sound_stretch import EmbeddedWindow, LastStretch, Rows, is_loud, point_of
from visit_record.vocabulary import SoundCue

# Chosen on the training and validation splits; models/care_sound/SITE.md has the figures.
SHRINKAGE = 0.8
NEAREST = 10


@dataclass(frozen=True)
class SoundSpace:
    """Whitened by the shrunken covariance of generic sounds (Ledoit and Wolf's form), so that what varies least counts.

    ``mean`` float32 [D], ``whitener`` float32 [D, D].
    """

    mean: Rows
    whitener: Rows

    @classmethod
    def of(cls, points: Rows) -> "SoundSpace":
        """The space of generic points float32 [n, D]."""
        mean = points.mean(axis=0, dtype=np.float64)
        centred = points - mean
        covariance = centred.T @ centred / len(points)
        floor = max(float(np.trace(covariance)) / len(covariance), 1e-12)
        shrunken = (1 - SHRINKAGE) * covariance + SHRINKAGE * floor * np.eye(len(covariance))
        whitener = np.linalg.inv(np.linalg.cholesky(shrunken)).T
        return cls(mean.astype(np.float32), whitener.astype(np.float32))

    def place(self, points: Rows) -> Rows:
        """Points float32 [n, D] as directions of unit length in the space."""
        white = (points - self.mean) @ self.whitener
        return np.asarray(white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-9), np.float32)


@dataclass(frozen=True)
class Rivals:
    """What a cue is not: directions float32 [n, D], the ``sources`` int [n] they are of, and which are this home's."""

    directions: Rows
    sources: NDArray[np.int64]
    home: NDArray[np.bool_]


@dataclass(frozen=True)
class SiteCue:
    """One cue as this home sounds it; ``spread`` is the standard deviation of the rivals' scores."""

    prototype: Rows
    rivals: Rows
    threshold: float
    spread: float

    def scores(self, directions: Rows) -> Rows:
        """Score float32 [n] of each direction float32 [n, D]."""
        return np.asarray(directions @ self.prototype - _nearest(directions @ self.rivals.T), np.float32)

    def probability(self, direction: Rows) -> float:
        """0..1, one half at the threshold."""
        excess = (float(self.scores(direction[None])[0]) - self.threshold) / self.spread
        return float(1 / (1 + np.exp(-np.clip(2 * excess, -30, 30))))


def learn_cue(examples: Rows, rivals: Rivals, false_alarms: float) -> SiteCue:
    """A cue from its examples, directions float32 [n, D], with ``false_alarms`` 0..1 of the rivals above the threshold.

    Generic rivals and those of the home are each held to that share; the stricter threshold stands.
    """
    mean = examples.mean(axis=0)
    prototype = np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
    scores = rival_scores(prototype, rivals)
    kinds = [scores[rivals.home == home] for home in (False, True)]
    threshold = max(_exceeded_by(kind, false_alarms) for kind in kinds if len(kind))
    return SiteCue(prototype, rivals.directions, threshold, max(float(scores.std()), 1e-6))


def rival_scores(prototype: Rows, rivals: Rivals) -> Rows:
    """The score float32 [n] of each rival, compared with those of other recordings alone."""
    likeness = rivals.directions @ rivals.directions.T
    likeness[rivals.sources[:, None] == rivals.sources[None]] = -1
    return np.asarray(rivals.directions @ prototype - _nearest(likeness), np.float32)


def recognised_when_left_out(
    examples: Rows, takes: NDArray[np.int64], rivals: Rivals, false_alarms: float
) -> NDArray[np.bool_]:
    """Whether each example is recognised by what the other takes teach: bool [n]; ``takes`` int [n], two or more."""
    found = np.zeros(len(examples), np.bool_)
    for take in np.unique(takes):
        out = takes == take
        cue = learn_cue(examples[~out], rivals, false_alarms)
        found[out] = cue.scores(examples[out]) > cue.threshold
    return found


def _nearest(likeness: Rows) -> Rows:
    k = min(NEAREST, likeness.shape[1])
    return np.asarray(np.partition(likeness, -k, axis=1)[:, -k:].mean(axis=1), np.float32)


def _exceeded_by(scores: Rows, share: float) -> float:
    """The score that at most this share of the scores exceeds."""
    return float(np.sort(scores)[::-1][int(share * len(scores))])


@dataclass(frozen=True)
class SiteSounds:
    """Every cue that was learnt in one home. Immutable; :class:`SiteEar` listens with it."""

    space: SoundSpace
    cues: Mapping[SoundCue, SiteCue]

    def probabilities(self, point: Rows) -> dict[SoundCue, float]:
        """Probability 0..1 of each cue that was learnt, for one stretch's point float32 [D]."""
        direction = self.space.place(point[None])[0]
        return {cue: site.probability(direction) for cue, site in self.cues.items()}


class SiteEar:
    """Listens to one visit: raises the probability of a cue where the last 4.8 s sound as this home's own."""

    def __init__(self, sounds: SiteSounds) -> None:
        self._sounds, self._last = sounds, LastStretch()

    def raised(self, window: EmbeddedWindow, probabilities: Sequence[float]) -> tuple[float, ...]:
        """The model's ``probabilities``, in the order of :class:`SoundCue`; none is lowered, no other cue touched."""
        stretch = self._last.with_window(window)
        point = point_of(stretch)
        if point is None or not is_loud(window, stretch):
            return tuple(probabilities)
        site = self._sounds.probabilities(point)
        return tuple(max(p, site.get(cue, 0.0)) for cue, p in zip(SoundCue, probabilities, strict=True))


def rivals_of(
    cue: SoundCue, generic: GenericSounds, space: SoundSpace, background: Rows, takes: Sequence[int]
) -> Rivals:
    """Generic sounds that are not the cue, and the home's own background, points float32 [n, D] of numbered takes."""
    rows = generic.rivals(cue)
    points = np.concatenate([generic.points[rows], background])
    # Takes of the home are numbered below the sources of generic sounds, which are 0 and more.
    sources = np.concatenate([generic.sources[rows], -1 - np.asarray(takes, np.int64)])
    return Rivals(space.place(points), sources, np.arange(len(points)) >= len(rows))
