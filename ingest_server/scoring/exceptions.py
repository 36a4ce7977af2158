"""The EVV exceptions that one record raises. They name what is to be looked at; they weigh nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.verdict import RaisedException
from visit_record.record import NotObserved, VisitRecord
from visit_record.vocabulary import Ending, ExceptionClass, ExceptionCode, IntegrityKind, NotObservedReason


@dataclass(frozen=True)
class Bound:
    """Raises ``code`` when the measured value is below ``least`` or above ``most``."""

    evidence: str
    code: ExceptionCode
    class_: ExceptionClass
    least: float = float("-inf")
    most: float = float("inf")


BOUNDS: tuple[Bound, ...] = (
    Bound("face_check_in", ExceptionCode.FACE_MISMATCH, ExceptionClass.MUST_FIX, least=0.4),
    Bound("face_during", ExceptionCode.FACE_MISMATCH, ExceptionClass.MUST_FIX, least=0.4),
    Bound("face_check_out", ExceptionCode.FACE_MISMATCH, ExceptionClass.MUST_FIX, least=0.4),
    Bound("liveness", ExceptionCode.FACE_LIVENESS_FAIL, ExceptionClass.ACKNOWLEDGE, least=0.5),
    Bound("voice", ExceptionCode.VOICE_MISMATCH, ExceptionClass.ACKNOWLEDGE, least=0.70),
    Bound("presence_share", ExceptionCode.NO_OCCUPANCY, ExceptionClass.MUST_FIX, least=0.1),
    Bound("recipient_share", ExceptionCode.BED_EMPTY, ExceptionClass.ACKNOWLEDGE, least=0.05),
    Bound("care_sound_share", ExceptionCode.NO_CARE_ACTIVITY, ExceptionClass.ACKNOWLEDGE, least=0.01),
    Bound("items_heard", ExceptionCode.ITEM_UNSUPPORTED, ExceptionClass.ACKNOWLEDGE, least=0.5),
    Bound("site_excess_m", ExceptionCode.GPS_DISTANCE, ExceptionClass.ACKNOWLEDGE, most=200.0),
    Bound("place_cues", ExceptionCode.GPS_SPOOF_SUSPECT, ExceptionClass.ACKNOWLEDGE, most=0.5),
    Bound("duration_ratio", ExceptionCode.SHORT_VISIT, ExceptionClass.ACKNOWLEDGE, least=0.5),
)

LARGEST_OFFSET_MS = 60_000


def raised(record: VisitRecord, measured: Mapping[str, Measured]) -> tuple[RaisedException, ...]:
    """Every exception of a record, once each, in the order of the vocabulary."""
    found = {exception.code: exception for exception in _all(record, measured)}
    return tuple(found[code] for code in ExceptionCode if code in found)


def _all(record: VisitRecord, measured: Mapping[str, Measured]) -> Iterator[RaisedException]:
    yield from _of_values(measured)
    yield from _of_senses(record)
    if isinstance(record.where.check_in, NotObserved) and isinstance(record.where.check_out, NotObserved):
        yield RaisedException(ExceptionCode.GPS_UNAVAILABLE, ExceptionClass.ACKNOWLEDGE)
    if record.span.ending is not Ending.CHECKED_OUT:
        yield RaisedException(ExceptionCode.NO_CHECKOUT, ExceptionClass.MUST_FIX)
    if record.span.ending is Ending.ABANDONED:
        yield RaisedException(ExceptionCode.ABANDONED, ExceptionClass.MUST_FIX)
    stepped = any(event.kind is IntegrityKind.CLOCK_STEP for event in record.integrity.events)
    if stepped or (record.clock.offset_ms is not None and abs(record.clock.offset_ms) > LARGEST_OFFSET_MS):
        yield RaisedException(ExceptionCode.CLOCK_SKEW, ExceptionClass.ACKNOWLEDGE)


def _of_values(measured: Mapping[str, Measured]) -> Iterator[RaisedException]:
    for bound in BOUNDS:
        value = measured[bound.evidence]
        if not isinstance(value, NotObservedReason) and not bound.least <= value <= bound.most:
            yield RaisedException(bound.code, bound.class_)


def _of_senses(record: VisitRecord) -> Iterator[RaisedException]:
    parts = (record.face, record.voice, record.occupancy, record.sound)
    reasons = {part.reason for part in parts if isinstance(part, NotObserved)}
    if NotObservedReason.CONSENT_WITHHELD in reasons:
        yield RaisedException(ExceptionCode.CONSENT_WITHHELD, ExceptionClass.INFO)
    if reasons & {NotObservedReason.SENSOR_FAULT, NotObservedReason.SENSOR_ABSENT}:
        yield RaisedException(ExceptionCode.SENSOR_FAULT, ExceptionClass.INFO)
