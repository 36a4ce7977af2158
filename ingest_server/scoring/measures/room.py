"""Who was in the room, and where."""

from collections.abc import Callable

from ingest_server.scoring.measures.measured import TOO_LITTLE, Items, Measured, enough, tail_share
from ingest_server.scoring.timeline import (
    at_work,
    caregiver_present,
    last_present_ms,
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


def absent_tail(record: VisitRecord, _: Items) -> Measured:
    """Share of the visit, at its end, in which the caregiver was not seen again."""
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    last_ms = last_present_ms(occupancy)
    return TOO_LITTLE if last_ms is None else tail_share(record, last_ms)


def _occupancy_share(record: VisitRecord, question: Callable[[OccupancyInterval], bool | None]) -> Measured:
    occupancy = enough(record.occupancy)
    if isinstance(occupancy, NotObservedReason):
        return occupancy
    share = share_of_time(occupancy, question)
    return TOO_LITTLE if share is None else share
