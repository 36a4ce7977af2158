"""Visits that somebody else gives: what they show to the camera, and who is heard."""

from collections.abc import Callable
from dataclasses import replace

from sim.script import Appearance, Portrait, ShownAs, VisitScript, Voice
from sim.staging.care import care
from sim.staging.choreography import held_up, live_face
from sim.staging.plan import Plan
from sim.staging.scene import Performer, Scene
from visit_record.vocabulary import IdentityMethod


def picture_at_check_in(shown_as: ShownAs) -> Callable[[Scene], VisitScript]:
    """Somebody else gives the care, and holds up a picture of the caregiver to check in."""

    def script(scene: Scene) -> VisitScript:
        by_other = care(scene, scene.plan.claims, somebody_else(scene))
        first = held_up(0, scene.caregiver.portrait, shown_as)
        return replace(by_other, appearances=(first, *by_other.appearances[1:]))

    return script


def picture_at_both_ends(scene: Scene) -> VisitScript:
    """As :func:`picture_at_check_in` with a print, which is held up to check out as well."""
    script = picture_at_check_in(ShownAs.PHOTO)(scene)
    last = held_up(scene.end_s, scene.caregiver.portrait, ShownAs.PHOTO)
    return replace(script, appearances=(*script.appearances[:-1], last))


def openly(scene: Scene) -> VisitScript:
    """Somebody else gives the care, and looks into the camera as if nothing were the matter."""
    return care(scene, scene.plan.claims, somebody_else(scene))


def hands_over(scene: Scene) -> VisitScript:
    """The caregiver in person checks in and out, and somebody else gives the care."""
    script = care(scene, scene.plan.claims, somebody_else(scene))
    return replace(script, appearances=_in_person(scene, script.appearances))


def with_a_number(plan: Plan, scene: Scene) -> Plan:  # noqa: ARG001
    """The caregiver's number, typed in by somebody else."""
    return replace(plan, checked_in_by=IdentityMethod.PIN)


def somebody_else(scene: Scene) -> Performer:
    """Another face, and a voice that is near the caregiver's or far from it."""
    other = next(portrait for portrait in Portrait if portrait is not scene.caregiver.portrait)
    own, alike = scene.caregiver.voice, scene.around.alike
    pitch_hz, tract = own.pitch_hz * (0.55 + 0.37 * alike), own.tract * (1.3 - 0.2 * alike)
    return Performer(other, Voice(pitch_hz, min(1.15, tract)))


def _in_person(scene: Scene, seen: tuple[Appearance, ...]) -> tuple[Appearance, ...]:
    own = scene.caregiver.portrait
    return (live_face(0, own, turns_head=True), *seen[1:-1], live_face(scene.end_s, own, turns_head=True))
