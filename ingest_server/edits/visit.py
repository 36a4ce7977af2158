"""What of a record an edit is judged by. Pure."""

from typing import Final

from msgspec import Struct

from ingest_server.edits.edit import Values
from ingest_server.scoring.verdict import DOUBTED, Band
from visit_record.record import VisitRecord
from visit_record.vocabulary import ClockSource, IdentityMethod, IntegrityKind

# A clock that was set by satellites or the network and is this near to them is right.
NEAR_MS: Final = 60_000
_SET_BY_NOTHING: Final = (ClockSource.UNSYNCHRONISED, ClockSource.RTC)
_SENSED: Final = (IdentityMethod.FACE, IdentityMethod.VOICE)


class EditedRecord(Struct, frozen=True):
    """What was captured, and what bounds its edits.

    ``clock_doubtful`` where the record itself does not vouch for its clock; ``recognised`` where a face or a voice
    opened the visit; ``doubted`` where its standing verdict asks for a look.
    """

    captured: Values
    planned_items: tuple[str, ...]
    received_at_ms: int
    clock_doubtful: bool
    recognised: bool
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
        recognised=record.who.checked_in_by in _SENSED,
        doubted=band in DOUBTED,
    )


def _clock_doubtful(record: VisitRecord) -> bool:
    offset_ms, stepped = record.clock.offset_ms, IntegrityKind.CLOCK_STEP
    if record.clock.source in _SET_BY_NOTHING or any(event.kind is stepped for event in record.integrity.events):
        return True
    return offset_ms is not None and abs(offset_ms) >= NEAR_MS
