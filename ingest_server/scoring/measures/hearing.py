"""What was heard, against what was claimed."""

from collections.abc import Set

from ingest_server.scoring.measures.measured import (
    LEAST_DURATION_S,
    NEARLY_WHOLE,
    TOO_LITTLE,
    Items,
    Measured,
    enough,
    unless_partial,
)
from ingest_server.scoring.timeline import CARE_CUES, heard_seconds, sound_seconds, unattended_seconds
from visit_record.record import ServiceClaim, SoundEvidence, VisitRecord
from visit_record.vocabulary import NotObservedReason, SoundCue

# A claimed item may begin or end a little beside the button that was pressed for it, with wet hands.
CLAIM_SLACK_MS = 60_000
# Two seconds in a minute: water poured twice is care sound enough; one clatter of a plate is not.
LEAST_CUE_SHARE = 2 / 60
LEAST_CARE_SOUND_S = 60.0
# From this share on, care was plainly heard, however much of the visit was not.
MUCH_CARE = 0.1


def care_sound_share(record: VisitRecord, _: Items) -> Measured:
    """Seconds of care sounds in a second listened to."""
    sound = enough(record.sound)
    share = _sound_share(record, CARE_CUES)
    if isinstance(share, NotObservedReason) or isinstance(sound, NotObservedReason):
        return share
    return unless_partial(share, supports=share >= MUCH_CARE, seen_share=sound.coverage)


def media_share(record: VisitRecord, _: Items) -> Measured:
    """Seconds of television or radio in a second listened to."""
    return _sound_share(record, {SoundCue.MEDIA})


def silent_tail(record: VisitRecord, _: Items) -> Measured:
    """Share of the visit, at its end, in which no care was heard any more."""
    sound = enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    ends = [
        interval.started_at_ms + 1000 * interval.duration_s for interval in sound.intervals if interval.cue in CARE_CUES
    ]
    visit_ms = record.span.check_out_ms - record.span.check_in_ms
    if visit_ms < 1000 * LEAST_DURATION_S or sound.coverage < NEARLY_WHOLE:
        return TOO_LITTLE
    last_ms = max(ends, default=record.span.check_in_ms)
    return min(1.0, max(0.0, (record.span.check_out_ms - last_ms) / visit_ms))


def claims_supported(record: VisitRecord, items: Items) -> Measured:
    """Share of the claimed items that leave a sound in which theirs was heard."""
    sound = enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [claim for claim in record.services.claimed if claim.item in items and items[claim.item].sound]
    if not audible:
        return NotObservedReason.NOT_ASKED
    share = sum(supported(claim, sound, items) for claim in audible) / len(audible)
    return unless_partial(share, supports=share == 1, seen_share=sound.coverage)


def unclaimed_care(record: VisitRecord, items: Items) -> Measured:
    """Share of the care sounds that no claimed item leaves."""
    sound = enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    start_ms, end_ms = record.span.check_in_ms, record.span.check_out_ms
    all_s = sound_seconds(sound, CARE_CUES, start_ms, end_ms)
    if all_s < LEAST_CARE_SOUND_S:
        return TOO_LITTLE
    claimed = {cue for claim in record.services.claimed if claim.item in items for cue in items[claim.item].sound}
    return sound_seconds(sound, CARE_CUES - claimed, start_ms, end_ms) / all_s


def unattended_care(record: VisitRecord, _: Items) -> Measured:
    """Share of the care sounds that were heard while the caregiver was not in the room."""
    sound, occupancy = enough(record.sound), enough(record.occupancy)
    if isinstance(sound, NotObservedReason):
        return sound
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    all_s = sound_seconds(sound, CARE_CUES, record.span.check_in_ms, record.span.check_out_ms)
    return (
        min(1.0, unattended_seconds(sound, occupancy, CARE_CUES) / all_s) if all_s >= LEAST_CARE_SOUND_S else TOO_LITTLE
    )


def supported(claim: ServiceClaim, sound: SoundEvidence, items: Items) -> bool:
    """Whether the sounds of a claimed item were heard while it is said to have been given."""
    start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
    heard_s = sound_seconds(sound, set(items[claim.item].sound), start_ms - CLAIM_SLACK_MS, end_ms + CLAIM_SLACK_MS)
    return heard_s >= max(2.0, LEAST_CUE_SHARE * claim.duration_s)


def _sound_share(record: VisitRecord, cues: Set[SoundCue]) -> Measured:
    sound = enough(record.sound)
    if isinstance(sound, NotObservedReason):
        return sound
    heard_s = heard_seconds(record, sound)
    if heard_s < LEAST_DURATION_S:
        return TOO_LITTLE
    return sound_seconds(sound, cues, record.span.check_in_ms, record.span.check_out_ms) / heard_s
