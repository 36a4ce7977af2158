"""What became of each sound of a script: stretches of cues that were heard, and who was heard to speak."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sim.history.faces import identity
from sim.history.stretches import LONG_S, Hearing, Part, Spoken, between, gaps, pieces, put
from sim.history.watch import Stretch
from sim.script import Noise, Voice
from sim.senses import Senses
from sim.senses.measured import Heard
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import SoundCue

# What is under the level gate is quiet, and the device is sure of it.
SURE = 1.0
# What is heard for what it is not, is heard with less certainty.
UNSURE = 0.62
# From one sound of a kind to the next in one home: clips are measured from one place.
SHARE_VARIES = 0.12
# Sounds of one kind within so much of each other are heard alike.
GAIN_STEP_DB = 3.0
TV_VOICES = 5
TV_TURN_S = 6.0


@dataclass(frozen=True)
class Listener:
    """Listens to a script's noises, one after the other."""

    staged: StagedVisit
    senses: Senses
    rng: np.random.Generator
    _known: dict[tuple[str, SoundCue, bool, int], Heard] = field(default_factory=dict)
    _voices: dict[int, tuple[str, bool]] = field(default_factory=dict)

    def listen(self) -> Hearing:
        """To all noises, and to the stillness between them."""
        hearing, script = Hearing(), self.staged.script
        noises = sorted(
            (one for one in script.noises if one.start_s < script.duration_s), key=lambda noise: noise.start_s
        )
        media = [(one.start_s, one.end_s) for one in noises if one.cue is SoundCue.MEDIA]
        varies = (1 + SHARE_VARIES * self.rng.standard_normal(len(noises))).tolist()
        places = self.rng.random(len(noises)).tolist()
        for noise, varied, place in zip(noises, varies, places, strict=True):
            self._hear(noise, media, varied, place, hearing)
        for gap in gaps(noises, script.duration_s):
            self._hear_stillness(gap, hearing)
        return hearing

    def _hear(self, noise: Noise, media: list[Stretch], varied: float, place: float, hearing: Hearing) -> None:
        who, own = self._whose(noise.voice)
        among = any(begin <= noise.start_s < end for begin, end in media) if media else False
        steps = round(noise.gain_db / GAIN_STEP_DB)
        heard = self._heard(who, noise.cue, among and noise.cue is not SoundCue.MEDIA, steps)
        end_s = self.staged.script.duration_s
        stretch = noise.start_s, noise.end_s if noise.end_s < end_s else end_s
        self._put_all(noise.cue, stretch, heard, (varied, place), hearing)
        if noise.cue is SoundCue.SPEECH:
            hearing.spoken.append(Spoken(stretch[0], stretch[1], between(heard.share * varied), who, own))
        elif noise.cue is SoundCue.MEDIA and SoundCue.SPEECH in heard.besides:
            hearing.spoken.extend(_programme(stretch, heard.besides[SoundCue.SPEECH]))

    def _put_all(
        self, cue: SoundCue, stretch: Stretch, heard: Heard, varies: tuple[float, float], hearing: Hearing
    ) -> None:
        """A sound that goes on for long is heard in parts, each with a chance of its own."""
        varied, place = varies
        if not heard.besides and stretch[1] - stretch[0] <= LONG_S:
            put(hearing, cue, stretch, heard.share * varied, place, heard.confidence)
            return
        for piece in pieces(stretch):
            put(hearing, cue, piece, heard.share * varied, place, heard.confidence)
            for other, share in heard.besides.items():
                put(hearing, other, piece, share * varied, 1 - place, UNSURE)
            if piece[1] < stretch[1]:
                varied, place = 1 + SHARE_VARIES * float(self.rng.standard_normal()), float(self.rng.random())

    def _heard(self, who: str, cue: SoundCue, beside_media: bool, steps: int) -> Heard:
        key = who, cue, beside_media, steps
        if key not in self._known:
            self._known[key] = self.senses.sounds.heard(
                who,
                cue,
                self.staged.script.conditions,
                louder_db=steps * GAIN_STEP_DB,
                beside_media=beside_media,
            )
        return self._known[key]

    def _whose(self, voice: Voice | None) -> tuple[str, bool]:
        """By which name a sound keeps its row, and whether it is the caregiver's voice."""
        known = self._voices.get(id(voice))
        if known is None:
            known = self._voices[id(voice)] = self._named(voice)
        return known

    def _named(self, voice: Voice | None) -> tuple[str, bool]:
        plan = self.staged.plan
        if voice is None:
            return plan.home.device, False
        if voice == plan.caregiver.voice:
            return identity(plan.caregiver), True
        named = f"{voice.pitch_hz:.0f} Hz, {voice.tract:.2f}"
        return plan.home.recipient if voice == plan.home.voice else named, False

    def _hear_stillness(self, gap: Stretch, hearing: Hearing) -> None:
        shares = self.senses.sounds.in_stillness(self.staged.plan.home.device, self.staged.script.conditions)
        if shares is None:
            hearing.parts[SoundCue.QUIET].append(Part(*gap, SURE))
            return
        for piece in pieces(gap):
            place = float(self.rng.random())
            for cue, share in shares.items():
                put(hearing, cue, piece, share, place, UNSURE)


def _programme(stretch: Stretch, share: float) -> Iterator[Spoken]:
    """People on television speak in turns, and some of it is taken for speech in the room."""
    for number, at_s in enumerate(np.arange(*stretch, TV_TURN_S / max(0.1, share)).tolist()):
        yield Spoken(at_s, min(stretch[1], at_s + TV_TURN_S), 1.0, f"on television {number % TV_VOICES}", own=False)
