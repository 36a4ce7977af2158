"""A record made ready to be measured: each sense read once, or why it cannot speak. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest_server.scoring.heard import Heard, heard
from ingest_server.scoring.occupied import Occupied, occupied
from visit_record.catalogue import ServiceItem
from visit_record.record import NotObserved, ServiceClaim, VisitRecord
from visit_record.vocabulary import NotObservedReason, SoundCue

Items = Mapping[str, ServiceItem]

TOO_LITTLE = NotObservedReason.TOO_LITTLE_SIGNAL
# Below this share of the visit, a sense has seen too little to speak for the rest of it.
LEAST_COVERAGE = 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """One record, its senses read, and its claims with their items; ``edits`` is ``None`` where nobody counts them.

    A claim whose item no catalogue knows is left out, and so is one that has no length: what it should leave is not
    known. ``all_claims_known`` says whether none was.
    """

    record: VisitRecord
    room: Occupied | NotObservedReason
    sound: Heard | NotObservedReason
    claims: tuple[tuple[ServiceClaim, ServiceItem], ...]
    all_claims_known: bool
    edits: int | None


def see(record: VisitRecord, items: Items, edits: int | None = None) -> Seen:
    """Read a record's senses once."""
    claims = _claims(record, items)
    all_known = len(claims) == len(record.services.claimed)
    return Seen(record, _room(record), _sound(record), claims, all_known, edits)


def _room(record: VisitRecord) -> Occupied | NotObservedReason:
    part = record.occupancy
    if isinstance(part, NotObserved):
        return part.reason
    return occupied(part) if part.coverage >= LEAST_COVERAGE else TOO_LITTLE


def _sound(record: VisitRecord) -> Heard | NotObservedReason:
    part = record.sound
    if isinstance(part, NotObserved):
        return part.reason
    # Not a door, not a word in a whole visit: a microphone that is deaf, or set too low, sounds like that too.
    deaf = all(interval.cue is SoundCue.QUIET for interval in part.intervals)
    return TOO_LITTLE if deaf or part.coverage < LEAST_COVERAGE else heard(part, record.span.duration_s)


def _claims(record: VisitRecord, items: Items) -> tuple[tuple[ServiceClaim, ServiceItem], ...]:
    known = ((claim, items.get(claim.item)) for claim in record.services.claimed)
    return tuple((claim, item) for claim, item in known if item is not None and claim.duration_s > 0)
