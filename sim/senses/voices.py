"""How like the caregiver's voice a stretch of speech is told to be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.script import Conditions
from sim.senses.conditions import voice_condition
from sim.senses.measured import Told, VoiceRow
from sim.senses.rows import chosen

# Assumed, not measured: what enrolled and what was compared are of one recording, and the card of the voiceprint says
# that another day's errors are several times as many. So much less like on another day, and how days differ.
OTHER_DAY, DAYS_APART = -0.05, 0.03
# From one stretch to the next of one speaker in one condition, beyond the three that were measured.
STRETCHES_APART = 0.02
LONG_S = 4.0


@dataclass(frozen=True)
class VoiceSense:
    """Draws similarities; a caregiver keeps one speaker's row, and another voice stays as like it as it is."""

    rows: Sequence[VoiceRow]

    def day(self, rng: np.random.Generator) -> float:
        """By how much a caregiver's voice is another today than when it was enrolled."""
        return min(0.0, OTHER_DAY + DAYS_APART * float(rng.standard_normal()))

    def own(self, caregiver: str, conditions: Conditions) -> tuple[Told, ...]:
        """Similarities of the caregiver's own speech: two short stretches, and a long one."""
        return chosen(self.rows, caregiver).own[voice_condition(conditions.distance_m, conditions.noise_db)]

    def other(self, who: str, caregiver: str, conditions: Conditions) -> tuple[Told, ...]:
        """The same of somebody else's speech, against the caregiver's voiceprint."""
        others = chosen(self.rows, caregiver).others[voice_condition(conditions.distance_m, conditions.noise_db)]
        return chosen(others, who)


def similarity(told: tuple[Told, ...], speech_s: float, chance: float, apart: float) -> float | None:
    """One stretch of so many seconds, by a number 0..1 and a normal one; ``None`` where noise covers it."""
    value = told[-1] if speech_s >= LONG_S else told[int(chance * (len(told) - 1))]
    return None if value is None else value + STRETCHES_APART * apart
