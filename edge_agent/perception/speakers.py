"""Who is who among the voices of a visit: turns within a stretch of speech, and a number for each voice. Pure.

Nobody is named; the points of the unit sphere are forgotten with the visit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from edge_agent.perception.voice import Embedding, Embeddings, cosine, unit

# Both chosen on conversations of half of the speakers, told of on the other half: see models/voiceprint/CARD.md.
SAME_SPEAKER = 0.75
SAME_TURN = 0.65
# A side of a turn needs two pieces: one alone, of 1.6 s, is too unlike its own speaker's others.
LEAST_PIECES = 2
# How far a known voice moves towards what was heard of it last.
DRIFT = 0.2


@dataclass(frozen=True, eq=False)
class Turn:
    """One voice's part of a stretch of speech: its point [256], and where it begins and ends, 0..1 of the stretch."""

    embedding: Embedding = field(repr=False)
    begins: float
    ends: float

    @property
    def share(self) -> float:
        """Share 0..1 of the stretch."""
        return self.ends - self.begins


def turns(pieces: Embeddings) -> Iterator[Turn]:
    """The stretch as one turn, or as two where its beginning and its end are unlike each other.

    ``pieces`` are as :class:`HeardVoice` has them, [N, 256] in order.
    """
    cuts = range(LEAST_PIECES, len(pieces) - LEAST_PIECES + 1)
    likeness = [cosine(unit(pieces[:cut].mean(axis=0)), unit(pieces[cut:].mean(axis=0))) for cut in cuts]
    edges = [0, len(pieces)]
    if likeness and min(likeness) < SAME_TURN:
        edges.insert(1, cuts[int(np.argmin(likeness))])
    for begin, end in pairwise(edges):
        yield Turn(unit(pieces[begin:end].mean(axis=0)), begin / len(pieces), end / len(pieces))


class Speakers:
    """The voices heard so far, numbered from 0 in the order in which they were first heard."""

    def __init__(self) -> None:
        self._known: list[Embedding] = []

    def number(self, heard: Embedding) -> int:
        """Number of the nearest voice so far, which moves towards what was heard; a new number if none is near."""
        nearness = [cosine(heard, known) for known in self._known]
        nearest = int(np.argmax(nearness)) if nearness else 0
        if not nearness or nearness[nearest] < SAME_SPEAKER:
            self._known.append(heard)
            return len(self._known) - 1
        self._known[nearest] = unit((1 - DRIFT) * self._known[nearest] + DRIFT * heard)
        return nearest
