"""What of a record an edit is judged by. Pure."""

from typing import Final

from msgspec import Struct

from ingest_server.edits.edit import Values
from ingest_server.scoring.measures.identity import ARRIVAL_S
from ingest_server.scoring.verdict import DOUBTED, Band
from visit_record.record import FaceEvidence, VisitRecord, VoiceEvidence
from visit_record.vocabulary import CheckMoment, ClockSource, IntegrityKind

# A clock that was set by satellites or the network and is this near to them is right.
NEAR_MS: Final = 60_000
_SET_BY_NOTHING: Final = (ClockSource.UNSYNCHRONISED, ClockSource.RTC)


class EditedRecord(Struct, frozen=True):
    """What was captured, and what bounds its edits.

    ``clock_doubtful`` where the record itself does not vouch for its clock; ``compared`` where a face or a voice was
    held against the caregiver's at check-in, whatever opened the visit; ``doubted`` where its standing verdict asks
    for a look.
    """

    captured: Values
    planned_items: tuple[str, ...]
    received_at_ms: int
    clock_doubtful: bool
    compared: bool
    doubted: bool


def captured_of(record: VisitRecord) -> Values:
    """What a record says of everything that may be edited."""
    items = tuple(dict.fromkeys(claim.item for claim in record.services.claimed))
    return Values(record.span.check_in_ms, record.span.check_out_ms, items, record.who.recipient, record.who.caregiver)


def record_to_edit(record: VisitRecord, received_at_ms: int, band: Band) -> EditedRecord:
    """A record as its edits are judged."""
    return EditedRecord(
        captured=captured_of(record),
        planned_items=() if record.who.order is None else record.who.order.items,
        received_at_ms=received_at_ms,
        clock_doubtful=_clock_doubtful(record),
        compared=_compared(record),
        doubted=band in DOUBTED,
    )


def _compared(record: VisitRecord) -> bool:
    # Whatever opened the visit: whoever is not like the caregiver may take another way in, and type a number.
    return _face_compared(record) or _voice_compared(record)


def _face_compared(record: VisitRecord) -> bool:
    if not isinstance(record.face, FaceEvidence):
        return False
    at_check_in = (look for look in record.face.checks if look.moment is CheckMoment.CHECK_IN)
    return any(look.similarity is not None for look in at_check_in)


def _voice_compared(record: VisitRecord) -> bool:
    if not isinstance(record.voice, VoiceEvidence):
        return False
    arrived_ms = record.span.check_in_ms + round(1000 * ARRIVAL_S)
    return any(heard.at_ms <= arrived_ms for heard in record.voice.checks)


def _clock_doubtful(record: VisitRecord) -> bool:
    offset_ms, stepped = record.clock.offset_ms, IntegrityKind.CLOCK_STEP
    if record.clock.source in _SET_BY_NOTHING or any(event.kind is stepped for event in record.integrity.events):
        return True
    return offset_ms is not None and abs(offset_ms) >= NEAR_MS
