"""What was said in a visit and how like the caregiver's voice it was, read once for every measure. Pure."""

from dataclasses import dataclass

from visit_record.record import NotObserved, SoundEvidence, VoiceCheck, VoiceEvidence
from visit_record.vocabulary import SoundCue

# Without pauses. The voiceprint's card has the errors of three seconds with their pauses, of which so much is speech.
LEAST_SPEECH_S = 2.0
# A check names the moment its speech began; the television may be recognised a little later.
MEDIA_SLACK_MS = 5_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """Checks of enough speech: those in the ``room``, and those while television or radio was on, which may be its."""

    room: tuple[VoiceCheck, ...]
    beside_media: tuple[VoiceCheck, ...]
    speakers: int


def spoken(evidence: VoiceEvidence, sound: SoundEvidence | NotObserved) -> Spoken:
    """The checks, by what else was heard."""
    enough = tuple(check for check in evidence.checks if check.speech_s >= LEAST_SPEECH_S)
    media = _media(sound) if enough else ()
    if not media:
        return Spoken(enough, (), evidence.speakers)
    beside = [any(start_ms <= check.at_ms <= end_ms for start_ms, end_ms in media) for check in enough]
    pairs = tuple(zip(enough, beside, strict=True))
    return Spoken(
        tuple(check for check, masked in pairs if not masked),
        tuple(check for check, masked in pairs if masked),
        evidence.speakers,
    )


def _media(sound: SoundEvidence | NotObserved) -> tuple[tuple[float, float], ...]:
    if isinstance(sound, NotObserved):
        return ()
    media = (interval for interval in sound.intervals if interval.cue is SoundCue.MEDIA)
    return tuple((i.started_at_ms - MEDIA_SLACK_MS, i.started_at_ms + 1000 * i.duration_s) for i in media)
