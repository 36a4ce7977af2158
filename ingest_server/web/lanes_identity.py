"""The lanes of face and voice checks. Pure; what counts as low is the rules' own bound."""

from ingest_server.rules.limits import Limits
from ingest_server.scoring.measures.identity import alive
from ingest_server.web.lane_gaps import coverage_note, lost, unobserved
from ingest_server.web.timeline import Event, Lane, Tone
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved, VisitRecord, VoiceCheck, VoiceEvidence
from visit_record.vocabulary import CheckMoment, IdentityMethod, Modality

WHO = Words("身份", "Identity")


def face_lane(record: VisitRecord, limits: Limits) -> Lane:
    """Every look at a face."""
    if isinstance(record.face, NotObserved):
        return unobserved(record, WHO, Modality.FACE, record.face)
    checks = (_face_check(check, limits) for check in record.face.checks)
    note = coverage_note(record, Modality.FACE)
    return Lane(WHO, said(Modality.FACE), (*lost(record, Modality.FACE), *checks), note)


def voice_lane(record: VisitRecord, limits: Limits) -> Lane:
    """Every voice compared. A low one is another person's, and no sign against the caregiver by itself."""
    if isinstance(record.voice, NotObserved):
        return unobserved(record, WHO, Modality.VOICE, record.voice)
    checks = (_voice_check(check, limits.voice_least) for check in record.voice.checks)
    note = coverage_note(record, Modality.VOICE)
    return Lane(WHO, said(Modality.VOICE), (*lost(record, Modality.VOICE), *checks), note)


def known_by(record: VisitRecord, limits: Limits) -> IdentityMethod | None:
    """The way of checking in; ``None`` where that was a face or a voice, and none like the caregiver's was found.

    Nothing is held against anybody by that: consent may have been withheld, or the room dark.
    """
    match record.who.checked_in_by:
        case IdentityMethod.FACE:
            alike = isinstance(record.face, FaceEvidence) and any(_opens(one, limits) for one in record.face.checks)
        case IdentityMethod.VOICE:
            alike = isinstance(record.voice, VoiceEvidence) and any(
                one.similarity >= limits.voice_least for one in record.voice.checks
            )
        case _:
            alike = True
    return record.who.checked_in_by if alike else None


def _opens(check: FaceCheck, limits: Limits) -> bool:
    at_check_in = check.moment is CheckMoment.CHECK_IN
    return at_check_in and check.similarity is not None and check.similarity >= limits.face_least


def _face_check(check: FaceCheck, limits: Limits) -> Event:
    moment = said(check.moment)
    if check.similarity is None:
        words = Words(f"{moment.zh}：没有可比对的人脸", f"{moment.en}: no face good enough to compare")
        return Event(check.at_ms, None, Tone.UNCLEAR, words)
    more = _liveness(check.liveness)
    words = Words(
        f"{moment.zh}：相似度 {check.similarity:.2f}{more.zh}",
        f"{moment.en}: similarity {check.similarity:.2f}{more.en}",
    )
    against = check.similarity < limits.face_least or _speaks_against(check.liveness, limits.liveness_least)
    return Event(check.at_ms, None, Tone.AGAINST if against else Tone.SEEN, words)


def _liveness(shown: Liveness | NotObserved) -> Words:
    """Whether a living face was shown, and where it was not, by what."""
    if isinstance(shown, NotObserved):
        return Words("", "")
    if shown.passed:
        return Words("，活体通过", ", liveness shown")
    by = said(shown.method)
    return Words(f"，活体未通过（{by.zh}）", f", liveness not shown ({by.en})")


def _speaks_against(shown: Liveness | NotObserved, least: float) -> bool:
    """How a picture looks speaks against nobody by itself."""
    return isinstance(shown, Liveness) and alive(shown) < least


def _voice_check(check: VoiceCheck, least: float) -> Event:
    words = Words(
        f"相似度 {check.similarity:.2f}，语音 {check.speech_s:.0f} 秒",
        f"similarity {check.similarity:.2f}, {check.speech_s:.0f} s of speech",
    )
    return Event(check.at_ms, None, Tone.UNCLEAR if check.similarity < least else Tone.SEEN, words)
