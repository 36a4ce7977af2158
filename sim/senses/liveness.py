"""What a challenge makes of who stands, or of what is held, before the camera."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.script import Appearance, Conditions, ShownAs
from sim.senses.conditions import light_of
from sim.senses.measured import LivenessRow, Outcome
from sim.senses.rows import chosen, share_of
from visit_record.vocabulary import LivenessMethod

# Assumed, not measured: no person was asked to do a challenge. Somebody living turns the wrong way, or too late.
FUMBLED = 0.03
FUMBLE: Outcome = (LivenessMethod.CHALLENGE, False, 0.667)
STILL: Outcome = (LivenessMethod.CHALLENGE, False, 0.0)
# Staged, not known: of those who hold up a film, so many have somebody do on the telephone what is asked; the others
# play what was filmed before.
RELAYED = 0.3
SHOWN: Mapping[ShownAs, str] = {ShownAs.PHOTO: "print", ShownAs.CUT_OUT: "cut_out", ShownAs.SCREEN: "still"}
LIVING, RELAY, FILM = "living", "right_film", "other_film"
# How many of the staged presentations one attacker's picture is like.
ALIKE = 4


@dataclass(frozen=True)
class LivenessSense:
    """Draws outcomes; a face and an attacker's picture keep a row of their own."""

    rows: Sequence[LivenessRow]

    def outcome(self, face: Appearance, who: str, conditions: Conditions, rng: np.random.Generator) -> Outcome:
        """What the device says of one check, ``None`` where it says nothing."""
        if face.shown_as is not ShownAs.LIVE:
            return self._attack(face.shown_as, who, rng)
        if not face.turns_head:
            return STILL
        if rng.random() < FUMBLED:
            return FUMBLE
        told = _any(chosen(self._of(LIVING, 1.0), who).outcomes, rng)
        light = float(light_of(conditions))
        return told if light == 1 or told is None else _any(chosen(self._dimmest(light), who).outcomes, rng)

    def _attack(self, shown_as: ShownAs, who: str, rng: np.random.Generator) -> Outcome:
        kind = SHOWN.get(shown_as) or (RELAY if share_of(who, "film") < RELAYED else FILM)
        outcomes = chosen(self._of(kind, 1.0), who, kind).outcomes
        first = int(share_of(who, kind, "like") * len(outcomes))
        return outcomes[(first + int(rng.integers(ALIKE))) % len(outcomes)]

    def _dimmest(self, light: float) -> list[LivenessRow]:
        measured = sorted({row.light for row in self.rows if row.shown == LIVING})
        return self._of(LIVING, max((one for one in measured if one <= light), default=measured[0]))

    def _of(self, shown: str, light: float) -> list[LivenessRow]:
        return [row for row in self.rows if row.shown == shown and row.light == light]


def _any(outcomes: Sequence[Outcome], rng: np.random.Generator) -> Outcome:
    return outcomes[int(rng.integers(len(outcomes)))]
