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

T = TypeVar("T", OccupancyEvidence, SoundEvidence)


def enough(part: T | NotObserved) -> T | NotObservedReason:
    """The part if it covers enough of the visit, else why it does not."""
    if isinstance(part, NotObserved):
        return part.reason
    return part if part.coverage >= LEAST_COVERAGE else TOO_LITTLE
