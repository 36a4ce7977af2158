"""How the visit went against its plan, and what befell the device."""

from ingest_server.scoring.measures.measured import LEAST_DURATION_S, Items, Measured
from visit_record.record import VisitRecord
from visit_record.vocabulary import DEEDS, NotObservedReason


def duration_ratio(record: VisitRecord, _: Items) -> Measured:
    """Duration against what was planned."""
    order = record.who.order
    if order is None or order.planned_duration_s < LEAST_DURATION_S:
        return NotObservedReason.NOT_ASKED
    return record.span.duration_s / order.planned_duration_s


def tampering(record: VisitRecord, _: Items) -> Measured:
    """How many times something was done to the device.

    None is not told apart from a device without the sensors to notice, and so is not evidence for the visit either.
    """
    deeds = sum(event.kind in DEEDS for event in record.integrity.events)
    return float(deeds) if deeds else NotObservedReason.NOT_ASKED
