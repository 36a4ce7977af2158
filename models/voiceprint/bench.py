"""What the voiceprint is measured on: the device's own encoder, the people, the noises; each comparison made once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from edge_agent.perception.voice import VoiceEncoder
from models.voiceprint.conditions import CONDITIONS, Noises
from models.voiceprint.corpus import Wave
from models.voiceprint.remembering import RememberingStore
from models.voiceprint.trials import People, Trials, trials, voiceprints

TUNING, TEST = 0, 1
# Seconds that enrol, and seconds that are compared: an utterance leaves little to enrol where 10 s are compared.
SPLITS = {6.0: (3.0, 5.0), 2.0: (10.0,)}


@dataclass(frozen=True, eq=False)
class Bench:
    """What is measured, and on what."""

    store: RememberingStore
    speech: Sequence[Wave]
    noises: Noises
    done: dict[tuple[float, float, int], list[Trials]] = field(default_factory=dict)

    def trials(self, enrol_s: float, speak_s: float, half: int) -> list[Trials]:
        """The device's own comparisons under each condition, worked out once."""
        split = (enrol_s, speak_s, half)
        if split not in self.done:
            self.done[split] = list(self._trials(*split))
        return self.done[split]

    def _trials(self, enrol_s: float, speak_s: float, half: int) -> Iterator[Trials]:
        """The same speakers whatever is spoken, so that the lengths of one row can be compared."""
        people = People.of(self.speech, enrol_s, max(SPLITS[enrol_s]), half)
        shorter, encoder = People(people.ids, people.enrolling, people.said(speak_s)), self.encoder
        prints = [one.embedding for one in voiceprints(people, encoder)]
        for condition in CONDITIONS:
            yield trials(shorter, prints, condition, self.noises, encoder.listen)

    @property
    def encoder(self) -> VoiceEncoder:
        """The device's own."""
        return VoiceEncoder(self.store)
