"""Where the device was, by satellites."""

from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.record import Fix, NotObserved, VisitRecord
from visit_record.vocabulary import ClockSource, FixType, PlaceCue

# What a receiver that tells no accuracy may be off by, indoors between high houses.
UNKNOWN_ACCURACY_M = 500.0
# Both say that the receiver's readings do not waver as a sky's do: one sign, not two.
UNWAVERING = {PlaceCue.FROZEN_JITTER, PlaceCue.FLAT_SIGNALS}


def site_excess_m(seen: Seen) -> Measured:
    """Metres by which the device was farther from the home than its position's accuracy explains."""
    where = seen.record.where
    fixes = [fix for fix in (where.check_in, where.check_out) if isinstance(fix, Fix)]
    placed = [fix for fix in fixes if fix.fix_type is not FixType.NONE and fix.distance_to_site_m is not None]
    if not placed:
        return _why_no_fix(seen.record)
    return max(max(0.0, (fix.distance_to_site_m or 0.0) - _accuracy_m(fix)) for fix in placed)


def place_cues(seen: Seen) -> Measured:
    """How many signs of a forged position there are, those that say the same counted once."""
    record = seen.record
    if isinstance(record.where.check_in, NotObserved) and isinstance(record.where.check_out, NotObserved):
        return _why_no_fix(record)
    # The satellites' time is held against the device's: a device whose own clock was never set cannot tell.
    untold = {PlaceCue.TIME_OFFSET} if record.clock.source is ClockSource.UNSYNCHRONISED else set()
    cues = set(record.where.cues) - untold
    return float(len(cues - UNWAVERING) + bool(cues & UNWAVERING))


def _why_no_fix(record: VisitRecord) -> Measured:
    at_check_in = record.where.check_in
    return at_check_in.reason if isinstance(at_check_in, NotObserved) else TOO_LITTLE


def _accuracy_m(fix: Fix) -> float:
    return UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
