"""Stretches of what a microphone brought, and how much of each was heard. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from edge_agent.perception.voice_perceiver import HOP_MS
from sim.history.watch import Stretch
from sim.script import Noise
from visit_record.vocabulary import SoundCue

HOP_S = HOP_MS / 1000
# Windows of nearly a second, five of them: what a stillness must last to be told.
LEAST_STILL_S, LEAST_HEARD_S = 2.9, 1.4
# From such a share on the gaps between what is heard are shorter than those that the device joins over.
MOSTLY = 0.7
# Mean probability of windows that were not heard for what they are.
FAINT = 0.25
# What goes on for longer than the first is heard in parts of the second.
LONG_S, PIECE_S = 36.0, 24.0


class Part(NamedTuple):
    """A stretch over which a cue was heard, in seconds of the visit, and how surely."""

    start_s: float
    end_s: float
    confidence: float


class Spoken(NamedTuple):
    """Somebody speaks; ``share`` of it is recognised as speech. ``own`` when it is the caregiver."""

    start_s: float
    end_s: float
    share: float
    who: str
    own: bool


@dataclass(frozen=True)
class Hearing:
    """Everything that the microphone brought."""

    parts: dict[SoundCue, list[Part]] = field(default_factory=lambda: defaultdict(list))
    spoken: list[Spoken] = field(default_factory=list)


def pieces(stretch: Stretch) -> Sequence[Stretch]:
    """A stretch in parts that are each heard by themselves."""
    start_s, end_s = stretch
    if end_s - start_s <= LONG_S:
        return (stretch,)
    edges = [*np.arange(start_s, end_s - PIECE_S / 2, PIECE_S).tolist(), end_s]
    return list(pairwise(edges))


def between(share: float) -> float:
    """A share, 0..1."""
    return min(1.0, max(0.0, share))


def put(  # noqa: PLR0913, PLR0917 - a stretch, how much of it, and where
    hearing: Hearing, cue: SoundCue, stretch: Stretch, share: float, place: float, confidence: float
) -> None:
    """So much of a stretch, somewhere in it, unless that is too short for the device's rule.

    Where most of it was heard the rests are short, and the device joins over them.
    """
    length_s = stretch[1] - stretch[0]
    if share >= MOSTLY:
        share = share if share < 1 else 1.0
        hearing.parts[cue].append(Part(stretch[0], stretch[1], confidence * share + FAINT * (1 - share)))
        return
    heard_s = share * length_s
    if heard_s >= min(LEAST_HEARD_S, MOSTLY * length_s) > 0:
        start_s = stretch[0] + place * (length_s - heard_s)
        hearing.parts[cue].append(Part(start_s, start_s + heard_s, confidence))


def gaps(noises: list[Noise], duration_s: float) -> Iterator[Stretch]:
    """Between noises, in order of their beginning, where nothing sounds for long enough to be told."""
    at_s = 0.0
    for noise in noises:
        if noise.start_s - at_s >= LEAST_STILL_S:
            yield at_s, noise.start_s
        at_s = max(at_s, noise.end_s)
    if duration_s - at_s >= LEAST_STILL_S:
        yield at_s, duration_s
