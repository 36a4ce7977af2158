"""Whether the person was the caregiver."""

from statistics import mean, median

from ingest_server.scoring.measures.measured import TOO_LITTLE, Items, Measured
from visit_record.record import FaceEvidence, Liveness, NotObserved, VisitRecord
from visit_record.vocabulary import CheckMoment, NotObservedReason

LEAST_SPEECH_S = 3.0


def face_check_in(record: VisitRecord, _: Items) -> Measured:
    """Similarity of the face at check-in."""
    return _face_similarity(record, {CheckMoment.CHECK_IN})


def face_later(record: VisitRecord, _: Items) -> Measured:
    """Similarity of the faces during the visit and at check-out."""
    return _face_similarity(record, {CheckMoment.DURING, CheckMoment.CHECK_OUT})


def liveness(record: VisitRecord, _: Items) -> Measured:
    """1 when every movement asked for was seen, 0 when any was missed: a photograph is needed once."""
    if isinstance(record.face, NotObserved):
        return record.face.reason
    shown = [check.liveness.passed for check in record.face.checks if isinstance(check.liveness, Liveness)]
    return float(all(shown)) if shown else NotObservedReason.NOT_ASKED


def voice(record: VisitRecord, _: Items) -> Measured:
    """Similarity to the caregiver's voice of the quarter of what was said that is most like it.

    Others speak too, and are no concern of this; one lucky moment of theirs must not count either.
    """
    if isinstance(record.voice, NotObserved):
        return record.voice.reason
    heard = sorted(check.similarity for check in record.voice.checks if check.speech_s >= LEAST_SPEECH_S)
    return mean(heard[-max(1, len(heard) // 4) :]) if heard else TOO_LITTLE


def _face_similarity(record: VisitRecord, moments: set[CheckMoment]) -> Measured:
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    seen = [c.similarity for c in record.face.checks if c.moment in moments and c.similarity is not None]
    return median(seen) if seen else TOO_LITTLE
