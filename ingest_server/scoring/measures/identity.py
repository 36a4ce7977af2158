"""Whether the person was the caregiver."""

from collections.abc import Sequence
from statistics import fmean, median

from ingest_server.scoring.measures.measured import CHECK_OUT_S, NOT_ASKED, Measured
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved, VisitRecord, VoiceCheck
from visit_record.vocabulary import CheckMoment, LivenessMethod, NotObservedReason

# Where this model embeds faces, similarities are cosines: another scale than that of the calibration table.
OTHER_EMBEDDER = "face_embedder"
LEAST_LOOKS = 3
# From here on a voice is taken for the caregiver's.
LIKE = 0.8
# Whoever checks in, and whoever checks out, speaks by the device then.
ARRIVAL_S = 150.0
BY_LOOKS = {LivenessMethod.ANTISPOOF, LivenessMethod.TEXTURE}


def face_check_in(seen: Seen) -> Measured:
    """Similarity of the face at check-in."""
    return _face_similarity(seen.record, CheckMoment.CHECK_IN)


def face_during(seen: Seen) -> Measured:
    """Similarity of the faces during the visit."""
    return _face_similarity(seen.record, CheckMoment.DURING)


def face_least(seen: Seen) -> Measured:
    """The least similarity of a face during the visit but one: somebody of the house may pass the camera once."""
    told = _similarities(seen.record, CheckMoment.DURING)
    if isinstance(told, NotObservedReason):
        return told
    return sorted(told)[1] if len(told) >= LEAST_LOOKS else TOO_LITTLE


def face_spread(seen: Seen) -> Measured:
    """By how much the faces at check-in and check-out differ in likeness: both stood before the camera on purpose.

    One template stands behind both: where it is a bad one, or the face an old one, both are little like it alike.
    """
    first, last = face_check_in(seen), face_check_out(seen)
    if isinstance(first, NotObservedReason):
        return first
    return last if isinstance(last, NotObservedReason) else abs(first - last)


def face_check_out(seen: Seen) -> Measured:
    """Similarity of the face at check-out."""
    return _face_similarity(seen.record, CheckMoment.CHECK_OUT)


def other_match(seen: Seen) -> Measured:
    """By how much the face was more like the caregiver than like the most similar other of the roster, at its worst."""
    record = seen.record
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    if OTHER_EMBEDDER in record.models:
        return TOO_LITTLE
    leads = [lead for check in record.face.checks if (lead := _lead(check)) is not None]
    return min(leads) if leads else NOT_ASKED


def liveness(seen: Seen) -> Measured:
    """1 when every movement asked for was seen, 0 when any was missed: a photograph is needed once.

    A half where all that speaks against life is how the picture looks: poor cameras and patterns look like that too.
    """
    face = seen.record.face
    if isinstance(face, NotObserved):
        return face.reason
    shown = [alive(check.liveness) for check in face.checks if isinstance(check.liveness, Liveness)]
    return min(shown) if shown else NOT_ASKED


def alive(shown: Liveness) -> float:
    """1 shown, 0 not shown, a half where only the picture's looks speak against it."""
    return 1.0 if shown.passed else 0.5 if shown.method in BY_LOOKS else 0.0


def voice(seen: Seen) -> Measured:
    """Similarity to the caregiver's voice of the quarter of what was said that is most like it.

    Others speak too, and are no concern of this; one lucky moment of theirs must not count either. What was said while
    television or radio was on may be theirs, and then only a likeness counts.
    """
    voice = seen.voice
    return voice if isinstance(voice, NotObservedReason) else _most_alike(voice.room, voice.beside_media)


def voice_between(seen: Seen) -> Measured:
    """The same of what was said between arrival and check-out: who gives care need not be who checks in."""
    voice, span = seen.voice, seen.record.span
    if isinstance(voice, NotObservedReason):
        return voice
    first_ms, last_ms = (span.check_in_ms + 1000 * at_s for at_s in (ARRIVAL_S, span.duration_s - CHECK_OUT_S))
    room, beside = (
        [check for check in checks if first_ms < check.at_ms < last_ms] for checks in (voice.room, voice.beside_media)
    )
    return _most_alike(room, beside)


def speakers(seen: Seen) -> Measured:
    """How many different people spoke; not known where some of it may have been television's or radio's."""
    voice = seen.voice
    if isinstance(voice, NotObservedReason):
        return voice
    return TOO_LITTLE if voice.beside_media else float(voice.speakers)


def _face_similarity(record: VisitRecord, moment: CheckMoment) -> Measured:
    told = _similarities(record, moment)
    if isinstance(told, NotObservedReason):
        return told
    return median(told) if told else TOO_LITTLE


def _similarities(record: VisitRecord, moment: CheckMoment) -> list[float] | NotObservedReason:
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    if OTHER_EMBEDDER in record.models:
        return TOO_LITTLE
    return [c.similarity for c in record.face.checks if c.moment is moment and c.similarity is not None]


def _lead(check: FaceCheck) -> float | None:
    if check.similarity is None or check.best_other is None:
        return None
    return check.similarity - check.best_other.similarity


def _most_alike(room: Sequence[VoiceCheck], beside_media: Sequence[VoiceCheck]) -> Measured:
    if room:
        told = sorted([check.similarity for check in room])
        return fmean(told[-max(1, len(told) // 4) :])
    likeness = max((check.similarity for check in beside_media), default=0.0)
    return likeness if likeness >= LIKE else TOO_LITTLE
