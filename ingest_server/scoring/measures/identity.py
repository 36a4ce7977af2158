"""Whether the person was the caregiver."""

from statistics import fmean, median

from ingest_server.scoring.measures.measured import NOT_ASKED, Measured
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved, VisitRecord
from visit_record.vocabulary import CheckMoment, LivenessMethod, SoundCue

# Without pauses. The voiceprint's card has the errors of three seconds with their pauses, of which so much is speech.
LEAST_SPEECH_S = 2.0
# Where this model embeds faces, similarities are cosines: another scale than that of the calibration table.
OTHER_EMBEDDER = "face_embedder"
# From here on a voice is taken for the caregiver's.
LIKE = 0.8
# A check names the moment its speech began; the television may be recognised a little later.
MEDIA_SLACK_MS = 5_000
BY_LOOKS = {LivenessMethod.ANTISPOOF, LivenessMethod.TEXTURE}


def face_check_in(seen: Seen) -> Measured:
    """Similarity of the face at check-in."""
    return _face_similarity(seen.record, CheckMoment.CHECK_IN)


def face_during(seen: Seen) -> Measured:
    """Similarity of the faces during the visit."""
    return _face_similarity(seen.record, CheckMoment.DURING)


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
    record = seen.record
    if isinstance(record.voice, NotObserved):
        return record.voice.reason
    enough = [check for check in record.voice.checks if check.speech_s >= LEAST_SPEECH_S]
    media = _media(record) if enough else []
    alone = [check.similarity for check in enough if not (media and _within(media, check.at_ms))]
    if alone:
        return fmean(sorted(alone)[-max(1, len(alone) // 4) :])
    likeness = max((check.similarity for check in enough), default=0.0)
    return likeness if likeness >= LIKE else TOO_LITTLE


def speakers(seen: Seen) -> Measured:
    """How many different people spoke."""
    part = seen.record.voice
    return part.reason if isinstance(part, NotObserved) else float(part.speakers)


def _face_similarity(record: VisitRecord, moment: CheckMoment) -> Measured:
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    if OTHER_EMBEDDER in record.models:
        return TOO_LITTLE
    seen = [c.similarity for c in record.face.checks if c.moment is moment and c.similarity is not None]
    return median(seen) if seen else TOO_LITTLE


def _lead(check: FaceCheck) -> float | None:
    if check.similarity is None or check.best_other is None:
        return None
    return check.similarity - check.best_other.similarity


def _within(stretches: list[tuple[float, float]], at_ms: int) -> bool:
    return any(start_ms <= at_ms <= end_ms for start_ms, end_ms in stretches)


def _media(record: VisitRecord) -> list[tuple[float, float]]:
    if isinstance(record.sound, NotObserved):
        return []
    media = (interval for interval in record.sound.intervals if interval.cue is SoundCue.MEDIA)
    return [(i.started_at_ms - MEDIA_SLACK_MS, i.started_at_ms + 1000 * i.duration_s) for i in media]
