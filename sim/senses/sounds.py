"""Which sounds are heard for what they are, and what else they are taken for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.script import Conditions
from sim.senses.conditions import (
    BESIDE_MEDIA,
    FAR,
    FAR_M,
    GAINS_DB,
    PLAIN,
    gain_name,
    noise_condition,
    steady_level,
)
from sim.senses.measured import Heard, SoundRow, SteadyRow
from sim.senses.rows import chosen
from visit_record.vocabulary import SoundCue

NOTHING = Heard(0.0, 0.0, {})
# At so much less gain than usual everything lies under the device's level gate.
SILENT_DB = -40.0


@dataclass(frozen=True)
class SoundSense:
    """What becomes of a sound; one home keeps one clip of each cue, so what is missed there is missed again."""

    rows: Sequence[SoundRow]
    steady: Sequence[SteadyRow]

    def heard(
        self, who: str, cue: SoundCue, conditions: Conditions, *, louder_db: float = 0.0, beside_media: bool = False
    ) -> Heard:
        """Share of its time over which a sound's cue is heard, and over which others are.

        ``louder_db`` is how the sound reaches the device against its usual level. Each condition takes its share of
        what would be heard in a good room: measured one by one, not together.
        """
        if cue not in self._by_cue:
            return NOTHING
        told = chosen(self._by_cue[cue], who, cue).heard
        plain, harder = told[PLAIN], list(_harder(told, conditions, louder_db, beside_media))
        if not harder or not plain.share:
            return plain
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


def _harder(told: Mapping[str, Heard], conditions: Conditions, louder_db: float, beside_media: bool) -> Iterator[Heard]:
    if conditions.distance_m >= FAR_M:
        yield told[FAR]
    noise = noise_condition(conditions, louder_db)
    if noise is not None:
        yield told[noise]
    if beside_media and BESIDE_MEDIA in told:
        yield told[BESIDE_MEDIA]
    if conditions.gain_db + louder_db < 0:
        yield _at_gain(told, conditions.gain_db + louder_db)


def _at_gain(told: Mapping[str, Heard], gain_db: float) -> Heard:
    """Between what was measured at full gain, and at less and less of it."""
    known = [(0.0, told[PLAIN]), *((one, told[gain_name(one)]) for one in GAINS_DB), (SILENT_DB, NOTHING)]
    above_db, above = min((one for one in known if one[0] >= gain_db), key=lambda one: one[0])
    below_db, below = max((one for one in known if one[0] <= gain_db), key=lambda one: one[0], default=known[-1])
    part = 0.0 if above_db <= below_db else (above_db - gain_db) / (above_db - below_db)
    nearer = above if part < 0.5 else below
    return Heard(above.share + part * (below.share - above.share), nearer.confidence, nearer.besides)
