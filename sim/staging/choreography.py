"""The building blocks of a visit: what people do before the camera and what it sounds like. Pure, seeded."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice

import numpy as np

from sim.script import Appearance, Noise, Portrait, ShownAs, Voice
from visit_record.vocabulary import SoundCue

# As staged devices are set: a look at check-in, every ten minutes, and after check-out.
FACE_CHECK_S = 11.5
DURING_CHECK_EVERY_S = 600.0
BURST_S, TURN_S = (6.0, 20.0), (4.0, 10.0)
# Somebody is before the camera at this share of the device's looks while they are at work.
BEFORE_CAMERA = 0.7


def bursts(  # noqa: PLR0913, PLR0917 - what a sound is
    start_s: float, end_s: float, cue: SoundCue, rng: np.random.Generator, share: float = 0.5, gain_db: float = 0.0
) -> Iterator[Noise]:
    """A sound that comes and goes, there for about ``share`` of the time."""
    first_s = start_s + float(rng.uniform(0, 5)) / share * 0.5
    starts, ends = _coming_and_going(first_s, end_s, BURST_S, share, rng)
    gains = rng.normal(gain_db, 2, len(starts)).tolist()
    return (Noise(begins_s, stops_s, cue, db) for begins_s, stops_s, db in zip(starts, ends, gains, strict=True))


def talk(  # noqa: PLR0913, PLR0917 - what a conversation is
    start_s: float,
    end_s: float,
    voices: Sequence[Voice],
    rng: np.random.Generator,
    share: float = 0.75,
    gain_db: float = 0.0,
) -> Iterator[Noise]:
    """People speak in turns, for about ``share`` of the time."""
    if share <= 0 or start_s >= end_s:
        return iter(())
    starts, ends = _coming_and_going(start_s, end_s, TURN_S, share, rng)
    in_turn = islice(cycle(voices), int(rng.integers(len(voices))) if share < 0.5 else 0, None)
    return (
        Noise(begins_s, stops_s, SoundCue.SPEECH, gain_db, voice)
        for begins_s, stops_s, voice in zip(starts, ends, in_turn, strict=False)
    )


def _coming_and_going(
    start_s: float, end_s: float, length_s: tuple[float, float], share: float, rng: np.random.Generator
) -> tuple[list[float], list[float]]:
    """Starts and ends of what is there for ``share`` of the time, drawn in one go."""
    least_s = length_s[0] * (1 + 0.6 * (1 - share) / share)
    lengths, pauses = rng.random((2, 1 + max(0, int((end_s - start_s) / least_s))))
    lengths = length_s[0] + (length_s[1] - length_s[0]) * lengths
    cycles = lengths * (1 + (1 - share) / share * (0.6 + 0.8 * pauses))
    starts = start_s + cycles.cumsum() - cycles
    here = starts < end_s
    return starts[here].tolist(), np.minimum(starts + lengths, end_s)[here].tolist()


def coming_and_going(start_s: float, rng: np.random.Generator) -> Iterator[Noise]:
    """A door, and steps."""
    yield Noise(start_s, start_s + 2, SoundCue.DOOR, float(rng.normal(0, 2)))
    yield Noise(start_s + 2, start_s + 8, SoundCue.FOOTSTEPS, float(rng.normal(0, 2)))


def live_face(start_s: float, portrait: Portrait, *, turns_head: bool = False) -> Appearance:
    """A person looks into the camera."""
    return Appearance(start_s, start_s + FACE_CHECK_S, portrait, ShownAs.LIVE, turns_head)


def held_up(start_s: float, portrait: Portrait, shown_as: ShownAs = ShownAs.PHOTO) -> Appearance:
    """Somebody holds a picture before the camera, and moves it as if it were the face that is asked."""
    return Appearance(start_s, start_s + FACE_CHECK_S, portrait, shown_as, turns_head=True)


def faces_during(
    portrait: Portrait, moments_s: Sequence[float], rng: np.random.Generator, share: float = BEFORE_CAMERA
) -> Iterator[Appearance]:
    """They pass the camera at some of the device's looks; at the others they are at work elsewhere."""
    for start_s in moments_s:
        if rng.random() < share:
            yield live_face(start_s, portrait)


def during_checks(duration_s: float) -> list[float]:
    """When the device looks for a face during a visit."""
    return [float(at_s) for at_s in np.arange(DURING_CHECK_EVERY_S, duration_s - 60, DURING_CHECK_EVERY_S)]
