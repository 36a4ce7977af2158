"""A staged visit as the record that its device would have sealed.

senses = Senses.measured(Half.TEST)
record = record_of(staged, next_link(0, None), "ueid", models, senses)

The same visit gives the same record: all that is drawn, is drawn from its seed.
"""

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from sim.history.coverage import Parts, coverages
from sim.history.faces import Eyes, Moment, faces_of, looks_of
from sim.history.heard import sounds_of
from sim.history.hearing import Listener
from sim.history.place import place_of
from sim.history.seen import occupancy_of
from sim.history.troubles import events_of
from sim.history.voices import voices_of
from sim.history.watch import Watches, until_power_fails
from sim.senses import Senses
from sim.staging.choreography import FACE_CHECK_S
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from visit_record.record import (
    SCHEMA,
    ChainLink,
    Clock,
    Consent,
    Integrity,
    NotObserved,
    RefusedService,
    ServiceClaim,
    Services,
    Span,
    VisitRecord,
    Who,
)
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ClockSource, Ending, IdentityMethod, Modality, NotObservedReason

CONSENT_TEXT = "2026-1"


def record_of(
    staged: StagedVisit, link: ChainLink, ueid: str, models: Mapping[str, str], senses: Senses
) -> VisitRecord:
    """The record of a staged visit at its place in its device's chain, perceived as ``senses`` do."""
    name = f"{staged.plan.home.device} {staged.plan.started_at_ms} {staged.plan.visit_seed}"
    staged, interrupted = until_power_fails(staged)
    plan, script = staged.plan, staged.script
    rng, watches = np.random.default_rng([plan.visit_seed, 0x5245]), Watches.over(staged)
    looks = looks_of(script, interrupted=interrupted)
    parts = _parts(staged, watches, looks, senses, rng)
    end_ms = script.started_at_ms + round(1000 * script.duration_s)
    sealed_s = script.duration_s + (0.0 if interrupted else FACE_CHECK_S)
    return VisitRecord(
        schema=SCHEMA,
        iss=plan.home.device,
        iat=math.ceil((script.started_at_ms + 1000 * sealed_s) / 1000),
        jti=visit_id(script.started_at_ms, rng.bytes(10)),
        ueid=ueid,
        swversion="0.1.0",
        bootcount=1,
        agency=plan.home.agency,
        chain=link,
        models=dict(models),
        clock=_clock(plan),
        who=_who(plan, watches),
        span=Span(
            script.started_at_ms,
            end_ms,
            script.duration_s,
            Ending.INTERRUPTED if interrupted else Ending.CHECKED_OUT,
        ),
        where=parts.where,
        face=parts.face,
        voice=parts.voice,
        occupancy=parts.occupancy,
        sound=parts.sound,
        services=_services(plan),
        integrity=Integrity(
            events_of(script, watches, looks),
            tuple(coverages(staged, watches, looks, parts)),
        ),
        commitment=hashlib.sha256(name.encode()).hexdigest(),
    )


def _clock(plan: Plan) -> Clock:
    """As in a lived visit: kept by the network's time."""
    rng = np.random.default_rng([plan.visit_seed, 0x434C])
    return Clock(ClockSource.NTP, round(float(rng.normal(0, 20)), 1))


def _parts(
    staged: StagedVisit, watches: Watches, looks: list[Moment], senses: Senses, rng: np.random.Generator
) -> Parts:
    plan, script, watch = staged.plan, staged.script, watches.of
    where = place_of(plan, script, watch[Modality.POSITION], rng)
    face = faces_of(Eyes(plan, script, watch[Modality.FACE], senses, rng), looks)
    occupancy = occupancy_of(script, plan.home.device, watch[Modality.THERMAL], senses, rng)
    hearing = Listener(staged, senses, rng).listen()
    voice = voices_of(hearing.spoken, staged, watch[Modality.VOICE], senses, rng)
    sound = sounds_of(hearing, script, watch[Modality.SOUND], rng)
    return Parts(
        where=where,
        face=face if (why := _why(watches, Modality.FACE, face)) is None else why,
        voice=voice if (why := _why(watches, Modality.VOICE, voice)) is None else why,
        occupancy=occupancy if (why := _why(watches, Modality.THERMAL, occupancy)) is None else why,
        sound=sound if (why := _why(watches, Modality.SOUND, sound)) is None else why,
    )


def _why(watches: Watches, sense: Modality, part: object) -> NotObserved | None:
    """Why a sense says nothing: it was not to be used, or its sensor failed before it saw anything."""
    silent = watches.of[sense].silent
    if silent is not None:
        return NotObserved(silent)
    lost = isinstance(part, NotObserved) and watches.of[sense].lost_at_s is not None
    return NotObserved(NotObservedReason.SENSOR_FAULT) if lost else None


def _who(plan: Plan, watches: Watches) -> Who:
    consents = tuple(Consent(sense, not _withheld(watches, sense), CONSENT_TEXT) for sense in Modality)
    blind = watches.of[Modality.FACE].silent is not None or watches.of[Modality.FACE].misses(0.0)
    by_face = plan.checked_in_by is IdentityMethod.FACE
    return Who(
        plan.caregiver.id,
        plan.home.recipient,
        plan.order,
        consents,
        IdentityMethod.PIN if blind and by_face else plan.checked_in_by,
    )


def _withheld(watches: Watches, sense: Modality) -> bool:
    return watches.of[sense].silent is NotObservedReason.CONSENT_WITHHELD


def _services(plan: Plan) -> Services:
    claimed = (
        ServiceClaim(
            claim.item, plan.started_at_ms + round(1000 * claim.start_s), round(claim.end_s - claim.start_s, 3)
        )
        for claim in sorted(plan.claims, key=lambda claim: claim.start_s)
    )
    return Services(tuple(claimed), tuple(RefusedService(one.item, one.reason) for one in plan.refused))
