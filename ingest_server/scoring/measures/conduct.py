"""How the visit went against its plan, and what befell the device."""

from ingest_server.scoring.measures.measured import Items, Measured
from visit_record.record import VisitRecord
from visit_record.vocabulary import IntegrityKind, NotObservedReason


def duration_ratio(record: VisitRecord, _: Items) -> Measured:
    """Duration against what was planned."""
    order = record.who.order
    if order is None or order.planned_duration_s == 0:
        return NotObservedReason.NOT_ASKED
    return record.span.duration_s / order.planned_duration_s


def tampering(record: VisitRecord, _: Items) -> Measured:
    """How many times something was done to the device. A lost sensor or power is not somebody's deed."""
    deeds = {
        IntegrityKind.CAMERA_COVERED,
        IntegrityKind.MICROPHONE_MUTED,
        IntegrityKind.DEVICE_MOVED,
        IntegrityKind.CLOCK_STEP,
    }
    return float(sum(event.kind in deeds for event in record.integrity.events))
