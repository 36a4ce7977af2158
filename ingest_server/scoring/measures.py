"""What is measured of a record: each measure answers one question with one number, or says why it cannot.

A measure never judges. What a value weighs is the calibration's; see :mod:`ingest_server.scoring.calibration`.
"""

from collections.abc import Callable, Mapping
from statistics import median
from typing import TypeVar

from ingest_server.scoring.timeline import (
    CARE_CUES,
    at_work,
    caregiver_present,
    heard_seconds,
    last_present_ms,
    recipient_seen,
    share_of_time,
    sound_seconds,
)
from visit_record.catalogue import ServiceItem
from visit_record.record import (
    FaceEvidence,
    Fix,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    SoundEvidence,
    VisitRecord,
)
from visit_record.vocabulary import CheckMoment, IntegrityKind, NotObservedReason, SoundCue

Measured = float | NotObservedReason
Measure = Callable[[VisitRecord, Mapping[str, ServiceItem]], Measured]

# Below this share of the visit, a sense has seen too little to speak for the rest of it.
LEAST_COVERAGE = 0.3
# A claimed item may begin or end a little beside the button that was pressed for it, with wet hands.
CLAIM_SLACK_MS = 60_000
# Two seconds in a minute: water poured twice is care sound enough; one clatter of a plate is not.
LEAST_CUE_SHARE = 2 / 60
LEAST_SPEECH_S = 3.0
TOO_LITTLE = NotObservedReason.TOO_LITTLE_SIGNAL


def face_check_in(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Similarity of the face at check-in."""
    return _face_similarity(record, {CheckMoment.CHECK_IN})


def face_later(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Similarity of the faces during the visit and at check-out."""
    return _face_similarity(record, {CheckMoment.DURING, CheckMoment.CHECK_OUT})


def liveness(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """1 when every movement asked for was seen, 0 when none was."""
    if isinstance(record.face, NotObserved):
        return record.face.reason
    shown = [check.liveness.passed for check in record.face.checks if isinstance(check.liveness, Liveness)]
    return sum(shown) / len(shown) if shown else NotObservedReason.NOT_ASKED


def voice(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Best similarity of a voice heard to the caregiver's: other people may speak too."""
    if isinstance(record.voice, NotObserved):
        return record.voice.reason
    heard = [check.similarity for check in record.voice.checks if check.speech_s >= LEAST_SPEECH_S]
    return max(heard) if heard else TOO_LITTLE


def presence_share(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Share of the time observed in which the caregiver was in the room."""
    return _occupancy_share(record, caregiver_present)


def recipient_share(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Share of the time observed in which the bed was taken or two people were there."""
    return _occupancy_share(record, recipient_seen)


def bedside_share(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Share of the time observed in which somebody worked by the bed or close to another."""
    return _occupancy_share(record, at_work)


def absent_tail(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Share of the visit, at its end, in which the caregiver was not seen again."""
    occupancy = _enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    last_ms = last_present_ms(occupancy)
    visit_ms = record.span.check_out_ms - record.span.check_in_ms
    if last_ms is None or visit_ms == 0:
        return TOO_LITTLE
    return min(1.0, max(0.0, (record.span.check_out_ms - last_ms) / visit_ms))


def care_sound_share(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Seconds of care sounds in a second listened to."""
    return _sound_share(record, CARE_CUES)


def media_share(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Seconds of television or radio in a second listened to."""
    return _sound_share(record, {SoundCue.MEDIA})


def claims_supported(record: VisitRecord, items: Mapping[str, ServiceItem]) -> Measured:
    """Share of the claimed items that leave a sound in which theirs was heard."""
    sound = _enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [claim for claim in record.services.claimed if claim.item in items and items[claim.item].sound]
    if not audible:
        return NotObservedReason.NOT_ASKED
    supported = 0
    for claim in audible:
        start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
        heard_s = sound_seconds(sound, items[claim.item].sound, start_ms - CLAIM_SLACK_MS, end_ms + CLAIM_SLACK_MS)
        supported += heard_s >= max(2.0, LEAST_CUE_SHARE * claim.duration_s)
    return supported / len(audible)


def unclaimed_care(record: VisitRecord, items: Mapping[str, ServiceItem]) -> Measured:
    """Share of the care sounds that no claimed item leaves."""
    sound = _enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    start_ms, end_ms = record.span.check_in_ms, record.span.check_out_ms
    all_s = sound_seconds(sound, CARE_CUES, start_ms, end_ms)
    if all_s < 60:
        return TOO_LITTLE
    claimed = {cue for claim in record.services.claimed if claim.item in items for cue in items[claim.item].sound}
    return sound_seconds(sound, CARE_CUES - claimed, start_ms, end_ms) / all_s


def site_excess_m(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Metres by which the device was farther from the home than its position's accuracy explains."""
    fixes = [fix for fix in (record.where.check_in, record.where.check_out) if isinstance(fix, Fix)]
    placed = [fix for fix in fixes if fix.distance_to_site_m is not None]
    if not placed:
        return _why_no_fix(record)
    return max(max(0.0, (fix.distance_to_site_m or 0.0) - (fix.accuracy_m or 0.0)) for fix in placed)


def place_cues(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """How many signs of a forged position there are."""
    if isinstance(record.where.check_in, NotObserved) and isinstance(record.where.check_out, NotObserved):
        return _why_no_fix(record)
    return float(len(record.where.cues))


def duration_ratio(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """Duration against what was planned."""
    order = record.who.order
    if order is None or order.planned_duration_s == 0:
        return NotObservedReason.NOT_ASKED
    return record.span.duration_s / order.planned_duration_s


def tampering(record: VisitRecord, _: Mapping[str, ServiceItem]) -> Measured:
    """How many times something was done to the device. A lost sensor or power is not somebody's deed."""
    deeds = {
        IntegrityKind.CAMERA_COVERED,
        IntegrityKind.MICROPHONE_MUTED,
        IntegrityKind.DEVICE_MOVED,
        IntegrityKind.CLOCK_STEP,
    }
    return float(sum(event.kind in deeds for event in record.integrity.events))


def _face_similarity(record: VisitRecord, moments: set[CheckMoment]) -> Measured:
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    seen = [c.similarity for c in record.face.checks if c.moment in moments and c.similarity is not None]
    return median(seen) if seen else TOO_LITTLE


def _occupancy_share(record: VisitRecord, question: Callable[[OccupancyInterval], bool | None]) -> Measured:
    occupancy = _enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    share = share_of_time(occupancy, question)
    return TOO_LITTLE if share is None else share


def _sound_share(record: VisitRecord, cues: frozenset[SoundCue] | set[SoundCue]) -> Measured:
    sound = _enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    heard_s = heard_seconds(record, sound)
    if heard_s == 0:
        return TOO_LITTLE
    return sound_seconds(sound, cues, record.span.check_in_ms, record.span.check_out_ms) / heard_s


def _why_no_fix(record: VisitRecord) -> NotObservedReason:
    at_check_in = record.where.check_in
    return at_check_in.reason if isinstance(at_check_in, NotObserved) else TOO_LITTLE


T = TypeVar("T", OccupancyEvidence, SoundEvidence)


def _enough(part: T | NotObserved) -> T | NotObservedReason:
    if isinstance(part, NotObserved):
        return part.reason
    return part if part.coverage >= LEAST_COVERAGE else TOO_LITTLE
