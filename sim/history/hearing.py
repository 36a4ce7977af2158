"""What became of each sound of a script: stretches of cues that were heard, and who was heard to speak."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from edge_agent.perception.voice_perceiver import HOP_MS
from sim.history.faces import identity
from sim.history.watch import Stretch
from sim.script import Noise, Voice
from sim.senses import Senses
from sim.senses.measured import Heard
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import SoundCue

HOP_S = HOP_MS / 1000
# What is under the level gate is quiet, and the device is sure of it.
SURE = 1.0
# What is heard for what it is not, is heard with less certainty.
UNSURE = 0.62
# From one sound of a kind to the next in one home: clips are measured from one place.
SHARE_VARIES = 0.12
# Windows of nearly a second, five of them: what a stillness must last to be told.
LEAST_STILL_S, LEAST_HEARD_S = 2.9, 1.4
MOSTLY = 0.7
# Mean probability of windows that were not heard for what they are.
FAINT = 0.25
# What goes on for longer than the first is heard in parts of the second.
LONG_S, PIECE_S = 36.0, 24.0
# Sounds of one kind within so much of each other are heard alike.
GAIN_STEP_DB = 3.0
TV_VOICES = 5
TV_TURN_S = 6.0


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


@dataclass(frozen=True)
class Listener:
    """Listens to a script's noises, one after the other."""

    staged: StagedVisit
    senses: Senses
    rng: np.random.Generator
    _known: dict[tuple[str, SoundCue, bool, int], Heard] = field(default_factory=dict)

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
        for gap in _gaps(noises, script.duration_s):
            self._hear_stillness(gap, hearing)
        return hearing

    def _hear(self, noise: Noise, media: list[Stretch], varied: float, place: float, hearing: Hearing) -> None:
        who = self.staged.plan.home.device if noise.voice is None else self._name(noise.voice)
        among = any(begin <= noise.start_s < end for begin, end in media) if media else False
        steps = round(noise.gain_db / GAIN_STEP_DB)
        heard = self._heard(who, noise.cue, among and noise.cue is not SoundCue.MEDIA, steps)
        stretch = noise.start_s, min(noise.end_s, self.staged.script.duration_s)
        self._put_all(noise.cue, stretch, heard, (varied, place), hearing)
        if noise.cue is SoundCue.SPEECH:
            own, share = noise.voice == self.staged.plan.caregiver.voice, _between(heard.share * varied)
            hearing.spoken.append(Spoken(*stretch, share, who, own))
        elif noise.cue is SoundCue.MEDIA and SoundCue.SPEECH in heard.besides:
            hearing.spoken.extend(_programme(stretch, heard.besides[SoundCue.SPEECH]))

    def _put_all(
        self, cue: SoundCue, stretch: Stretch, heard: Heard, varies: tuple[float, float], hearing: Hearing
    ) -> None:
        """A sound that goes on for long is heard in parts, each with a chance of its own."""
        varied, place = varies
        if not heard.besides and stretch[1] - stretch[0] <= LONG_S:
            _put(hearing, cue, stretch, heard.share * varied, place, heard.confidence)
            return
        for piece in _pieces(stretch):
            _put(hearing, cue, piece, heard.share * varied, place, heard.confidence)
            for other, share in heard.besides.items():
                _put(hearing, other, piece, share * varied, 1 - place, UNSURE)
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

    def _name(self, voice: Voice) -> str:
        plan = self.staged.plan
        if voice == plan.caregiver.voice:
            return identity(plan.caregiver)
        return plan.home.recipient if voice == plan.home.voice else f"{voice.pitch_hz:.0f} Hz, {voice.tract:.2f}"

    def _hear_stillness(self, gap: Stretch, hearing: Hearing) -> None:
        shares = self.senses.sounds.in_stillness(self.staged.plan.home.device, self.staged.script.conditions)
        if shares is None:
            hearing.parts[SoundCue.QUIET].append(Part(*gap, SURE))
            return
        for piece in _pieces(gap):
            place = float(self.rng.random())
            for cue, share in shares.items():
                _put(hearing, cue, piece, share, place, UNSURE)


def _programme(stretch: Stretch, share: float) -> Iterator[Spoken]:
    """People on television speak in turns, and some of it is taken for speech in the room."""
    for number, at_s in enumerate(np.arange(*stretch, TV_TURN_S / max(0.1, share)).tolist()):
        yield Spoken(at_s, min(stretch[1], at_s + TV_TURN_S), 1.0, f"on television {number % TV_VOICES}", own=False)


def _pieces(stretch: Stretch) -> Sequence[Stretch]:
    start_s, end_s = stretch
    if end_s - start_s <= LONG_S:
        return (stretch,)
    edges = [*np.arange(start_s, end_s - PIECE_S / 2, PIECE_S).tolist(), end_s]
    return list(pairwise(edges))


def _between(share: float) -> float:
    return min(1.0, max(0.0, share))


def _put(  # noqa: PLR0913, PLR0917 - a stretch, how much of it, and where
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


def _gaps(noises: list[Noise], duration_s: float) -> Iterator[Stretch]:
    """Between noises, in order of their beginning, where nothing sounds for long enough to be told."""
    at_s = 0.0
    for noise in noises:
        if noise.start_s - at_s >= LEAST_STILL_S:
            yield at_s, noise.start_s
        at_s = max(at_s, noise.end_s)
    if duration_s - at_s >= LEAST_STILL_S:
        yield at_s, duration_s
