"""What a record would have been, had a sense been broken all the visit. Pure."""

from collections.abc import Collection
from typing import Any, Final

from msgspec.structs import replace

from visit_record.record import Coverage, FaceCheck, FaceEvidence, Fix, Liveness, NotObserved, VisitRecord, Where
from visit_record.vocabulary import IdentityMethod, LivenessMethod, Modality, NotObservedReason

SENSES: Final = tuple(Modality)
BROKEN: Final = NotObserved(NotObservedReason.SENSOR_FAULT)
PARTS: Final = {
    Modality.FACE: "face",
    Modality.VOICE: "voice",
    Modality.SOUND: "sound",
    Modality.THERMAL: "occupancy",
}
# A sense that had so much of the visit is not missing.
NEARLY_WHOLE = 0.8


def without(record: VisitRecord, senses: Collection[Modality]) -> VisitRecord:
    """The record of the same visit by a device in which these senses are broken."""
    if not senses:
        return record
    changes: dict[str, Any] = {part: BROKEN for sense, part in PARTS.items() if sense in senses}
    if Modality.POSITION in senses:
        changes["where"] = Where(BROKEN, BROKEN, ())
    if Modality.THERMAL in senses and Modality.FACE not in senses and isinstance(record.face, FaceEvidence):
        changes["face"] = FaceEvidence(tuple(_unwarmed(check) for check in record.face.checks))
    if Modality.FACE in senses and record.who.checked_in_by is IdentityMethod.FACE:
        changes["who"] = replace(record.who, checked_in_by=IdentityMethod.PIN)
    return replace(record, **changes, integrity=replace(record.integrity, coverage=_coverage(record, senses)))


def complete(record: VisitRecord) -> bool:
    """Whether every sense observed the visit: no part missing, a fix, nearly all of the time covered."""
    parts = (record.face, record.voice, record.sound, record.occupancy)
    return (
        not any(isinstance(part, NotObserved) for part in parts)
        and (isinstance(record.where.check_in, Fix) or isinstance(record.where.check_out, Fix))
        and all(told.observed_share >= NEARLY_WHOLE for told in record.integrity.coverage)
    )


def _unwarmed(check: FaceCheck) -> FaceCheck:
    """A face's warmth is seen by the thermal array."""
    warm = isinstance(check.liveness, Liveness) and check.liveness.method is LivenessMethod.WARM_FACE
    return replace(check, liveness=BROKEN) if warm else check


def _coverage(record: VisitRecord, senses: Collection[Modality]) -> tuple[Coverage, ...]:
    return tuple(
        Coverage(told.modality, 0.0, NotObservedReason.SENSOR_FAULT) if told.modality in senses else told
        for told in record.integrity.coverage
    )
