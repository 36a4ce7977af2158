"""Scripts of visits, honest and of every typology of the domain's "How visits are faked"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.script import Noise, Person, Portrait, Sky, Spot, Stay, VisitScript, Voice
from sim.staging.choreography import (
    bursts,
    care_noises,
    care_stay,
    coming_and_going,
    faces_during,
    live_face,
    photo_face,
    talk,
)
from sim.staging.plan import ARRIVAL_S, Claim, Plan
from visit_record.vocabulary import SoundCue, Typology

SHORT_CARE_S = 900.0


@dataclass(frozen=True)
class StagedVisit:
    """A plan as the kiosk was told, the script as it really was, and the truth about it.

    ``variant`` names in which of its ways the typology was done, for reports.
    """

    plan: Plan
    script: VisitScript
    truth: Typology
    variant: str = ""


def stage(plan: Plan, typology: Typology) -> StagedVisit:
    """Write the script of a visit.

    What shows only across visits needs its fellow: a double booking another visit of the caregiver at the same time,
    a shared identity the same person's visits under the other id.
    """
    rng = np.random.default_rng([plan.visit_seed, 0x5649])
    plan = _swapped(plan) if typology is Typology.SERVICE_SWAP else plan
    return StagedVisit(plan, SCRIPTS[typology](plan, rng), typology)


def honest(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """The caregiver comes, gives every item, talks, and goes."""
    return _care(plan, plan.claims, plan.caregiver.portrait, plan.caregiver.voice, rng)


def empty_order(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Checks in, leaves, comes back to check out; the recipient lies in bed."""
    end_s = plan.duration_s
    stays = (_recipient(plan), *_brief_presence(end_s))
    noises = (*coming_and_going(0, rng), *coming_and_going(40, rng), *coming_and_going(end_s - 40, rng))
    return _script(plan, stays, noises, rng)


