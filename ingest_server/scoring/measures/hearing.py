"""What was heard, against what was claimed."""

from statistics import fmean

from ingest_server.scoring.claims import ClaimHeard
from ingest_server.scoring.heard import CARE_CUES, Heard
from ingest_server.scoring.measures.measured import (
    LEAST_DURATION_S,
    NEARLY_WHOLE,
    NOT_ASKED,
    Measured,
    unless_partial,
)
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.vocabulary import NotObservedReason, SoundCue

LEAST_CARE_SOUND_S = 60.0
# Care that was not heard speaks against a visit only where most of it could have been heard.
MOSTLY_CLEAR = 0.5
# Of an item's time; less may be the item before it, whose button was pressed late.
OTHER_CARE_SHARE = 0.1
# From this share on, care was plainly heard, however much of the visit was not.
MUCH_CARE = 0.1
# Less talk than this speaks against a visit, but for one in which noise covered it.
SOME_TALK = 0.05
# Less than this of a cue, in a whole visit, may be anything.
LEAST_CUE_S = 3.0


def care_sound_share(seen: Seen) -> Measured:
    """Share of the time listened to in which care was heard."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    share = _share(sound, sound.care)
    if isinstance(share, NotObservedReason):
        return share
    return unless_partial(share, supports=share >= MUCH_CARE, seen_share=sound.clear_share, least=MOSTLY_CLEAR)


def media_share(seen: Seen) -> Measured:
    """Share of the time listened to in which television or radio was heard, and no care."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    return _share(sound, sound.by_cue.get(SoundCue.MEDIA, 0) & ~sound.care)


def speech_share(seen: Seen) -> Measured:
    """Share of the time listened to in which somebody spoke."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    share = _share(sound, sound.by_cue.get(SoundCue.SPEECH, 0))
    if isinstance(share, NotObservedReason):
        return share
    return unless_partial(share, supports=share >= SOME_TALK, seen_share=sound.clear_share, least=MOSTLY_CLEAR)


def quiet_share(seen: Seen) -> Measured:
    """Share of the time listened to in which nothing was heard."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    return sound.quiet_share if sound.coverage >= NEARLY_WHOLE else TOO_LITTLE


def silent_tail(seen: Seen) -> Measured:
    """Share of the visit, at its end, in which no care was heard any more."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    partly = sound.coverage < NEARLY_WHOLE or sound.clear_share < MOSTLY_CLEAR
    return TOO_LITTLE if partly or _is_short(seen) else 1 - seen.ruler.until(sound.care)


def items_heard(seen: Seen) -> Measured:
    """Share of the claimed items that leave a sound, and could have been heard, in which theirs was."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [claimed for claimed in seen.claims_heard if claimed.item.sound]
    if not audible:
        return NOT_ASKED
    known = [one.supported for one in audible if one.supported or not one.drowned]
    if not known:
        return TOO_LITTLE
    share = sum(known) / len(known)
    return unless_partial(share, supports=share == 1, seen_share=sound.coverage)


def claims_contradicted(seen: Seen) -> Measured:
    """How many claimed items that leave a sound were not heard, while care of another sound was in their time."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [claimed for claimed in seen.claims_heard if claimed.item.sound]
    if not audible:
        return NOT_ASKED
    count = float(sum(_contradicted(claimed) for claimed in audible))
    return unless_partial(count, supports=count == 0, seen_share=sound.coverage)


def other_care_share(seen: Seen) -> Measured:
    """Share of the time of claimed items that leave a sound in which other care was heard; the items' mean."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    audible = [claimed.other_share for claimed in seen.claims_heard if claimed.item.sound]
    return fmean(audible) if audible else NOT_ASKED


def cues_unheard_share(seen: Seen) -> Measured:
    """Share of the kinds of care sounds that the claimed items leave that were not heard in all the visit."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    left = {cue for claimed in seen.claims for cue in claimed.item.sound if cue in CARE_CUES}
    if not left:
        return NOT_ASKED
    share = sum(sound.ruler.seconds(sound.by_cue.get(cue, 0)) < LEAST_CUE_S for cue in left) / len(left)
    return unless_partial(share, supports=share == 0, seen_share=sound.clear_share, least=MOSTLY_CLEAR)


def unclaimed_care(seen: Seen) -> Measured:
    """Share of the care sounds that no claimed item leaves."""
    sound = seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    if not seen.claims or not seen.all_claims_known:
        return NOT_ASKED if seen.all_claims_known else TOO_LITTLE
    claimed = {cue for one in seen.claims for cue in one.item.sound}
    by_cue = {cue: sound.ruler.seconds(sound.by_cue[cue]) for cue in CARE_CUES if cue in sound.by_cue}
    all_s = sum(by_cue.values())
    if all_s < LEAST_CARE_SOUND_S:
        return TOO_LITTLE
    return sum(s for cue, s in by_cue.items() if cue not in claimed) / all_s


def _contradicted(claimed: ClaimHeard) -> bool:
    return not (claimed.supported or claimed.drowned) and claimed.other_share >= OTHER_CARE_SHARE


def _is_short(seen: Seen) -> bool:
    return seen.record.span.duration_s < LEAST_DURATION_S


def _share(sound: Heard, bits: int) -> Measured:
    if sound.listened_s < LEAST_DURATION_S:
        return TOO_LITTLE
    return min(1.0, sound.ruler.seconds(bits) / sound.listened_s)
