"""How care is given: where the two are item by item, and what is heard of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sim.script import Noise, Person, Spot, Stay, VisitScript, Voice
from sim.staging.choreography import bursts, coming_and_going, talk
from sim.staging.circumstances import Family
from sim.staging.places import out_of_view, places
from sim.staging.plan import ARRIVAL_S, Claim
from sim.staging.scene import (
    NEXT_ROOM_DB,
    Move,
    Performer,
    Scene,
    faces,
    household_noises,
    household_stays,
    recipient,
    written,
)
from visit_record.catalogue import service_items
from visit_record.vocabulary import SoundCue

Span = tuple[float, float]
TRAINING = "adl_training"
USUAL_SHARE = 0.5
LEAVING_S = 60.0


def care(
    scene: Scene, given: Sequence[Claim], who: Performer | None = None, until_s: float | None = None
) -> VisitScript:
    """Somebody comes, gives these items, talks, and goes.

    It is the caregiver in person unless it is said who, and they stay to the end unless it is said until when.
    """
    who, until_s = who or scene.caregiver, until_s or scene.end_s
    stays = (
        *recipient(scene, (move for claim in given for move in _recipient_moves(scene, claim))),
        *without(_caregiver(scene, given, until_s), _errands(scene)),
        *household_stays(scene),
        *_helping(scene, given),
    )
    noises = (*household_noises(scene), *_heard(scene, given, who, until_s))
    script = _outdoors(scene, written(scene, stays, noises))
    return replace(script, appearances=faces(scene, script.stays, who))


def without(stays: Iterable[Stay], gone: Sequence[Span]) -> Iterator[Stay]:
    """The stays of somebody who leaves the room for a while."""
    for stay in stays:
        pieces = [(stay.start_s, stay.end_s)]
        for start_s, end_s in gone:
            pieces = [
                piece
                for low, high in pieces
                for piece in ((low, min(high, start_s)), (max(low, end_s), high))
                if piece[0] < piece[1]
            ]
        yield from (replace(stay, start_s=low, end_s=high) for low, high in pieces)


def care_noises(scene: Scene, claim: Claim, voices: tuple[Voice, ...]) -> Iterator[Noise]:
    """What giving an item sounds like: its cues as far as this caregiver's work is heard, and their talk."""
    sound, rng = scene.around.sound, scene.rng
    away = out_of_view(scene, claim)
    gain_db = (NEXT_ROOM_DB if away else 0.0) + min(0.0, 6 * (sound - 1))
    for cue in service_items()[claim.item].sound:
        if cue is not SoundCue.SPEECH:
            yield from bursts(claim.start_s, claim.end_s, cue, rng, min(0.9, max(0.04, USUAL_SHARE * sound)), gain_db)
    share = min(0.75, scene.around.talk * (1.0 if claim.item == TRAINING else 0.3))
    yield from talk(claim.start_s, claim.end_s, voices, rng, share, NEXT_ROOM_DB if away else 0.0)


def _heard(scene: Scene, given: Sequence[Claim], who: Performer, end_s: float) -> Iterator[Noise]:
    voices, rng = (who.voice, scene.plan.home.voice), scene.rng
    share = min(0.75, 1.2 * scene.around.talk)
    yield from coming_and_going(0, rng)
    yield from talk(10, ARRIVAL_S - 10, voices, rng, share)
    for claim in given:
        yield from care_noises(scene, claim, voices)
    last_s = max((claim.end_s for claim in given), default=ARRIVAL_S)
    yield from talk(min(last_s, end_s - 60), end_s - 15, voices, rng, share)
    yield from coming_and_going(end_s - 10, rng)


def _caregiver(scene: Scene, given: Sequence[Claim], end_s: float) -> Iterator[Stay]:
    """At work, and on the way between: by the door at both ends, at the basin else."""
    at_s = 0.0
    for claim in given:
        if claim.start_s > at_s:
            yield Stay(at_s, claim.start_s, Person.CAREGIVER, Spot.BASIN if at_s else Spot.DOOR, moving=True)
        yield from _caregiver_at(scene, claim)
        at_s = max(at_s, claim.end_s)
    if at_s < end_s - LEAVING_S:
        yield from _time_left(scene, at_s, end_s - LEAVING_S)
        at_s = end_s - LEAVING_S
    if at_s < end_s:
        yield Stay(at_s, end_s, Person.CAREGIVER, Spot.DOOR, moving=True)


def _time_left(scene: Scene, start_s: float, end_s: float) -> Iterator[Stay]:
    """What is left of a visit when all is done: some company, some tidying up."""
    tidies_s = start_s + (end_s - start_s) * scene.between(0.2, 0.8)
    yield Stay(start_s, tidies_s, Person.CAREGIVER, scene.beside)
    yield Stay(tidies_s, end_s, Person.CAREGIVER, Spot.BASIN, moving=True)


def _caregiver_at(scene: Scene, claim: Claim) -> Iterator[Stay]:
    for piece in places(scene, claim):
        if piece.caregiver is not None:
            yield Stay(piece.start_s, piece.end_s, Person.CAREGIVER, piece.caregiver, moving=True)


def _recipient_moves(scene: Scene, claim: Claim) -> Iterator[Move]:
    for piece in places(scene, claim):
        if piece.recipient is not scene.rests_at:
            yield Move(piece.start_s, piece.end_s, piece.recipient, piece.recipient_moving)


def _errands(scene: Scene) -> list[Span]:
    """When the caregiver is out of the room for a moment: for water, a towel, a word with the family."""
    starts = scene.rng.uniform(ARRIVAL_S, max(ARRIVAL_S, scene.end_s - 200), scene.around.fetches).tolist()
    return [(start_s, start_s + scene.between(25, 150)) for start_s in starts]


def _helping(scene: Scene, given: Sequence[Claim]) -> Iterator[Stay]:
    """The family lends a hand with an item or two."""
    if scene.around.family is Family.HELPS:
        for claim in given[: 1 + int(scene.chance(0.5))]:
            yield Stay(claim.start_s, claim.end_s, Person.FAMILY, scene.beside, moving=True)


def _outdoors(scene: Scene, script: VisitScript) -> VisitScript:
    """Both are out for a while; what goes on without them stays."""
    if scene.around.outing_s is None:
        return script
    start_s, end_s = scene.around.outing_s
    out = [stay for stay in script.stays if stay.person is not Person.FAMILY]
    heard = (n for n in script.noises if n.cue is SoundCue.MEDIA or n.end_s <= start_s or n.start_s >= end_s)
    family = (stay for stay in script.stays if stay.person is Person.FAMILY)
    return replace(script, stays=(*without(out, [(start_s, end_s)]), *family), noises=tuple(heard))