def colluding_family(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Stays and chats before the television; nobody goes near the bed."""
    end_s = plan.duration_s
    stays = (
        _recipient(plan),
        Stay(0, end_s, Person.CAREGIVER, Spot.SOFA),
        Stay(0, end_s, Person.FAMILY, Spot.SOFA),
    )
    family = Voice(float(rng.uniform(110, 220)), float(rng.uniform(0.85, 1.0)))
    noises = (
        *coming_and_going(0, rng),
        Noise(60, end_s - 60, SoundCue.MEDIA),
        *talk(30, end_s / 4, (plan.caregiver.voice, family), rng),
    )
    return _script(plan, stays, noises, rng)


def proxy_caregiver(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Somebody else gives the care, and holds up the caregiver's photograph to check in."""
    other = next(portrait for portrait in Portrait if portrait is not plan.caregiver.portrait)
    voice = Voice(plan.caregiver.voice.pitch_hz * 0.55, min(1.15, plan.caregiver.voice.tract * 1.3))
    script = _care(plan, plan.claims, other, voice, rng)
    return replace(script, appearances=(photo_face(0, plan.caregiver.portrait), *script.appearances[1:]))


def recipient_absent(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """The recipient is in hospital; the caregiver waits the hour out."""
    end_s = plan.duration_s
    stays = (Stay(0, 60, Person.CAREGIVER, Spot.DOOR), Stay(60, end_s, Person.CAREGIVER, Spot.SOFA))
    noises = (*coming_and_going(0, rng), *bursts(60, end_s, SoundCue.MEDIA, rng, share=0.3))
    return _script(plan, stays, noises, rng)


def padded_duration(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Fifteen minutes of care sold as sixty: leaves, and comes back to check out."""
    given = tuple(
        replace(claim, end_s=min(claim.end_s, SHORT_CARE_S)) for claim in plan.claims if claim.start_s < SHORT_CARE_S
    )
    script = _care(plan, given, plan.caregiver.portrait, plan.caregiver.voice, rng)
    gone = [stay for stay in script.stays if stay.person is not Person.CAREGIVER or stay.end_s <= SHORT_CARE_S]
    back = Stay(plan.duration_s - 40, plan.duration_s, Person.CAREGIVER, Spot.DOOR)
    heard = [noise for noise in script.noises if noise.end_s <= SHORT_CARE_S or noise.start_s >= plan.duration_s - 60]
    faces = tuple(face for face in script.appearances if face.start_s < SHORT_CARE_S or face.start_s >= plan.duration_s)
    return replace(script, stays=(*gone, back), noises=tuple(heard), appearances=faces)


def service_swap(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Bathing is claimed, feeding is given."""
    given = tuple(replace(claim, item="feeding") for claim in plan.claims)
    return _care(plan, given, plan.caregiver.portrait, plan.caregiver.voice, rng)


def replayed_evidence(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """A loudspeaker plays the sounds of care, always the same, in a room that the caregiver has left."""
    played = np.random.default_rng(0x5250)
    noises = tuple(noise for claim in plan.claims for noise in care_noises(claim, (plan.caregiver.voice,), played))
    return replace(empty_order(plan, rng), noises=noises)


def false_location(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """Checked in from another province through a virtual location that knows no satellites."""
    script = recipient_absent(plan, rng)
    sky = replace(script.sky, latitude_deg=script.sky.latitude_deg + 1.4, jitter_m=0.0, gps_offset_s=40.0)
    return replace(script, sky=sky)


def tampered_device(plan: Plan, rng: np.random.Generator) -> VisitScript:
    """The device is carried off to the caregiver's own home, with camera covered and microphone muted."""
    script = recipient_absent(plan, rng)
    sky = replace(script.sky, latitude_deg=script.sky.latitude_deg + 0.06)
    return replace(script, sky=sky, noises=(), appearances=script.appearances[:1])


SCRIPTS: Mapping[Typology, Callable[[Plan, np.random.Generator], VisitScript]] = {
    Typology.GENUINE: honest,
    Typology.EMPTY_ORDER: empty_order,
    Typology.COLLUDING_FAMILY: colluding_family,
    Typology.PROXY_CAREGIVER: proxy_caregiver,
    Typology.RECIPIENT_ABSENT: recipient_absent,
    Typology.PADDED_DURATION: padded_duration,
    Typology.SERVICE_SWAP: service_swap,
    Typology.REPLAYED_EVIDENCE: replayed_evidence,
    Typology.FALSE_LOCATION: false_location,
    Typology.DOUBLE_BOOKING: empty_order,
    Typology.SHARED_IDENTITY: honest,
    Typology.TAMPERED_DEVICE: tampered_device,
}


def _care(
    plan: Plan, given: tuple[Claim, ...], portrait: Portrait, voice: Voice, rng: np.random.Generator
) -> VisitScript:
    """Care by whoever has this face and voice."""
    end_s = plan.duration_s
    voices = (voice, plan.home.voice)
    working = tuple(care_stay(claim) for claim in given)
    starts = [0.0, *(stay.end_s for stay in working)]
    ends = [*(stay.start_s for stay in working), end_s]
    between = (
        Stay(
            start_s, stop_s, Person.CAREGIVER, Spot.DOOR if start_s == 0 or stop_s == end_s else Spot.BASIN, moving=True
        )
        for start_s, stop_s in zip(starts, ends, strict=True)
    )
    noises = (
        *coming_and_going(0, rng),
        *talk(10, ARRIVAL_S - 10, voices, rng),
        *(noise for claim in given for noise in care_noises(claim, voices, rng)),
        *talk(end_s - 60, end_s - 15, voices, rng),
        *coming_and_going(end_s - 10, rng),
    )
    script = _script(plan, (_recipient(plan), *working, *between), noises, rng)
    appearances = (
        live_face(0, portrait, turns_head=True),
        *faces_during(portrait, end_s, rng),
        live_face(end_s, portrait, turns_head=True),
    )
    return replace(script, appearances=appearances)


def _script(plan: Plan, stays: tuple[Stay, ...], noises: tuple[Noise, ...], rng: np.random.Generator) -> VisitScript:
    """A script in which the caregiver truly checks in and out, and the receiver sees the sky."""
    portrait, end_s = plan.caregiver.portrait, plan.duration_s
    return VisitScript(
        seed=plan.visit_seed,
        started_at_ms=plan.started_at_ms,
        duration_s=end_s,
        stays=stays,
        noises=noises,
        appearances=(live_face(0, portrait, turns_head=True), live_face(end_s, portrait, turns_head=True)),
        sky=Sky(
            plan.home.latitude_deg + float(rng.normal(0, 5e-5)), plan.home.longitude_deg + float(rng.normal(0, 5e-5))
        ),
    )


def _recipient(plan: Plan) -> Stay:
    return Stay(0, plan.duration_s, Person.RECIPIENT, Spot.BED)


def _brief_presence(end_s: float) -> tuple[Stay, Stay]:
    return (Stay(0, 40, Person.CAREGIVER, Spot.DOOR), Stay(end_s - 40, end_s, Person.CAREGIVER, Spot.DOOR))


def _swapped(plan: Plan) -> Plan:
    return replace(plan, claims=tuple(replace(claim, item="bathing") for claim in plan.claims))
