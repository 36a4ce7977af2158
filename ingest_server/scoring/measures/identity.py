"""Whether the person was the caregiver."""

from statistics import mean, median

from ingest_server.scoring.measures.measured import TOO_LITTLE, Items, Measured
from visit_record.record import FaceEvidence, Liveness, NotObserved, VisitRecord
from visit_record.vocabulary import CheckMoment, LivenessMethod, NotObservedReason, SoundCue

# Without pauses. The voiceprint's card has the errors of three seconds with their pauses, of which so much is speech.
LEAST_SPEECH_S = 2.0
# Where this model embeds faces, similarities are cosines: another scale than that of the calibration table.
OTHER_EMBEDDER = "face_embedder"
# From here on a voice is taken for the caregiver's.
LIKE = 0.8
# A check names the moment its speech began; the television may be recognised a little later.
MEDIA_SLACK_MS = 5_000
BY_LOOKS = {LivenessMethod.ANTISPOOF, LivenessMethod.TEXTURE}


def face_check_in(record: VisitRecord, _: Items) -> Measured:
    """Similarity of the face at check-in."""
    return _face_similarity(record, {CheckMoment.CHECK_IN})


def face_later(record: VisitRecord, _: Items) -> Measured:
    """Similarity of the faces during the visit and at check-out."""
    return _face_similarity(record, {CheckMoment.DURING, CheckMoment.CHECK_OUT})


def liveness(record: VisitRecord, _: Items) -> Measured:
    """1 when every movement asked for was seen, 0 when any was missed: a photograph is needed once.

    A half where all that speaks against life is how the picture looks: poor cameras and patterns look like that too.
    """
    if isinstance(record.face, NotObserved):
        return record.face.reason
    shown = [alive(check.liveness) for check in record.face.checks if isinstance(check.liveness, Liveness)]
    return min(shown) if shown else NotObservedReason.NOT_ASKED


def alive(shown: Liveness) -> float:
    """1 shown, 0 not shown, a half where only the picture's looks speak against it."""
    return 1.0 if shown.passed else 0.5 if shown.method in BY_LOOKS else 0.0


def voice(record: VisitRecord, _: Items) -> Measured:
    """Similarity to the caregiver's voice of the quarter of what was said that is most like it.

    Others speak too, and are no concern of this; one lucky moment of theirs must not count either. What was said while
    television or radio was on may be theirs, and then only a likeness counts.
    """
    if isinstance(record.voice, NotObserved):
        return record.voice.reason
    enough = [check for check in record.voice.checks if check.speech_s >= LEAST_SPEECH_S]
    alone = [check.similarity for check in enough if not _beside_media(record, check.at_ms)]
    if alone:
        return mean(sorted(alone)[-max(1, len(alone) // 4) :])
    likeness = max((check.similarity for check in enough), default=0.0)
    return likeness if likeness >= LIKE else TOO_LITTLE


def _face_similarity(record: VisitRecord, moments: set[CheckMoment]) -> Measured:
    if not isinstance(record.face, FaceEvidence):
        return record.face.reason
    if OTHER_EMBEDDER in record.models:
        return TOO_LITTLE
    seen = [c.similarity for c in record.face.checks if c.moment in moments and c.similarity is not None]
    return median(seen) if seen else TOO_LITTLE


def _beside_media(record: VisitRecord, at_ms: int) -> bool:
    if isinstance(record.sound, NotObserved):
        return False
    media = (interval for interval in record.sound.intervals if interval.cue is SoundCue.MEDIA)
    return any(i.started_at_ms - MEDIA_SLACK_MS <= at_ms <= i.started_at_ms + 1000 * i.duration_s for i in media)
