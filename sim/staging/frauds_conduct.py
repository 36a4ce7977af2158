"""Visits in which somebody is there, and not for what is claimed: chats and swaps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sim.script import Noise, Person, Spot, Stay, VisitScript, Voice
from sim.staging.care import care, without
from sim.staging.choreography import bursts, talk
from sim.staging.frauds_absence import IDLE_SEEN, idle, in_and_out
from sim.staging.plan import Plan, one_after_another
from sim.staging.scene import Scene, recipient, television, written
from visit_record.vocabulary import SoundCue

# Claimed, and given in its place: what the two leave differs in sound or place, in one cue of several, or hardly.
UNLIKE: Mapping[str, str] = {
    "bathing": "feeding",
    "sponge_bath": "feeding",
    "hair_washing": "bed_making",
    "toileting": "feeding",
    "feeding": "dressing",
    "room_cleaning": "feeding",
    "adl_training": "bed_making",
    "hand_and_foot_care": "feeding",
}
PARTLY_LIKE: Mapping[str, str] = {
    "sponge_bath": "face_and_hair_care",
    "toileting": "dressing",
    "bathing": "hand_and_foot_care",
    "oral_care": "medication",
    "bed_making": "skin_care",
    "turning_and_back_patting": "vital_signs",
    "feeding": "medication",
}
ALIKE: Mapping[str, str] = {
    "hair_washing": "hand_and_foot_care",
    "perineal_care": "face_and_hair_care",
    "wound_dressing": "skin_care",
    "catheter_care": "vital_signs",
    "tube_feeding": "skin_care",
    "dressing": "bed_making",
}


def chats_before_television(scene: Scene) -> VisitScript:
    """Stays and chats with the family before the television; nobody goes near the bed."""
    loud = Noise(60, scene.end_s - 60, SoundCue.MEDIA, scene.between(-4, 2))
    return _sociable(scene, _on_the_sofa(scene), (loud, *_chat(scene, scene.between(0.15, 0.4))))


def chats(scene: Scene) -> VisitScript:
    """Stays and chats with the family, with nothing on but what is on all day."""
    return _sociable(scene, _on_the_sofa(scene), (*television(scene), *_chat(scene, scene.between(0.5, 0.95))))


def family_by_the_bed(scene: Scene) -> VisitScript:
    """The family sits by the bed, as families do, while the caregiver chats from the sofa."""
    by_s = scene.end_s * scene.between(0.3, 0.9)
    stays = (
        *idle(scene, 0, scene.end_s),
        Stay(0, by_s, Person.FAMILY, scene.beside, moving=scene.chance(0.3)),
        Stay(by_s, scene.end_s, Person.FAMILY, Spot.SOFA),
    )
    return _sociable(scene, stays, (*television(scene), *_chat(scene, scene.between(0.3, 0.8))))


def token_act(scene: Scene) -> VisitScript:
    """As the others, but for a glass of water or a pillow put right."""
    at_s, length_s = scene.end_s * scene.between(0.1, 0.7), scene.between(60, 240)
    script = chats(scene) if scene.chance(0.5) else chats_before_television(scene)
    away = [stay for stay in script.stays if stay.person is Person.CAREGIVER]
    others = (stay for stay in script.stays if stay.person is not Person.CAREGIVER)
    cue = (SoundCue.WATER, SoundCue.TABLEWARE, SoundCue.CLOTH)[int(scene.rng.integers(3))]
    stays = (*others, *_interrupted(away, at_s, at_s + length_s, scene.beside))
    return replace(script, stays=stays, noises=(*script.noises, *bursts(at_s, at_s + length_s, cue, scene.rng, 0.4)))


def swap_several(pairs: Mapping[str, str]) -> Callable[[Scene], VisitScript]:
    """In place of all that is claimed its fellow of the pairs is given."""
    return lambda scene: care(scene, [replace(c, item=pairs.get(c.item, c.item)) for c in scene.plan.claims])


def swap_one(pairs: Mapping[str, str]) -> Callable[[Scene], VisitScript]:
    """In place of one of the claimed items its fellow of the pairs is given, and the others as they should."""

    def script(scene: Scene) -> VisitScript:
        claims = scene.plan.claims
        at = next(number for number, claim in enumerate(claims) if claim.item in pairs)
        swapped = replace(claims[at], item=pairs[claims[at].item])
        return care(scene, (*claims[:at], swapped, *claims[at + 1 :]))

    return script


def order_only(pairs: Mapping[str, str]) -> Callable[[Plan, Scene], Plan]:
    """An order of one or two items that can be swapped, claimed as ordered."""

    def told(plan: Plan, scene: Scene) -> Plan:
        count = min(len(pairs), 1 if scene.chance(0.6) else 2)
        items = tuple(scene.rng.choice(list(pairs), count, replace=False).tolist())
        return replace(plan, items=items, claims=one_after_another(items, plan.duration_s), refused=())

    return told


def order_one(pairs: Mapping[str, str]) -> Callable[[Plan, Scene], Plan]:
    """An order that has an item that can be swapped among others."""

    def told(plan: Plan, scene: Scene) -> Plan:
        if any(claim.item in pairs for claim in plan.claims):
            return plan
        first = replace(plan.claims[0], item=str(scene.rng.choice(list(pairs))))
        claims = (first, *plan.claims[1:])
        return replace(plan, items=tuple(claim.item for claim in claims), claims=claims, refused=())

    return told


def _sociable(scene: Scene, stays: Iterable[Stay], noises: Iterable[Noise]) -> VisitScript:
    return written(scene, (*recipient(scene), *stays), (*in_and_out(scene), *noises), IDLE_SEEN)


def _on_the_sofa(scene: Scene) -> Iterator[Stay]:
    yield from idle(scene, 0, scene.end_s)
    yield Stay(0, scene.end_s, Person.FAMILY, Spot.SOFA)


def _chat(scene: Scene, until: float) -> Iterator[Noise]:
    """Caregiver and family talk for the first part of the visit."""
    voices = (scene.caregiver.voice, scene.plan.home.room.family or _somebody(scene))
    return talk(30, scene.end_s * until, voices, scene.rng, scene.between(0.25, 0.7))


def _somebody(scene: Scene) -> Voice:
    return Voice(scene.between(110, 220), scene.between(0.85, 1.0))


def _interrupted(stays: Sequence[Stay], start_s: float, end_s: float, spot: Spot) -> Iterator[Stay]:
    yield from without(stays, [(start_s, end_s)])
    yield Stay(start_s, end_s, Person.CAREGIVER, spot, moving=True)
