"""The shape of a measure, and when a sense has seen enough to speak."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from visit_record.catalogue import ServiceItem
from visit_record.record import NotObserved, OccupancyEvidence, SoundEvidence, VisitRecord
from visit_record.vocabulary import NotObservedReason

Measured = float | NotObservedReason
Items = Mapping[str, ServiceItem]
Measure = Callable[[VisitRecord, Items], Measured]

TOO_LITTLE = NotObservedReason.TOO_LITTLE_SIGNAL
# Below this share of the visit, a sense has seen too little to speak for the rest of it.
LEAST_COVERAGE = 0.3
# What was not seen or heard may have happened while the sense was blind or deaf: only a sense that had nearly the
# whole visit may speak against it by silence.
NEARLY_WHOLE = 0.8
# Shares of less than a minute are noise, and of next to nothing are infinite.
LEAST_DURATION_S = 60.0

T = TypeVar("T", OccupancyEvidence, SoundEvidence)


def enough(part: T | NotObserved) -> T | NotObservedReason:
    """The part if it covers enough of the visit, else why it does not."""
    if isinstance(part, NotObserved):
        return part.reason
    return part if part.coverage >= LEAST_COVERAGE else TOO_LITTLE


def unless_partial(value: float, *, supports: bool, seen_share: float) -> Measured:
    """The value, but for one that speaks against the visit and rests on a part of it."""
    return value if supports or seen_share >= NEARLY_WHOLE else TOO_LITTLE
