"""Whether the times of one record can all be true together."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from visit_record.errors import TimesRunBackwardsError
from visit_record.record import (
    FaceEvidence,
    Fix,
    OccupancyEvidence,
    SoundEvidence,
    Span,
    VisitRecord,
    VoiceEvidence,
)

# A fix may be taken, and a face be looked at, a little before check-in counts and after check-out does. Clock steps
# need no slack: a device reads the wall clock once, at check-in, and counts on with the monotonic clock.
SLACK_MS = 120_000


class _Interval(Protocol):
    @property
    def started_at_ms(self) -> int: ...
    @property
    def duration_s(self) -> float: ...


def check_times(record: VisitRecord) -> None:
    """Refuse a record that ends before it begins, or tells of times outside its visit.

    Raises:
        TimesRunBackwardsError: naming the first thing that cannot be.
    """
    span = record.span
    if span.check_out_ms < span.check_in_ms:
        raise TimesRunBackwardsError("check-out is before check-in; set the device's clock")
    if record.iat * 1000 + 999 < span.check_out_ms:
        raise TimesRunBackwardsError("sealed before check-out; set the device's clock")
    for name, start_ms, end_ms in _moments(record):
        _check_inside(name, start_ms, end_ms, span)
    for name, intervals in _lanes(record):
        _check_ordered(name, intervals)


def _check_inside(name: str, start_ms: int, end_ms: float, span: Span) -> None:
    if start_ms < span.check_in_ms - SLACK_MS or end_ms > span.check_out_ms + SLACK_MS:
        raise TimesRunBackwardsError(f"{name} at {start_ms} is outside the visit")


def _check_ordered(name: str, intervals: Sequence[_Interval]) -> None:
    starts = [interval.started_at_ms for interval in intervals]
    if any(later < earlier for earlier, later in pairwise(starts)):
        raise TimesRunBackwardsError(f"{name} is not in order of time")


def _lanes(record: VisitRecord) -> Iterator[tuple[str, Sequence[_Interval]]]:
    yield "services.claimed", record.services.claimed
    if isinstance(record.occupancy, OccupancyEvidence):
        yield "occupancy.intervals", record.occupancy.intervals
    if isinstance(record.sound, SoundEvidence):
        yield "sound.intervals", record.sound.intervals


def _moments(record: VisitRecord) -> Iterator[tuple[str, int, float]]:
    """Everything with a time: (name, start, end) in milliseconds."""
    for name, intervals in _lanes(record):
        for interval in intervals:
            yield name, interval.started_at_ms, interval.started_at_ms + 1000 * interval.duration_s
    for name, at_ms in _points(record):
        yield name, at_ms, at_ms


def _points(record: VisitRecord) -> Iterator[tuple[str, int]]:
    for name, fix in (("where.check_in", record.where.check_in), ("where.check_out", record.where.check_out)):
        if isinstance(fix, Fix):
            yield name, fix.at_ms
    if isinstance(record.face, FaceEvidence):
        yield from (("face.checks", check.at_ms) for check in record.face.checks)
    if isinstance(record.voice, VoiceEvidence):
        yield from (("voice.checks", check.at_ms) for check in record.voice.checks)
    if isinstance(record.sound, SoundEvidence):
        yield from (("sound.fingerprints", print_.at_ms) for print_ in record.sound.fingerprints)
    yield from (("integrity.events", event.at_ms) for event in record.integrity.events)
