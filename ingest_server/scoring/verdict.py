"""What the weigher says of one visit, with everything that a person needs to dispute it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from visit_record.vocabulary import ExceptionClass, ExceptionCode, NotObservedReason, Typology


class Band(StrEnum):
    """Where a visit stands in the queue. A band orders work; it decides nothing."""

    HOLD = "hold"
    REVIEW = "review"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    CREDIBLE = "credible"


# Bands in which a way of faking is named: a person should look. ``hold`` asks to be looked at before anything else,
# and stops nothing by itself.
DOUBTED = frozenset({Band.HOLD, Band.REVIEW})


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Suspicions from which a person should look, and before anything else; ``agency`` is whose own they are."""

    review: float
    hold: float
    agency: str | None = None

    @property
    def rising(self) -> bool:
        """Whether they are shares in rising order below 1, which nothing reaches: 0 < review <= hold < 1."""
        return 0 < self.review <= self.hold < 1

    def band(self, suspicion: float) -> Band:
        """The band of a visit of which enough was observed."""
        if suspicion >= self.hold:
            return Band.HOLD
        return Band.REVIEW if suspicion >= self.review else Band.CREDIBLE


class Reason(Struct, frozen=True, gc=False):
    """One weighed measurement.

    ``decibans`` is ten times the base-ten logarithm of a likelihood ratio against ``genuine``: of the leading typology
    where the visit is for review or hold, else of all ways of faking together. Positive speaks against the visit. The
    sentence to it is in :mod:`.wording`.
    """

    evidence: str
    group: str
    value: float
    decibans: float


class Unobserved(Struct, frozen=True, gc=False):
    """A measurement that could not be made. It never weighs against the visit."""

    evidence: str
    reason: NotObservedReason


class RaisedException(Struct, frozen=True, gc=False):
    """An EVV exception and what it asks of people.

    ``rule`` is the id of the rule that raised it, ``None`` for a break of the chain and in verdicts from before rules
    had ids; ``value`` is the rule's figure; ``about`` the words of the wire that it is about: senses, items, ids.
    """

    code: ExceptionCode
    class_: ExceptionClass
    rule: str | None = None
    value: float | None = None
    about: tuple[str, ...] = ()


# The gravest first.
CLASSES: Final = (ExceptionClass.MUST_FIX, ExceptionClass.ACKNOWLEDGE, ExceptionClass.INFO)


def gravest(raised: Iterable[RaisedException]) -> ExceptionClass | None:
    """The gravest class among exceptions; ``None`` of none."""
    classes = {one.class_ for one in raised}
    return next((one for one in CLASSES if one in classes), None)


class Verdict(Struct, frozen=True):
    """The weighing of one visit.

    ``posterior`` gives every typology its probability; ``suspicion`` is 1 minus that of ``genuine``; ``leading`` is the
    most probable way of faking, whatever the band; ``observed_share`` is the share of measurements that could be made.
    ``thresholds`` put the band, and nothing else; ``None`` in verdicts from before they were kept.
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
    thresholds: Thresholds | None = None
