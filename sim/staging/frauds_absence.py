"""Visits without care: empty orders, and recipients who are not there."""

from collections.abc import Iterator
from dataclasses import replace

from sim.script import Noise, Person, Spot, Stay, VisitScript
from sim.staging.care import care_noises
from sim.staging.choreography import bursts, coming_and_going, talk
from sim.staging.plan import ARRIVAL_S, Claim, Plan
from sim.staging.scene import Scene, household_noises, household_stays, recipient, television, written
from visit_record.vocabulary import SoundCue

# A caregiver who sits with a telephone is seldom before the camera.
IDLE_SEEN = 0.25


def leaves(scene: Scene) -> VisitScript:
    """Checks in, leaves, comes back to check out; the recipient stays behind."""
    stays = (*recipient(scene), *household_stays(scene), *at_both_ends(scene))
    return written(scene, stays, (*household_noises(scene), *in_and_out(scene)))


def television_left_on(scene: Scene) -> VisitScript:
    """As :func:`leaves`, but something plays in the meantime."""
    script = leaves(scene)
    return replace(script, noises=(*script.noises, Noise(45, scene.end_s - 30, SoundCue.MEDIA, scene.between(-6, 2))))


def sits_idle(scene: Scene) -> VisitScript:
    """Stays in the room and does nothing, but for a word and a telephone's videos."""
    stays = (*recipient(scene), *household_stays(scene), *idle(scene, 0, scene.end_s))
    noises = (*household_noises(scene), *in_and_out(scene), *_whiling_away(scene), *_greeting(scene))
    return written(scene, stays, noises, IDLE_SEEN)


def steps_out(scene: Scene) -> VisitScript:
    """In the room now and then, idle, and out of it for most of the visit."""
    inside = _now_and_then(scene, scene.between(0.15, 0.4))
    stays = (*recipient(scene), *household_stays(scene), *inside)
    doors = (noise for stay in inside for noise in coming_and_going(max(0.0, stay.start_s - 8), scene.rng))
    return written(scene, stays, (*household_noises(scene), *doors, *_greeting(scene)), IDLE_SEEN)


def shows_up_only(scene: Scene) -> VisitScript:
    """Waits by the door for some minutes and checks out again; see :func:`cut_to_minutes` for the plan."""
    stay = Stay(0, scene.end_s, Person.CAREGIVER, Spot.DOOR, moving=scene.chance(0.5))
    noises = (*household_noises(scene), *in_and_out(scene), *_greeting(scene))
    return written(scene, (*recipient(scene), *household_stays(scene), stay), noises)


def cut_to_minutes(plan: Plan, scene: Scene) -> Plan:
    """A visit of four to ten minutes in which everything ordered is claimed."""
    duration_s = scene.between(240, 600)
    share = duration_s / plan.duration_s
    claims = tuple(replace(c, start_s=c.start_s * share, end_s=c.end_s * share) for c in plan.claims)
    return replace(plan, duration_s=duration_s, claims=claims, planned_s=plan.order.planned_duration_s)


def waits(scene: Scene) -> VisitScript:
    """The recipient is in hospital; the caregiver waits the hour out."""
    noises = (*television(scene), *in_and_out(scene), *_whiling_away(scene))
    return written(scene, idle(scene, 0, scene.end_s), noises, IDLE_SEEN)


def locks_up(scene: Scene) -> VisitScript:
    """The recipient is away, and the caregiver leaves as soon as the visit runs."""
    return written(scene, at_both_ends(scene), (*television(scene), *in_and_out(scene)))


