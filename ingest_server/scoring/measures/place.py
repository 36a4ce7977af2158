"""Where the device was, by satellites."""

from ingest_server.scoring.measures.measured import TOO_LITTLE, Items, Measured
from visit_record.record import Fix, NotObserved, VisitRecord
from visit_record.vocabulary import ClockSource, FixType, PlaceCue

# What a receiver that tells no accuracy may be off by, indoors between high houses.
UNKNOWN_ACCURACY_M = 500.0


def site_excess_m(record: VisitRecord, _: Items) -> Measured:
    """Metres by which the device was farther from the home than its position's accuracy explains."""
    fixes = [fix for fix in (record.where.check_in, record.where.check_out) if isinstance(fix, Fix)]
    placed = [fix for fix in fixes if fix.fix_type is not FixType.NONE and fix.distance_to_site_m is not None]
    if not placed:
        return _why_no_fix(record)
    return max(max(0.0, (fix.distance_to_site_m or 0.0) - _accuracy_m(fix)) for fix in placed)


def place_cues(record: VisitRecord, _: Items) -> Measured:
    """How many signs of a forged position there are."""
    if isinstance(record.where.check_in, NotObserved) and isinstance(record.where.check_out, NotObserved):
        return _why_no_fix(record)
    # The satellites' time is held against the device's: a device whose own clock was never set cannot tell.
    untold = {PlaceCue.TIME_OFFSET} if record.clock.source is ClockSource.UNSYNCHRONISED else set()
    return float(len(set(record.where.cues) - untold))


def _why_no_fix(record: VisitRecord) -> Measured:
    at_check_in = record.where.check_in
    return at_check_in.reason if isinstance(at_check_in, NotObserved) else TOO_LITTLE


def _accuracy_m(fix: Fix) -> float:
    return UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
