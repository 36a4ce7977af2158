"""How like whom a face is told to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.script import Conditions
from sim.senses.conditions import light_of
from sim.senses.measured import FaceRow
from sim.senses.rows import chosen

# Assumed, not measured: no photographs of the old, nor of East Asian faces, were to be had. An own face is told less
# like, and a stranger's more: by so much that false matches are some ten times as frequent, as NIST found them for some
# groups with many algorithms (IR 8280, 2019).
OLD_OWN, OLD_OTHER = -0.08, 0.06
# From one look to the next at a face that keeps still; keeps draws from a short list apart.
LOOKS_APART = 0.01


class FaceLook(NamedTuple):
    """What one check says of the face before the camera."""

    faces: int
    similarity: float | None
    quality: float | None


NO_FACE = FaceLook(0, None, None)


@dataclass(frozen=True)
class FaceSense:
    """Draws looks; a person's row is chosen by their id."""

    rows: Sequence[FaceRow]

    def own(self, caregiver: str, conditions: Conditions, rng: np.random.Generator) -> FaceLook:
        """A look at the caregiver, against their own template."""
        look = self._look(caregiver, conditions, rng)
        if look.similarity is None:
            return look
        return look._replace(similarity=_near(look.similarity + OLD_OWN * conditions.old_face, rng))

    def other(self, who: str, caregiver: str, conditions: Conditions, rng: np.random.Generator) -> FaceLook:
        """A look at somebody else, against the caregiver's template."""
        look = self._look(who, conditions, rng)
        if look.similarity is None:
            return look
        return look._replace(similarity=self.likeness(who, caregiver, conditions, rng))

    def likeness(self, who: str, template: str, conditions: Conditions, rng: np.random.Generator) -> float:
        """Similarity of one person's face to another's template; two people stay as like each other as they are."""
        row = chosen(self.rows, template)
        values = chosen(row.others, who, template)
        return _near(values[int(rng.integers(len(values)))] + OLD_OTHER * conditions.old_face, rng)

    def _look(self, who: str, conditions: Conditions, rng: np.random.Generator) -> FaceLook:
        row, light = chosen(self.rows, who), light_of(conditions)
        place = int(rng.integers(len(row.own[light])))
        quality = row.quality[light][place]
        return NO_FACE if quality is None else FaceLook(1, row.own[light][place], quality)


def _near(similarity: float, rng: np.random.Generator) -> float:
    return round(min(1.0, max(-1.0, similarity + LOOKS_APART * float(rng.standard_normal()))), 4)
