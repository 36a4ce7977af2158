"""What was heard, against what was claimed."""

from ingest_server.scoring.heard import CARE_CUES, Heard
from ingest_server.scoring.measures.measured import (
    CLAIM_SLACK_MS,
    LEAST_DURATION_S,
    NEARLY_WHOLE,
    NOT_ASKED,
    Measured,
    unless_partial,
)
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from ingest_server.scoring.spans import coinciding_s, seconds
from visit_record.catalogue import ServiceItem
from visit_record.record import ServiceClaim
from visit_record.vocabulary import NotObservedReason, SoundCue

# Two seconds in a minute: water poured twice is care sound enough; one clatter of a plate is not.
LEAST_CUE_SHARE = 2 / 60
LEAST_CARE_SOUND_S = 60.0
# Care that was not heard speaks against a visit only where most of it could have been heard.
MOSTLY_CLEAR = 0.5
DROWNED_SHARE = 0.5
# Of an item's time; less may be the item before it, whose button was pressed late.
OTHER_CARE_SHARE = 0.1
# From this share on, care was plainly heard, however much of the visit was not.
MUCH_CARE = 0.1


def care_sound_share(seen: Seen) -> Measured:
    """Share of the time listened to in which care was heard."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    share = _share(sound, sound.care_s)
    if isinstance(share, NotObservedReason):
        return share
    return unless_partial(share, supports=share >= MUCH_CARE, seen_share=sound.clear_share, least=MOSTLY_CLEAR)


def media_share(seen: Seen) -> Measured:
    """Share of the time listened to in which television or radio was heard, and no care."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    media = sound.of(SoundCue.MEDIA)
    return _share(sound, seconds(media) - coinciding_s(media, sound.care))


def speech_share(seen: Seen) -> Measured:
    """Share of the time listened to in which somebody spoke."""
    sound = seen.sound
    return sound if isinstance(sound, NotObservedReason) else _share(sound, seconds(sound.of(SoundCue.SPEECH)))


def quiet_share(seen: Seen) -> Measured:
    """Share of the time listened to in which nothing was heard."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    return sound.quiet_share if sound.coverage >= NEARLY_WHOLE else TOO_LITTLE


def silent_tail(seen: Seen) -> Measured:
    """Share of the visit, at its end, in which no care was heard any more."""
    sound, span = seen.sound, seen.record.span
    if isinstance(sound, NotObservedReason):
        return sound
    visit_ms = span.check_out_ms - span.check_in_ms
    if visit_ms < 1000 * LEAST_DURATION_S or sound.coverage < NEARLY_WHOLE or sound.clear_share < MOSTLY_CLEAR:
        return TOO_LITTLE
    last_ms = sound.care[-1][1] if sound.care else span.check_in_ms
    return min(1.0, max(0.0, (span.check_out_ms - last_ms) / visit_ms))


def items_heard(seen: Seen) -> Measured:
    """Share of the claimed items that leave a sound, and could have been heard, in which theirs was."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [(claim, item) for claim, item in seen.claims if item.sound]
    if not audible:
        return NOT_ASKED
    heard = [supported(claim, item, sound) for claim, item in audible]
    known = [yes for yes, (claim, _) in zip(heard, audible, strict=True) if yes or not drowned(claim, sound)]
    if not known:
        return TOO_LITTLE
    share = sum(known) / len(known)
    return unless_partial(share, supports=share == 1, seen_share=sound.coverage)


def claims_contradicted(seen: Seen) -> Measured:
    """How many claimed items that leave a sound were not heard, while care of another sound was in their time."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [(claim, item) for claim, item in seen.claims if item.sound]
    if not audible:
        return NOT_ASKED
    count = float(sum(_contradicted(claim, item, sound) for claim, item in audible))
    return unless_partial(count, supports=count == 0, seen_share=sound.coverage)


def unclaimed_care(seen: Seen) -> Measured:
    """Share of the care sounds that no claimed item leaves."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    if not seen.claims or not seen.all_claims_known:
        return NOT_ASKED if seen.all_claims_known else TOO_LITTLE
    claimed = {cue for _, item in seen.claims for cue in item.sound}
    by_cue = {cue: seconds(sound.by_cue[cue]) for cue in CARE_CUES if cue in sound.by_cue}
    all_s = sum(by_cue.values())
    return (
        sum(s for cue, s in by_cue.items() if cue not in claimed) / all_s if all_s >= LEAST_CARE_SOUND_S else TOO_LITTLE
    )


def supported(claim: ServiceClaim, item: ServiceItem, sound: Heard) -> bool:
    """Whether the sounds of a claimed item were heard while it is said to have been given."""
    start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
    heard_s = sound.seconds_of(item.sound, start_ms - CLAIM_SLACK_MS, end_ms + CLAIM_SLACK_MS)
    return heard_s >= max(2.0, LEAST_CUE_SHARE * claim.duration_s)


def drowned(claim: ServiceClaim, sound: Heard) -> bool:
    """Whether the sounds of a claimed item would not have been heard for half of its time."""
    start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
    return coinciding_s([(start_ms, end_ms)], sound.masked) > DROWNED_SHARE * claim.duration_s


def _contradicted(claim: ServiceClaim, item: ServiceItem, sound: Heard) -> bool:
    if supported(claim, item, sound) or drowned(claim, sound):
        return False
    start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
    return sound.seconds_of(CARE_CUES.difference(item.sound), start_ms, end_ms) >= OTHER_CARE_SHARE * claim.duration_s


def _share(sound: Heard, value_s: float) -> Measured:
    return min(1.0, max(0.0, value_s / sound.listened_s)) if sound.listened_s >= LEAST_DURATION_S else TOO_LITTLE
