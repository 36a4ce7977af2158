"""What the weigher says of one visit, with everything that a person needs to dispute it."""

from enum import StrEnum

from msgspec import Struct

from visit_record.vocabulary import ExceptionClass, ExceptionCode, NotObservedReason, Typology


class Band(StrEnum):
    """Where a visit stands in the queue. A band orders work; it decides nothing."""

    CREDIBLE = "credible"
    REVIEW = "review"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class Reason(Struct, frozen=True):
    """One weighed measurement.

    ``decibans`` is ten times the base-ten logarithm of a likelihood ratio against ``genuine``: of the leading typology
    where the visit is for review, else of all ways of faking together. Positive speaks against the visit. The sentence
    to it is in :mod:`.wording`.
    """

    evidence: str
    group: str
    value: float
    decibans: float


class Unobserved(Struct, frozen=True):
    """A measurement that could not be made. It weighs nothing."""

    evidence: str
    reason: NotObservedReason


class RaisedException(Struct, frozen=True):
    """An EVV exception and what it asks of people."""

    code: ExceptionCode
    class_: ExceptionClass


class Verdict(Struct, frozen=True):
    """The weighing of one visit.

    ``posterior`` gives every typology its probability; ``suspicion`` is 1 minus that of ``genuine``; ``leading`` is the
    most probable way of faking, whatever the band; ``observed_share`` is the share of measurements that could be made.
    """

    band: Band
    typology: Typology
    leading: Typology
    suspicion: float
    posterior: dict[Typology, float]
    reasons: tuple[Reason, ...]
    unobserved: tuple[Unobserved, ...]
    exceptions: tuple[RaisedException, ...]
    observed_share: float
    rules: str
    calibration: str
