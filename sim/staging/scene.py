"""A visit about to be written down: its plan, its circumstances and its chance; and the script that comes of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sim.script import (
    Appearance,
    Conditions,
    Noise,
    Outage,
    Person,
    Portrait,
    Sky,
    Spot,
    Stay,
    VisitScript,
    Voice,
)
from sim.staging.choreography import bursts, during_checks, faces_during, live_face, talk
from sim.staging.circumstances import Circumstances, Family
from sim.staging.plan import Plan
from visit_record.vocabulary import SoundCue

METRES_A_DEGREE = 111_320.0
# As heard through a door.
NEXT_ROOM_DB = -10.0

Event = TypeVar("Event", Stay, Noise, Outage)


@dataclass(frozen=True)
class Performer:
    """Who acts as the caregiver: the face that the camera sees, and the voice that is heard."""

    portrait: Portrait
    voice: Voice


@dataclass(frozen=True)
class Scene:
    """What every variant of a visit is written from."""

    plan: Plan
    around: Circumstances
    rng: np.random.Generator

    @property
    def end_s(self) -> float:
        """When the visit ends, its duration."""
        return self.plan.duration_s

    @property
    def caregiver(self) -> Performer:
        """The caregiver in person."""
        return Performer(self.plan.caregiver.portrait, self.plan.caregiver.voice)

    @property
    def rests_at(self) -> Spot:
        """Where the recipient is when nothing is done."""
        return Spot.SOFA if self.around.chair else Spot.BED

    @property
    def beside(self) -> Spot:
        """Where somebody is who is close to the recipient."""
        return Spot.SOFA if self.around.chair else Spot.BEDSIDE

    def between(self, low: float, high: float) -> float:
        """A number drawn evenly."""
        return low + (high - low) * float(self.rng.random())

    def chance(self, share: float) -> bool:
        """Whether something happens that does in this share of visits."""
        return float(self.rng.random()) < share


@dataclass(frozen=True)
class Move:
    """The recipient is somewhere else for a while; ``None`` where that is out of the device's view."""

    start_s: float
    end_s: float
    spot: Spot | None
    moving: bool = False


def recipient(scene: Scene, moves: Iterable[Move] = ()) -> Iterator[Stay]:
    """The recipient rests all the visit but for these moves, which come one after another."""
    at_s = 0.0
    for move in moves:
        if move.start_s > at_s:
            yield Stay(at_s, move.start_s, Person.RECIPIENT, scene.rests_at)
        if move.spot is not None:
            yield Stay(move.start_s, move.end_s, Person.RECIPIENT, move.spot, move.moving)
        at_s = max(at_s, move.end_s)
    if at_s < scene.end_s:
        yield Stay(at_s, scene.end_s, Person.RECIPIENT, scene.rests_at)


def household_stays(scene: Scene) -> Iterator[Stay]:
    """The family, for a part of the visit, in this room."""
    if scene.around.family is not Family.AWAY:
        start_s = scene.between(0, 0.6) * scene.end_s
        end_s = min(scene.end_s, start_s + scene.between(0.15, 0.6) * scene.end_s)
        yield Stay(start_s, end_s, Person.FAMILY, Spot.SOFA, moving=scene.chance(0.3))


def television(scene: Scene) -> Iterator[Noise]:
    """What plays all the visit, where it plays all day."""
    if scene.around.television:
        yield Noise(0, scene.end_s, SoundCue.MEDIA, scene.between(-8, 2))


def household_noises(scene: Scene) -> Iterator[Noise]:
    """Television, a cough, and the family's own talk and kitchen."""
    rng, end_s = scene.rng, scene.end_s
    yield from television(scene)
    for at_s in rng.uniform(0, end_s, int(rng.poisson(end_s / 2400))).tolist():
        yield Noise(at_s, at_s + 3, SoundCue.COUGH)
    voice = scene.plan.home.room.family
    if scene.around.family is not Family.AWAY and voice is not None:
        start_s = scene.between(0, 0.8) * end_s
        yield from talk(start_s, start_s + 240, (voice, scene.plan.home.voice), rng, 0.4)
        start_s = scene.between(0, 0.9) * end_s
        cue = SoundCue.WATER if scene.chance(0.5) else SoundCue.TABLEWARE
        yield from bursts(start_s, start_s + scene.between(60, 420), cue, rng, 0.3, NEXT_ROOM_DB)


def faces(scene: Scene, stays: Sequence[Stay], who: Performer, seen: float = 0.7) -> tuple[Appearance, ...]:
    """Check-in, looks during the visit while there is somebody to be seen, and check-out, all by one person."""
    here = [stay for stay in stays if stay.person is Person.CAREGIVER]
    looks = [at_s for at_s in during_checks(scene.end_s) if any(s.start_s <= at_s < s.end_s for s in here)]
    return (
        live_face(0, who.portrait, turns_head=True),
        *faces_during(who.portrait, looks, scene.rng, seen),
        live_face(scene.end_s, who.portrait, turns_head=True),
    )


def written(scene: Scene, stays: Iterable[Stay], noises: Iterable[Noise], seen: float = 0.7) -> VisitScript:
    """A script in which the caregiver truly checks in and out, and the receiver sees the sky there is."""
    kept = tuple(_within(stays, scene.end_s))
    return VisitScript(
        seed=scene.plan.visit_seed,
        started_at_ms=scene.plan.started_at_ms,
        duration_s=scene.end_s,
        stays=kept,
        noises=tuple(_within(noises, scene.end_s)),
        appearances=faces(scene, kept, scene.caregiver, seen),
        sky=_sky(scene),
        conditions=_lasting(scene),
        deeds=tuple(deed for deed in scene.around.mishaps if deed.at_s < scene.end_s),
    )


def _lasting(scene: Scene) -> Conditions:
    """The conditions, with what is lost only until the visit ends."""
    conditions = scene.around.conditions
    outages = tuple(_within(conditions.outages, scene.end_s))
    return conditions if outages == conditions.outages else replace(conditions, outages=outages)


def _within(events: Iterable[Event], end_s: float) -> Iterator[Event]:
    for event in events:
        if event.end_s <= end_s:
            yield event
        elif event.start_s < end_s:
            yield replace(event, end_s=end_s)


def _sky(scene: Scene) -> Sky:
    fix, home = scene.around.reception, scene.plan.home
    scatter = scene.rng.normal(0, 5e-5, 2).tolist()
    east_m = METRES_A_DEGREE * float(np.cos(np.radians(home.latitude_deg)))
    return Sky(
        home.latitude_deg + scatter[0] + fix.off_north_m / METRES_A_DEGREE,
        home.longitude_deg + scatter[1] + fix.off_east_m / east_m,
        satellites=fix.satellites,
        hdop=fix.hdop,
        jitter_m=fix.jitter_m,
        gps_offset_s=fix.gps_offset_s,
    )
