"""How the visit went against its plan, how it was entered, and what befell the device."""

from ingest_server.scoring.measures.measured import LEAST_DURATION_S, NOT_ASKED, Measured
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.vocabulary import DEEDS, IdentityMethod, NotObservedReason

# Whoever withheld consent, or whose sensor is broken or was never there, hides nothing.
NOBODYS_LOSS = {
    NotObservedReason.CONSENT_WITHHELD,
    NotObservedReason.SENSOR_ABSENT,
    NotObservedReason.SENSOR_FAULT,
    NotObservedReason.NO_SATELLITES,
}


def duration_ratio(seen: Seen) -> Measured:
    """Duration against what was planned."""
    order = seen.record.who.order
    if order is None or order.planned_duration_s < LEAST_DURATION_S:
        return NOT_ASKED
    return seen.record.span.duration_s / order.planned_duration_s


def claimed_share(seen: Seen) -> Measured:
    """Claimed service time against the visit's duration: above 1 it cannot have been given by one person."""
    span, claimed = seen.record.span, seen.record.services.claimed
    if span.duration_s < LEAST_DURATION_S:
        return TOO_LITTLE
    return sum(claim.duration_s for claim in claimed) / span.duration_s if claimed else NOT_ASKED


def other_way_in(seen: Seen) -> Measured:
    """1 where the caregiver checked in by another way than the face, 0 by the face; both are allowed."""
    return 0.0 if seen.record.who.checked_in_by is IdentityMethod.FACE else 1.0


def edits(seen: Seen) -> Measured:
    """How many of the visit's entries were edited afterwards."""
    return NOT_ASKED if seen.edits is None else float(seen.edits)


def tampering(seen: Seen) -> Measured:
    """How many times something was done to the device; none may also mean that it has no sensor to notice."""
    return float(sum(event.kind in DEEDS for event in seen.record.integrity.events))


def coverage(seen: Seen) -> Measured:
    """Mean share of the visit that the senses observed, of those that could: not withheld, not absent, not broken."""
    shares = [one.observed_share for one in seen.record.integrity.coverage if one.reason not in NOBODYS_LOSS]
    return sum(shares) / len(shares) if shares else NOT_ASKED
