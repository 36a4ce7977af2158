"""Who was in the room, and where."""

from collections.abc import Callable

from ingest_server.scoring.measures.measured import TOO_LITTLE, Items, Measured, enough
from ingest_server.scoring.timeline import (
    at_work,
    caregiver_present,
    longest_absence_s,
    recipient_seen,
    share_of_time,
)
from visit_record.record import OccupancyInterval, VisitRecord
from visit_record.vocabulary import NotObservedReason


def presence_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time observed in which the caregiver was in the room."""
    return _occupancy_share(record, caregiver_present)


def recipient_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time observed in which the bed was taken or two people were there."""
    return _occupancy_share(record, recipient_seen)


def bedside_share(record: VisitRecord, _: Items) -> Measured:
    """Share of the time observed in which somebody worked by the bed or close to another."""
    return _occupancy_share(record, at_work)


def longest_absence(record: VisitRecord, _: Items) -> Measured:
    """The longest time on end without the caregiver, against the visit's duration."""
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    return min(1.0, longest_absence_s(occupancy) / record.span.duration_s) if record.span.duration_s else TOO_LITTLE


def _occupancy_share(record: VisitRecord, question: Callable[[OccupancyInterval], bool | None]) -> Measured:
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    share = share_of_time(occupancy, question)
    return TOO_LITTLE if share is None else share
