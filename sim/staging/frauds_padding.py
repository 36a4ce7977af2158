"""Minutes of care sold as an hour."""

from collections.abc import Sequence
from dataclasses import replace

from sim.script import Person, Portrait, Spot, Stay, VisitScript
from sim.staging.care import care
from sim.staging.choreography import coming_and_going
from sim.staging.plan import ARRIVAL_S, Claim
from sim.staging.scene import Scene


def drops_the_rest(scene: Scene) -> VisitScript:
    """Some of the items are given as they should, then the caregiver is gone, and comes back to check out."""
    stop_s = _stop_s(scene)
    given = [replace(c, end_s=min(c.end_s, stop_s)) for c in scene.plan.claims if c.start_s < stop_s - 30]
    return _cut(scene, given, stop_s)


def hurries(scene: Scene) -> VisitScript:
    """Everything is given, in a fraction of its time; the rest of the visit as in :func:`drops_the_rest`."""
    stop_s = _stop_s(scene)
    share = stop_s / scene.end_s
    return _cut(
        scene, [replace(c, start_s=c.start_s * share, end_s=c.end_s * share) for c in scene.plan.claims], stop_s
    )


def does_not_come_back(scene: Scene) -> VisitScript:
    """As :func:`drops_the_rest`, but somebody of the house checks out."""
    script = drops_the_rest(scene)
    left = (stay for stay in script.stays if stay.person is not Person.CAREGIVER or stay.end_s < scene.end_s)
    other = next(portrait for portrait in Portrait if portrait is not scene.caregiver.portrait)
    last = replace(script.appearances[-1], portrait=other)
    return replace(script, stays=tuple(left), appearances=(*script.appearances[:-1], last))


def _stop_s(scene: Scene) -> float:
    return max(ARRIVAL_S + 60, scene.end_s * scene.between(0.25, 0.66))


def _cut(scene: Scene, given: Sequence[Claim], stop_s: float) -> VisitScript:
    """Care until a moment, and then nothing of the caregiver but for their return to check out."""
    script = care(scene, given, until_s=stop_s)
    back = Stay(scene.end_s - scene.between(25, 90), scene.end_s, Person.CAREGIVER, Spot.DOOR)
    heard = coming_and_going(scene.end_s - 40, scene.rng)
    return replace(script, stays=(*script.stays, back), noises=(*script.noises, *heard))
