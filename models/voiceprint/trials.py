"""Every voiceprint against every stretch that was heard, under one condition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge_agent.perception.voice import Embedding, HeardVoice, VoiceEncoder, Voiceprint, enrol_voice, unit
from models.voiceprint.conditions import Condition, Noises, heard
from models.voiceprint.corpus import Wave, cut
from models.voiceprint.metrics import Scores

Listen = Callable[[Wave], HeardVoice]
LEAST_SPEECH_S = 11.0


@dataclass(frozen=True, eq=False)
class People:
    """Speakers of whom one part enrols and another is heard, in the same order; ``ids`` seed their rooms and noises."""

    ids: Sequence[int]
    enrolling: Sequence[Wave]
    speaking: Sequence[Wave]

    @classmethod
    def of(cls, speech: Sequence[Wave], enrol_s: float, speak_s: float, half: int) -> "People":
        """Of one half of the speakers, those who speak for long enough without counting pauses.

        The halves are those of everybody who speaks for 11 s, so that nobody changes sides with what is compared.
        """
        ids = [index for index, wave in enumerate(speech) if cut(wave, LEAST_SPEECH_S)][half::2]
        cuts = {index: cut(speech[index], enrol_s, speak_s) for index in ids}
        long = [(index, both) for index, both in cuts.items() if both is not None]
        return cls([index for index, _ in long], [both[0] for _, both in long], [both[1] for _, both in long])

    def said(self, speak_s: float) -> list[Wave]:
        """The first seconds, without counting pauses, of what each of them says."""
        shorter = [cut(wave, speak_s) for wave in self.speaking]
        return [first[0] if first else wave for first, wave in zip(shorter, self.speaking, strict=True)]


@dataclass(frozen=True, eq=False)
class Trials:
    """Similarity of each voiceprint (rows) with each stretch (columns), and how clear each stretch was."""

    scores: Scores
    snr_db: Scores
    heard: Sequence[HeardVoice] = field(repr=False)


def voiceprints(people: People, encoder: VoiceEncoder) -> list[Voiceprint]:
    """Everybody enrolled as the device does it, close by and in quiet."""
    return [enrol_voice(encoder, [wave]) for wave in people.enrolling]


def trials(people: People, prints: Sequence[Embedding], condition: Condition, noises: Noises, listen: Listen) -> Trials:
    """All comparisons under one condition, the same noise at each run."""
    rngs = [np.random.default_rng([index, 7]) for index in people.ids]
    waves = [heard(wave, condition, noises, rng) for wave, rng in zip(people.speaking, rngs, strict=True)]
    stretches = [listen(wave) for wave in waves]
    points = np.array([unit(stretch.pieces.mean(axis=0)) for stretch in stretches], np.float64)
    scores = np.array(prints, np.float64) @ points.T
    return Trials(scores, np.array([stretch.snr_db for stretch in stretches]), stretches)
