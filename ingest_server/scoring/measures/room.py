"""Who was in the room, and where."""

from collections.abc import Mapping

from ingest_server.scoring.measures.measured import (
    CLAIM_SLACK_MS,
    LEAST_DURATION_S,
    NEARLY_WHOLE,
    NOT_ASKED,
    Measured,
    unless_partial,
)
from ingest_server.scoring.occupied import AT_WORK, LEFT_ALONE, PRESENT, RECIPIENT, TWO_CLOSE, Answers, Occupied
from ingest_server.scoring.seen import LEAST_COVERAGE, TOO_LITTLE, Seen
from ingest_server.scoring.spans import seconds
from visit_record.catalogue import ServiceItem
from visit_record.record import ServiceClaim
from visit_record.vocabulary import NotObservedReason, OccupancyCue

# Within these shares, what was seen speaks for the visit rather than against it.
SUPPORTS = {
    PRESENT: (0.5, 1.0),
    RECIPIENT: (0.4, 1.0),
    AT_WORK: (0.2, 1.0),
    TWO_CLOSE: (0.2, 1.0),
    LEFT_ALONE: (0.0, 0.2),
}
# Checking out brings everybody back to the device.
CHECK_OUT_MS = 120_000.0
# Who gives an item is where it is given for a fifth of its time at least.
ATTENDED_SHARE = 0.2


def presence_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which the caregiver was in the room."""
    return _share(seen, PRESENT)


def recipient_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which the bed was taken or two people were there."""
    return _share(seen, RECIPIENT)


def bedside_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which somebody worked by the bed or close to one who had left it."""
    return _share(seen, AT_WORK)


def two_close_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which two people were close to each other."""
    return _share(seen, TWO_CLOSE)


def left_alone_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which somebody lay in bed and nobody else was there."""
    return _share(seen, LEFT_ALONE)


def longest_absence(seen: Seen) -> Measured:
    """The longest time on end without the caregiver, against the visit's duration."""
    room, duration_s = seen.room, seen.record.span.duration_s
    if isinstance(room, NotObservedReason):
        return room
    return min(1.0, _longest_absence_s(room) / duration_s) if duration_s >= LEAST_DURATION_S else TOO_LITTLE


def stayed_until(seen: Seen) -> Measured:
    """How far into the visit the caregiver was last there, but for coming back to check out: a share of it."""
    room, span = seen.room, seen.record.span
    if isinstance(room, NotObservedReason):
        return room
    whole_ms = span.check_out_ms - span.check_in_ms - CHECK_OUT_MS
    if whole_ms < 1000 * LEAST_DURATION_S or room.coverage < NEARLY_WHOLE:
        return TOO_LITTLE
    last_ms = span.check_in_ms + whole_ms
    until_ms = next(
        (
            min(end, last_ms)
            for start, end, says in reversed(room.watched)
            if says.present is not False and start < last_ms
        ),
        0.0,
    )
    return min(1.0, max(0.0, (until_ms - span.check_in_ms) / whole_ms))


def still_share(seen: Seen) -> Measured:
    """Share of the time in which nobody moved."""
    room = seen.room
    if isinstance(room, NotObservedReason):
        return room
    return TOO_LITTLE if room.still_share is None or room.coverage < NEARLY_WHOLE else room.still_share


def items_attended(seen: Seen) -> Measured:
    """Share of the claimed items that leave a trace in the room in whose time theirs was seen."""
    room = seen.room
    if isinstance(room, NotObservedReason):
        return room
    asked = [(claim, item) for claim, item in seen.claims if item.occupancy]
    if not asked:
        return NOT_ASKED
    share = sum(_attended(room, claim, item) for claim, item in asked) / len(asked)
    return unless_partial(share, supports=share == 1, seen_share=room.coverage)


def held_minutes(seen: Seen) -> Measured:
    """How much of the claimed service time the observed presence can hold; what was not observed holds all of it."""
    room = seen.room
    if isinstance(room, NotObservedReason):
        return room
    if room.coverage < NEARLY_WHOLE:
        return TOO_LITTLE
    claimed_s = sum(claim.duration_s for claim in seen.record.services.claimed)
    if claimed_s < LEAST_DURATION_S:
        return NOT_ASKED
    return min(1.0, max(0.0, seen.record.span.duration_s - seconds(room.away)) / claimed_s)


def _share(seen: Seen, question: int) -> Measured:
    room, duration_s = seen.room, seen.record.span.duration_s
    if isinstance(room, NotObservedReason):
        return room
    yes_s, answered_s = room.answered(question)
    if answered_s < max(LEAST_DURATION_S, LEAST_COVERAGE * duration_s):
        return TOO_LITTLE
    share, (least, most) = yes_s / answered_s, SUPPORTS[question]
    return unless_partial(share, supports=least <= share <= most, seen_share=answered_s / duration_s)


def _longest_absence_s(room: Occupied) -> float:
    longest_ms = so_far_ms = 0.0
    for start_ms, end_ms, says in room.watched:
        so_far_ms = so_far_ms + end_ms - start_ms if says[0] is False else 0.0
        longest_ms = max(longest_ms, so_far_ms)
    return longest_ms / 1000


def _attended(room: Occupied, claim: ServiceClaim, item: ServiceItem) -> bool:
    """Whether any cue of the item fills a fifth of its time, or the bed was left or taken; unknown counts as yes."""
    start_ms, end_ms = claim.started_at_ms, claim.started_at_ms + 1000 * claim.duration_s
    during = room.during(start_ms - CLAIM_SLACK_MS, end_ms + CLAIM_SLACK_MS)
    least_ms = ATTENDED_SHARE * (end_ms - start_ms)
    return any(_left(cue, during, least_ms) for cue in item.occupancy)


def _left(cue: OccupancyCue, during: Mapping[Answers, float], least_ms: float) -> bool:
    if cue is OccupancyCue.BED_STATE_CHANGES:
        return len({says.bed for says in during}) > 1
    return sum(length_ms for says, length_ms in during.items() if _shows(cue, says) is not False) >= least_ms


def _shows(cue: OccupancyCue, says: Answers) -> bool | None:
    match cue:
        case OccupancyCue.CAREGIVER_AT_BEDSIDE | OccupancyCue.TWO_CLOSE:
            return says.at_work or says.two_close
        case OccupancyCue.BED_LEFT:
            return None if says.bed is None else not says.bed
        case _:
            return says.present
