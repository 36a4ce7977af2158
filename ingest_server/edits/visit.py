"""What of a record an edit is judged by. Pure."""

from typing import Final

from msgspec import Struct

from ingest_server.edits.edit import Values
from ingest_server.scoring.verdict import DOUBTED, Band
from visit_record.record import FaceEvidence, VisitRecord, VoiceEvidence
from visit_record.vocabulary import CheckMoment, ClockSource, IdentityMethod, IntegrityKind

# A clock that was set by satellites or the network and is this near to them is right.
NEAR_MS: Final = 60_000
_SET_BY_NOTHING: Final = (ClockSource.UNSYNCHRONISED, ClockSource.RTC)


class EditedRecord(Struct, frozen=True):
    """What was captured, and what bounds its edits.

    ``clock_doubtful`` where the record itself does not vouch for its clock; ``compared`` where a face or a voice that
    was held against the caregiver's opened the visit; ``doubted`` where its standing verdict asks for a look.
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
    """Whoever checks in by face and is not seen is let in all the same, and nobody knows who it was."""
    match record.who.checked_in_by:
        case IdentityMethod.FACE if isinstance(record.face, FaceEvidence):
            at_check_in = (look for look in record.face.checks if look.moment is CheckMoment.CHECK_IN)
            return any(look.similarity is not None for look in at_check_in)
        case IdentityMethod.VOICE if isinstance(record.voice, VoiceEvidence):
            return record.voice.checks != ()
        case _:
            return False


def _clock_doubtful(record: VisitRecord) -> bool:
    offset_ms, stepped = record.clock.offset_ms, IntegrityKind.CLOCK_STEP
    if record.clock.source in _SET_BY_NOTHING or any(event.kind is stepped for event in record.integrity.events):
        return True
    return offset_ms is not None and abs(offset_ms) >= NEAR_MS
