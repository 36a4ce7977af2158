"""What was measured of the real models, as ``models/scores`` wrote it down: numbers only, no picture and no sound.

Each list stands for one person, speaker, clip or home, and is kept together so that who draws from it repeats the
errors of that one. What each number is, and which rest on synthetic data, says ``models/scores/CARD.md``.
"""

from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from sim.senses.half import Half
from visit_record.first_use import known
from visit_record.vocabulary import LivenessMethod, SoundCue

# A similarity, or None where the device would not have said one.
Told = float | None
# Method, whether it passed, and its raw score; None where liveness was not observed.
Outcome = tuple[LivenessMethod, bool, float] | None
# People, bed occupied, caregiver at the bedside, two close.
State = tuple[int, bool, bool, bool]


class FaceRow(Struct, frozen=True):
    """One person enrolled from three photographs: similarities of their other photographs, by share of light.

    ``others`` has a list for each other person: similarities of that person's photographs to this template.
    """

    person: str
    own: dict[str, tuple[Told, ...]]
    quality: dict[str, tuple[Told, ...]]
    others: tuple[tuple[float, ...], ...]


class LivenessRow(Struct, frozen=True):
    """What challenges made of one face, shown in one way, at one share of light."""

    who: str
    shown: str
    light: float
    outcomes: tuple[Outcome, ...]


class VoiceRow(Struct, frozen=True):
    """One speaker's voiceprint: similarities of their own speech, and of each other speaker's, by condition.

    Of everybody three stretches were heard: two of three seconds, and one of five that holds both. A similarity is None
    where noise covers the speech and the device says nothing.
    """

    speaker: str
    own: dict[str, tuple[Told, ...]]
    others: dict[str, tuple[tuple[Told, ...], ...]]


class Heard(Struct, frozen=True, array_like=True):
    """A sound in one condition: the share of its time over which its cue was heard, at which mean probability.

    ``besides`` is the share of its time over which other cues were heard as well.
    """

    share: float
    confidence: float
    besides: dict[SoundCue, float] = {}


class SoundRow(Struct, frozen=True):
    """One clip, or one take of a synthesiser where ``real`` is false."""

    cue: SoundCue
    source: str
    real: bool
    heard: dict[str, Heard]


class SteadyRow(Struct, frozen=True):
    """One steady noise, alone: by its level in dB full scale, the share of time over which each cue was heard."""

    source: str
    heard: dict[str, dict[SoundCue, float]]


class Seen(Struct, frozen=True, array_like=True):
    """What the array made of one situation: states with their shares, and how people moved.

    ``run_steps`` is how many steps of ten seconds a state lasts on average.
    """

    states: tuple[tuple[State, float], ...]
    run_steps: float
    cells_a_step: float
    moving_share: float


class RoomRow(Struct, frozen=True):
    """One home with one set of decoys: what the array made of each situation."""

    home: str
    decoy: str
    seen: dict[str, Seen]


class MeasuredHalf(Struct, frozen=True):
    """All that was measured on one half."""

    faces: tuple[FaceRow, ...]
    liveness: tuple[LivenessRow, ...]
    voices: tuple[VoiceRow, ...]
    sounds: tuple[SoundRow, ...]
    steady: tuple[SteadyRow, ...]
    rooms: tuple[RoomRow, ...]


class Measured(Struct, frozen=True):
    """Both halves, and the SHA-256 by role of the models that were measured."""

    models: dict[str, str]
    fit: MeasuredHalf
    test: MeasuredHalf

    def of(self, half: Half) -> MeasuredHalf:
        """One half."""
        return self.fit if half is Half.FIT else self.test


@cache
def shipped() -> Measured:
    """What this version was shipped with."""
    written = resources.files(__package__).joinpath("measured.json").read_bytes()
    return msgspec.json.decode(written, type=known(Measured))
