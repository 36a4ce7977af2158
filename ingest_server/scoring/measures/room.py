"""Who was in the room, and where."""

from ingest_server.scoring.claims import Claimed
from ingest_server.scoring.measures.measured import (
    CHECK_OUT_S,
    LEAST_DURATION_S,
    NEARLY_WHOLE,
    NOT_ASKED,
    Measured,
    unless_partial,
)
from ingest_server.scoring.occupied import Occupied, Question
from ingest_server.scoring.seen import LEAST_COVERAGE, TOO_LITTLE, Seen
from visit_record.vocabulary import NotObservedReason, OccupancyCue

# Within these shares, what was seen speaks for the visit rather than against it.
SUPPORTS = {
    Question.PRESENT: (0.5, 1.0),
    Question.RECIPIENT: (0.4, 1.0),
    Question.AT_WORK: (0.2, 1.0),
    Question.TWO_CLOSE: (0.2, 1.0),
    Question.LEFT_ALONE: (0.0, 0.2),
    Question.NOBODY: (0.0, 0.2),
    Question.COMPANY: (0.2, 1.0),
}
# Who gives an item is where it is given for a fifth of its time at least.
ATTENDED_SHARE = 0.2


def presence_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which the caregiver was in the room."""
    return _share(seen, Question.PRESENT)


def recipient_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which the bed was taken or two people were there."""
    return _share(seen, Question.RECIPIENT)


def bedside_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which somebody worked by the bed or close to one who had left it."""
    return _share(seen, Question.AT_WORK)


def two_close_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which two people were close to each other."""
    return _share(seen, Question.TWO_CLOSE)


def left_alone_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which somebody lay in bed and nobody else was there."""
    return _share(seen, Question.LEFT_ALONE)


def empty_share(seen: Seen) -> Measured:
    """Share of the time that was observed in which nobody at all was in the room."""
    return _share(seen, Question.NOBODY)


def company_share(seen: Seen) -> Measured:
    """Share of the time that could be judged in which two people or more were in the room.

    Whoever comes to somebody is two with them, be it for the minutes of coming and going.
    """
    return _share(seen, Question.COMPANY)


def longest_absence(seen: Seen) -> Measured:
    """The longest time on end without the caregiver, against the visit's duration."""
    room = seen.room
    if isinstance(room, NotObservedReason):
        return room
    if seen.record.span.duration_s < LEAST_DURATION_S:
        return TOO_LITTLE
    return seen.ruler.longest(room.no[Question.PRESENT])


def stayed_until(seen: Seen) -> Measured:
    """How far into the visit the caregiver was last there, but for coming back to check out: a share of it."""
    return _until(seen, Question.PRESENT)


def worked_until(seen: Seen) -> Measured:
    """How far into the visit somebody last worked by the bed or close to another, but for checking out."""
    return _until(seen, Question.AT_WORK)


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
    asked = [claimed for claimed in seen.claims if claimed.item.occupancy and claimed.when]
    if not asked:
        return NOT_ASKED
    share = sum(_attended(room, claimed) for claimed in asked) / len(asked)
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
    away_s = seen.ruler.seconds(room.no[Question.PRESENT])
    return min(1.0, max(0.0, seen.record.span.duration_s - away_s) / claimed_s)


def _share(seen: Seen, question: Question) -> Measured:
    room, ruler = seen.room, seen.ruler
    if isinstance(room, NotObservedReason):
        return room
    yes = room.yes[question].bit_count()
    answered = yes + room.no[question].bit_count()
    if answered * ruler.step_s < LEAST_DURATION_S or answered < LEAST_COVERAGE * ruler.steps:
        return TOO_LITTLE
    share, (least, most) = yes / answered, SUPPORTS[question]
    return unless_partial(share, supports=least <= share <= most, seen_share=answered / ruler.steps)


def _until(seen: Seen, question: Question) -> Measured:
    """Where the answer was last yes, or was not known to be no, before the minutes of check-out."""
    room, ruler = seen.room, seen.ruler
    if isinstance(room, NotObservedReason):
        return room
    whole = ruler.steps - round(CHECK_OUT_S / ruler.step_s)
    if whole * ruler.step_s < LEAST_DURATION_S or room.coverage < NEARLY_WHOLE:
        return TOO_LITTLE
    possible = ~room.no[question] | room.yes[question]
    return (possible & ((1 << whole) - 1)).bit_length() / whole


def _attended(room: Occupied, claimed: Claimed) -> bool:
    """Whether any cue of the item fills a fifth of its time, or the bed was left or taken; unknown counts as yes."""
    least = ATTENDED_SHARE * claimed.when.bit_count()
    return any(_left(cue, room, claimed.about, least) for cue in claimed.item.occupancy)


def _left(cue: OccupancyCue, room: Occupied, about: int, least: float) -> bool:
    if cue is OccupancyCue.BED_STATE_CHANGES:
        return _changes(room, about & room.observed)
    return (_may_show(cue, room) & about).bit_count() >= least


def _changes(room: Occupied, about: int) -> bool:
    """Whether the bed was told to be in more than one state: taken, free or unknown."""
    yes, no = room.yes[Question.BED] & about, room.no[Question.BED] & about
    return bool(yes) + bool(no) + (yes | no != about) > 1


def _may_show(cue: OccupancyCue, room: Occupied) -> int:
    match cue:
        case OccupancyCue.CAREGIVER_AT_BEDSIDE | OccupancyCue.TWO_CLOSE:
            return room.may[Question.AT_WORK] | room.may[Question.TWO_CLOSE]
        case OccupancyCue.BED_LEFT:
            return room.observed & ~room.yes[Question.BED]
        case _:
            return room.may[Question.PRESENT]