def cleans(scene: Scene) -> VisitScript:
    """The recipient is away; the caregiver tidies the room for a part of the visit and then waits."""
    busy_s = min(scene.end_s - 60, ARRIVAL_S + scene.between(300, 1500))
    work = Claim("room_cleaning", ARRIVAL_S, busy_s)
    third_s = (busy_s - ARRIVAL_S) / 3
    spots = (Spot.BASIN, Spot.BEDSIDE, Spot.SOFA)
    stays = (
        Stay(0, ARRIVAL_S, Person.CAREGIVER, Spot.DOOR, moving=True),
        *(
            Stay(ARRIVAL_S + n * third_s, ARRIVAL_S + (n + 1) * third_s, Person.CAREGIVER, spot, True)
            for n, spot in enumerate(spots)
        ),
        *idle(scene, busy_s, scene.end_s),
    )
    heard = care_noises(scene, work, (scene.caregiver.voice,)) if scene.chance(0.8) else ()
    linen = bursts(ARRIVAL_S, busy_s, SoundCue.CLOTH, scene.rng, 0.15)
    return written(scene, stays, (*television(scene), *in_and_out(scene), *heard, *linen))


def with_the_family(scene: Scene) -> VisitScript:
    """The recipient is away; caregiver and family sit together."""
    voices = (scene.caregiver.voice, scene.plan.home.room.family or scene.plan.home.voice)
    stays = (*idle(scene, 0, scene.end_s), Stay(0, scene.end_s, Person.FAMILY, Spot.SOFA))
    chat = talk(30, scene.end_s * scene.between(0.3, 0.95), voices, scene.rng, scene.between(0.2, 0.6))
    return written(scene, stays, (*television(scene), *in_and_out(scene), *chat), IDLE_SEEN)


def at_both_ends(scene: Scene) -> Iterator[Stay]:
    """The caregiver, for check-in and check-out."""
    for start_s, end_s in ((0.0, scene.between(25, 90)), (scene.end_s - scene.between(25, 90), scene.end_s)):
        yield Stay(start_s, end_s, Person.CAREGIVER, Spot.DOOR)


def in_and_out(scene: Scene) -> Iterator[Noise]:
    """Doors and steps as the caregiver comes and goes."""
    yield from coming_and_going(0, scene.rng)
    yield from coming_and_going(40, scene.rng)
    yield from coming_and_going(scene.end_s - 40, scene.rng)


def idle(scene: Scene, start_s: float, end_s: float) -> Iterator[Stay]:
    """The caregiver sits about, not too near to whoever else sits there, and gets up a few times."""
    at_s, seat = start_s, _seat(scene)
    while at_s < end_s:
        rests_s = scene.between(400, 1800)
        yield Stay(at_s, min(end_s, at_s + rests_s), Person.CAREGIVER, seat)
        at_s += rests_s
        up_s = scene.between(15, 60)
        if at_s < end_s:
            spot = Spot.BASIN if scene.chance(0.5) else Spot.DOOR
            yield Stay(at_s, min(end_s, at_s + up_s), Person.CAREGIVER, spot, moving=True)
        at_s += up_s


def _seat(scene: Scene) -> Spot:
    if scene.around.chair and scene.chance(0.7):
        return Spot.BASIN if scene.chance(0.5) else Spot.DOOR
    return Spot.SOFA


def _whiling_away(scene: Scene) -> Iterator[Noise]:
    if scene.chance(0.6):
        yield from bursts(60, scene.end_s, SoundCue.MEDIA, scene.rng, scene.between(0.1, 0.5), scene.between(-8, 0))


def _greeting(scene: Scene) -> Iterator[Noise]:
    voices = (scene.caregiver.voice, scene.plan.home.voice)
    return talk(10, 10 + scene.between(10, 120), voices, scene.rng, min(0.75, scene.around.talk))


def _now_and_then(scene: Scene, share: float) -> list[Stay]:
    """The caregiver comes in two to four times, for a share of the visit in all, first and last at its ends."""
    times = 2 + int(scene.rng.integers(3))
    each_s = share * scene.end_s / times
    starts = [number * (scene.end_s - each_s) / (times - 1) for number in range(times)]
    return [Stay(start_s, start_s + each_s, Person.CAREGIVER, _anywhere(scene)) for start_s in starts]


def _anywhere(scene: Scene) -> Spot:
    return (Spot.SOFA, Spot.DOOR, Spot.BASIN)[int(scene.rng.integers(3))]
