"""What one visit is like, drawn: by the ways of its home and its caregiver, and by the world's rates."""

from collections.abc import Iterator
from math import cos, radians, sin

import numpy as np

from sim.benchmark.odds import Visits
from sim.script import Conditions, Deed, Outage
from sim.staging.circumstances import Circumstances, Family, Pressing, Reception
from sim.staging.plan import Plan
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

SENSES_OF = {
    "camera": (Modality.FACE,),
    "microphone": (Modality.VOICE, Modality.SOUND),
    "thermal": (Modality.THERMAL,),
    "receiver": (Modality.POSITION,),
}
LATE_WAYS, LATE_SHARES = (Pressing.LATE, Pressing.BATCH, Pressing.AT_ENDS), (0.5, 0.3, 0.2)
AWAY_WAYS, AWAY_SHARES = (Pressing.PROMPT, Pressing.AT_ENDS, Pressing.BATCH), (0.35, 0.35, 0.3)
POWER_CUT_S, CLOCK_OFF_S = (180.0, 2400.0), (10.0, 300.0)
# Of the visits to a home with a family, a noise from outside, a heater: on some days they are out, or it is off.
FAMILY_IN, NOISE_ON, DECOY_ON, TELEVISION_ON, VISITOR_TELEVISION = 0.6, 0.8, 0.7, 0.9, 0.03
LEAST_SHOWN_M = 1.0


def draw_circumstances(
    plan: Plan, outing_s: tuple[float, float] | None, odds: Visits, rng: np.random.Generator
) -> Circumstances:
    """Everything about a visit but what people do for care."""
    room, habits = plan.home.room, plan.caregiver.habits
    quiet = 0.3 if rng.random() < odds.quiet else 1.0
    late = rng.random() < habits.forgetful
    mishaps, unseen = _mishaps(plan, odds, rng)
    return Circumstances(
        talk=float(np.clip(habits.talk * np.exp(rng.normal(0, 0.3)), 0, 1)),
        sound=quiet * habits.sound * float(np.exp(rng.normal(0, 0.2))),
        television=bool(rng.random() < (TELEVISION_ON if room.television else VISITOR_TELEVISION)),
        family=_family(plan, odds, rng),
        chair=bool(room.rises and rng.random() < 0.5),
        bathroom=room.bathroom,
        outing_s=outing_s,
        fetches=int(rng.poisson(plan.duration_s / 2700)),
        pressing=_one_of(LATE_WAYS, LATE_SHARES, rng) if late else Pressing.PROMPT,
        pressing_away=_one_of(AWAY_WAYS, AWAY_SHARES, rng),
        alike=float(rng.random()),
        reception=_reception(plan, odds, rng),
        conditions=_conditions(plan, odds, rng, unseen),
        mishaps=mishaps,
    )


def _family(plan: Plan, odds: Visits, rng: np.random.Generator) -> Family:
    if plan.home.room.family is None or rng.random() >= FAMILY_IN:
        return Family.AWAY
    return Family.HELPS if rng.random() < odds.family_helps else Family.PRESENT


def _one_of(ways: tuple[Pressing, ...], shares: tuple[float, ...], rng: np.random.Generator) -> Pressing:
    return ways[int(np.searchsorted(np.cumsum(shares)[:-1], rng.random()))]


def _reception(plan: Plan, odds: Visits, rng: np.random.Generator) -> Reception:
    room = plan.home.room
    off_s = float(rng.normal(0, 0.2))
    if rng.random() < odds.clock_off:
        off_s += float(rng.uniform(*CLOCK_OFF_S)) * (1 if rng.random() < 0.5 else -1)
    if not room.satellites:
        return Reception(satellites=0, gps_offset_s=off_s)
    if room.reception_off_m < LEAST_SHOWN_M:
        return Reception(satellites=int(rng.integers(6, 13)), hdop=float(rng.uniform(0.8, 2)), gps_offset_s=off_s)
    away_m, bearing = room.reception_off_m * float(np.exp(rng.normal(0, 0.4))), radians(float(rng.uniform(0, 360)))
    return Reception(
        away_m * cos(bearing),
        away_m * sin(bearing),
        satellites=int(rng.integers(4, 8)),
        hdop=float(rng.uniform(2.5, 8)),
        jitter_m=float(rng.uniform(6, 25)),
        gps_offset_s=off_s,
    )


def _conditions(plan: Plan, odds: Visits, rng: np.random.Generator, unseen: tuple[Outage, ...]) -> Conditions:
    room = plan.home.room
    noisy = room.noise_db is not None and rng.random() < NOISE_ON
    return Conditions(
        light=float(np.clip(room.light * rng.uniform(0.85, 1.15), 0.05, 1)) if room.light < 1 else 1.0,
        noise_db=None if room.noise_db is None or not noisy else room.noise_db + float(rng.normal(0, 1.5)),
        gain_db=room.gain_db,
        distance_m=room.distance_m,
        old_face=plan.caregiver.habits.old_face,
        decoys=frozenset(kind for kind in sorted(room.decoys) if rng.random() < DECOY_ON),
        outages=(*_outages(plan, odds, rng), *unseen),
    )


def _outages(plan: Plan, odds: Visits, rng: np.random.Generator) -> Iterator[Outage]:
    end_s = plan.duration_s
    for sensor, senses in SENSES_OF.items():
        if rng.random() < getattr(odds.broken, sensor):
            start_s, stop_s = _part(end_s, rng) if rng.random() < odds.broken.for_a_part else (0.0, end_s)
            yield from (Outage(sense, start_s, stop_s) for sense in senses)
    if rng.random() < odds.location_off:
        yield Outage(Modality.POSITION, 0, end_s, NotObservedReason.LOCATION_OFF)


def _part(end_s: float, rng: np.random.Generator) -> tuple[float, float]:
    """A sensor fails and stays so, or comes back."""
    start_s = float(rng.uniform(0, 0.8)) * end_s
    return (
        (start_s, end_s)
        if rng.random() < 0.5
        else (start_s, start_s + (end_s - start_s) * float(rng.uniform(0.2, 0.9)))
    )


def _mishaps(plan: Plan, odds: Visits, rng: np.random.Generator) -> tuple[tuple[Deed, ...], tuple[Outage, ...]]:
    """What befalls the device and is nobody's deed, and what it then does not see.

    A towel over the camera, a device pushed aside to dust; and power that is cut: half the time the device is off for
    a while and goes on, half the time the visit ends with it.
    """
    end_s = plan.duration_s
    at_s, lasts_s = float(rng.uniform(0.05, 0.9)) * end_s, float(rng.uniform(*POWER_CUT_S))
    if rng.random() < odds.power_cut:
        if rng.random() < 0.5:
            return (Deed(at_s, IntegrityKind.POWER_LOSS),), ()
        return (), tuple(Outage(sense, at_s, min(end_s, at_s + lasts_s)) for sense in Modality)
    if rng.random() >= odds.mishap:
        return (), ()
    if rng.random() < 0.5:
        return (Deed(at_s, IntegrityKind.DEVICE_MOVED),), ()
    towel = Outage(Modality.FACE, at_s, min(end_s, at_s + lasts_s))
    return (Deed(at_s, IntegrityKind.CAMERA_COVERED, Modality.FACE),), (towel,)
