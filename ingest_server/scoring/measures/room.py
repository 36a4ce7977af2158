"""Who was in the room, and where."""

from collections.abc import Callable

from ingest_server.scoring.measures.measured import (
    LEAST_COVERAGE,
    LEAST_DURATION_S,
    TOO_LITTLE,
    Items,
    Measured,
    enough,
    unless_partial,
)
from ingest_server.scoring.timeline import (
    at_work,
    caregiver_present,
    longest_absence_s,
    recipient_seen,
    seconds_of,
)
from visit_record.record import OccupancyInterval, VisitRecord
from visit_record.vocabulary import NotObservedReason

# From these shares on, what was seen speaks for the visit rather than against it.
PRESENT, SEEN, AT_WORK = 0.5, 0.4, 0.2


def presence_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time that could be judged in which the caregiver was in the room."""
    return _occupancy_share(record, caregiver_present, PRESENT)


def recipient_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time that could be judged in which the bed was taken or two people were there."""
    return _occupancy_share(record, recipient_seen, SEEN)


def bedside_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time that could be judged in which somebody worked by the bed or close to one who had left it."""
    return _occupancy_share(record, at_work, AT_WORK)


def longest_absence(record: VisitRecord, _: Items) -> Measured:
    """The longest time on end without the caregiver, against the visit's duration."""
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    if record.span.duration_s < LEAST_DURATION_S:
        return TOO_LITTLE
    return min(1.0, longest_absence_s(occupancy) / record.span.duration_s)


def _occupancy_share(
    record: VisitRecord, question: Callable[[OccupancyInterval], bool | None], supports_from: float
) -> Measured:
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    yes_s, answered_s = seconds_of(occupancy, question)
    if answered_s < max(LEAST_DURATION_S, LEAST_COVERAGE * record.span.duration_s):
        return TOO_LITTLE
    share = min(1.0, yes_s / answered_s)
    return unless_partial(share, supports=share >= supports_from, seen_share=answered_s / record.span.duration_s)
