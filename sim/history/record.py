"""A staged visit as the record that its device would have sealed."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

import numpy as np

from sim.history.assumed import Assumed
from sim.history.heard import place_of, sounds_of, voices_of
from sim.history.seen import faces_of, occupancy_of
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from visit_record.record import (
    SCHEMA,
    ChainLink,
    Clock,
    Consent,
    Coverage,
    Integrity,
    IntegrityEvent,
    NotObserved,
    PlannedOrder,
    ServiceClaim,
    Services,
    Span,
    VisitRecord,
    Who,
)
from visit_record.visit_id import visit_id
from visit_record.vocabulary import (
    ClockSource,
    Ending,
    IdentityMethod,
    IntegrityKind,
    Modality,
    NotObservedReason,
    Typology,
)

CONSENT_TEXT = "2026-1"
Part = TypeVar("Part")
Hidden = Mapping[Modality, NotObservedReason]


def record_of(
    staged: StagedVisit, link: ChainLink, ueid: str, models: Mapping[str, str], assumed: Assumed
) -> VisitRecord:
    """The record of a staged visit at its place in its device's chain."""
    plan, script = staged.plan, staged.script
    rng = np.random.default_rng([plan.visit_seed, 0x5245])
    hidden = _hidden(staged, assumed, rng)
    end_ms = script.started_at_ms + int(1000 * script.duration_s)
    return VisitRecord(
        schema=SCHEMA,
        iss=plan.home.device,
        iat=end_ms // 1000 + 1,
        jti=visit_id(script.started_at_ms, rng.bytes(10)),
        ueid=ueid,
        swversion="0.1.0",
        bootcount=1,
        agency=plan.home.agency,
        chain=link,
        models=dict(models),
        clock=Clock(ClockSource.NTP, round(float(rng.normal(0, 20)), 1)),
        who=_who(plan, hidden),
        span=Span(script.started_at_ms, end_ms, script.duration_s, Ending.CHECKED_OUT),
        where=place_of(plan, script, assumed, rng),
        face=_unless(hidden, Modality.FACE, faces_of(plan, script, assumed, rng)),
        voice=_unless(hidden, Modality.VOICE, voices_of(plan, script, assumed, rng)),
        occupancy=_unless(hidden, Modality.THERMAL, occupancy_of(script, assumed, rng)),
        sound=_unless(hidden, Modality.SOUND, sounds_of(script, assumed, rng)),
        services=Services(tuple(_claims(plan)), ()),
        integrity=Integrity(_deeds(staged), _coverage(hidden)),
        commitment=hashlib.sha256(repr(staged).encode()).hexdigest(),
    )


def _hidden(staged: StagedVisit, assumed: Assumed, rng: np.random.Generator) -> Hidden:
    """Which senses saw nothing of the visit, and why."""
    covered = (Modality.FACE, Modality.VOICE, Modality.SOUND) if staged.truth is Typology.TAMPERED_DEVICE else ()
    hidden = dict.fromkeys(covered, NotObservedReason.SENSOR_FAULT)
    for modality in (Modality.FACE, Modality.VOICE, Modality.SOUND, Modality.THERMAL):
        if rng.random() < assumed.consent_withheld:
            hidden[modality] = NotObservedReason.CONSENT_WITHHELD
        elif rng.random() < assumed.sensor_broken:
            hidden[modality] = NotObservedReason.SENSOR_FAULT
    return hidden


def _unless(hidden: Hidden, modality: Modality, part: Part) -> Part | NotObserved:
    return NotObserved(hidden[modality]) if modality in hidden else part


def _who(plan: Plan, hidden: Hidden) -> Who:
    withheld = {modality for modality, why in hidden.items() if why is NotObservedReason.CONSENT_WITHHELD}
    order = PlannedOrder(f"order-{plan.visit_seed}", plan.started_at_ms, plan.duration_s, plan.home.items)
    consents = tuple(Consent(modality, modality not in withheld, CONSENT_TEXT) for modality in Modality)
    method = IdentityMethod.PIN if Modality.FACE in hidden else IdentityMethod.FACE
    return Who(plan.caregiver.id, plan.home.recipient, order, consents, method)


def _claims(plan: Plan) -> Iterator[ServiceClaim]:
    for claim in plan.claims:
        started_at_ms = plan.started_at_ms + int(1000 * claim.start_s)
        yield ServiceClaim(claim.item, started_at_ms, round(claim.end_s - claim.start_s, 1))


def _deeds(staged: StagedVisit) -> tuple[IntegrityEvent, ...]:
    if staged.truth is not Typology.TAMPERED_DEVICE:
        return ()
    at_ms = staged.script.started_at_ms + 60_000
    kinds = (IntegrityKind.DEVICE_MOVED, IntegrityKind.CAMERA_COVERED, IntegrityKind.MICROPHONE_MUTED)
    return tuple(IntegrityEvent(kind, at_ms, None) for kind in kinds)


def _coverage(hidden: Hidden) -> tuple[Coverage, ...]:
    return tuple(Coverage(modality, 0.0 if modality in hidden else 1.0, hidden.get(modality)) for modality in Modality)
