"""The building blocks of a visit: what people do and what it sounds like. Pure, seeded."""

from collections.abc import Iterator

import numpy as np

from sim.script import Appearance, Noise, Person, Portrait, ShownAs, Spot, Stay, Voice
from sim.staging.plan import Claim
from visit_record.catalogue import ServiceItem, service_items
from visit_record.vocabulary import OccupancyCue, SoundCue

# As staged devices are set: a look at check-in, every ten minutes, and after check-out.
FACE_CHECK_S = 11.5
DURING_CHECK_EVERY_S = 600.0


def bursts(
    start_s: float, end_s: float, cue: SoundCue, rng: np.random.Generator, share: float = 0.5
) -> Iterator[Noise]:
    """A sound that comes and goes, there for about ``share`` of the time."""
    at_s = start_s + float(rng.uniform(0, 5))
    while at_s < end_s:
        length_s = float(rng.uniform(6, 20))
        yield Noise(at_s, min(end_s, at_s + length_s), cue, float(rng.normal(0, 2)))
        at_s += length_s * (1 + (1 - share) / share * float(rng.uniform(0.6, 1.4)))


def talk(start_s: float, end_s: float, voices: tuple[Voice, ...], rng: np.random.Generator) -> Iterator[Noise]:
    """People speak in turns."""
    at_s, turn = start_s, 0
    while at_s < end_s:
        length_s = float(rng.uniform(4, 10))
        yield Noise(
            at_s, min(end_s, at_s + length_s), SoundCue.SPEECH, float(rng.normal(0, 1)), voices[turn % len(voices)]
        )
        at_s += length_s + float(rng.uniform(0.5, 4))
        turn += 1


def care_stay(claim: Claim) -> Stay:
    """Where the caregiver is while giving an item."""
    item = service_items()[claim.item]
    return Stay(claim.start_s, claim.end_s, Person.CAREGIVER, _spot(item), moving=True)


def care_noises(claim: Claim, voices: tuple[Voice, ...], rng: np.random.Generator) -> Iterator[Noise]:
    """What giving an item sounds like; an item without audible cues is quiet but for some talk."""
    for cue in service_items()[claim.item].sound:
        if cue is not SoundCue.SPEECH:
            yield from bursts(claim.start_s, claim.end_s, cue, rng)
    middle_s = (claim.start_s + claim.end_s) / 2
    yield from talk(middle_s, min(claim.end_s, middle_s + 40), voices, rng)


def coming_and_going(start_s: float, rng: np.random.Generator) -> Iterator[Noise]:
    """A door, and steps."""
    yield Noise(start_s, start_s + 2, SoundCue.DOOR, float(rng.normal(0, 2)))
    yield Noise(start_s + 2, start_s + 8, SoundCue.FOOTSTEPS, float(rng.normal(0, 2)))


def live_face(start_s: float, portrait: Portrait, *, turns_head: bool = False) -> Appearance:
    """A person looks into the camera."""
    return Appearance(start_s, start_s + FACE_CHECK_S, portrait, ShownAs.LIVE, turns_head)


def photo_face(start_s: float, portrait: Portrait) -> Appearance:
    """Somebody holds a photograph before the camera, and moves it as if it were the face that is asked."""
    return Appearance(start_s, start_s + FACE_CHECK_S, portrait, ShownAs.PHOTO, turns_head=True)


def faces_during(portrait: Portrait, duration_s: float, rng: np.random.Generator) -> Iterator[Appearance]:
    """The caregiver passes the camera at some of the device's looks; at the others they are at work elsewhere."""
    for start_s in during_checks(duration_s):
        if rng.random() < 0.7:
            yield live_face(start_s, portrait)


def during_checks(duration_s: float) -> list[float]:
    """When the device looks for a face during a visit."""
    return [float(at_s) for at_s in np.arange(DURING_CHECK_EVERY_S, duration_s - 60, DURING_CHECK_EVERY_S)]


def _spot(item: ServiceItem) -> Spot:
    if OccupancyCue.MOVEMENT in item.occupancy and OccupancyCue.TWO_CLOSE not in item.occupancy:
        return Spot.BASIN
    return Spot.BEDSIDE
