"""Which sounds are heard for what they are, and what else they are taken for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.script import Conditions
from sim.senses.conditions import BESIDE_MEDIA, PLAIN, sound_conditions, steady_level
from sim.senses.measured import Heard, SoundRow, SteadyRow
from sim.senses.rows import chosen
from visit_record.vocabulary import SoundCue

# A share of time under which nothing is made of a sound.
NOTHING = Heard(0.0, 0.0)


@dataclass(frozen=True)
class SoundSense:
    """What becomes of a sound; one home keeps one clip of each cue, so what is missed there is missed again."""

    rows: Sequence[SoundRow]
    steady: Sequence[SteadyRow]

    def heard(self, who: str, cue: SoundCue, conditions: Conditions, *, beside_media: bool) -> Heard:
        """Share of its time over which a sound's cue is heard, and over which others are.

        Each condition takes its share of what would be heard in a good room: measured one by one, not together.
        """
        if cue not in self._by_cue:
            return NOTHING
        told = chosen(self._by_cue[cue], who, cue).heard
        plain, names = told[PLAIN], sound_conditions(conditions)
        if beside_media and BESIDE_MEDIA in told:
            names.append(BESIDE_MEDIA)
        if not names or not plain.share:
            return plain
        harder = [told[name] for name in names]
        share = plain.share
        for one in harder:
            share *= min(1.0, one.share / plain.share)
        worst = min(harder, key=lambda one: one.share)
        return Heard(share, min(plain.confidence, worst.confidence or plain.confidence), worst.besides)

    def in_stillness(self, who: str, conditions: Conditions) -> Mapping[SoundCue, float] | None:
        """Shares of time over which cues are heard where nothing sounds but steady noise; ``None`` in a quiet room."""
        level = steady_level(conditions)
        return None if level is None else chosen(self.steady, who).heard[level]

    @cached_property
    def _by_cue(self) -> Mapping[SoundCue, Sequence[SoundRow]]:
        return {cue: rows for cue in SoundCue if (rows := [row for row in self.rows if row.cue is cue])}
