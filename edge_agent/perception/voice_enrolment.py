"""How a caregiver's voice is enrolled: long enough, several times over, in quiet, and always the same voice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.voice import (
    ENCODER_SAMPLES,
    HeardVoice,
    VoiceEncoder,
    Voiceprint,
    cosine,
    enrol_voice,
    unit,
)

LEAST_SPEECH_S = 20.0
LEAST_TAKES = 2
# A voiceprint must know the voice, not the room's noise.
LEAST_SNR_DB = 10.0
# Takes of one person are nearly always nearer than this, of two people hardly ever: see models/voiceprint/CARD.md.
AGREEMENT = 0.75

Take = NDArray[np.float32]


class EnrolmentRefusedError(ValueError):
    """These takes do not enrol a voice; says in Chinese and English what to record again."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Progress:
    """What has been recorded so far, for the screen."""

    takes: int
    speech_s: float

    @property
    def missing_s(self) -> float:
        """Seconds of speech that are still to be recorded."""
        return max(0.0, LEAST_SPEECH_S - self.speech_s)


def enrol_caregiver(encoder: VoiceEncoder, takes: Sequence[Take]) -> Voiceprint:
    """The voiceprint of a caregiver from at least two takes that hold 20 s of speech together, without pauses.

    ``takes`` are float32 [n] at 16 kHz in the order in which they were recorded.

    Raises:
        EnrolmentRefusedError: too few takes, too little speech, a take with noise or without speech, or one that is
            unlike the others.
    """
    heard = [_listen(encoder, number, take) for number, take in enumerate(takes, 1)]
    _require_enough(enrolment_progress(heard))
    _require_agreement(heard)
    return enrol_voice(encoder, takes)


def enrolment_progress(heard: Sequence[HeardVoice]) -> Progress:
    """How far an enrolment has come."""
    return Progress(len(heard), sum(take.speech_s for take in heard))


def _listen(encoder: VoiceEncoder, number: int, take: Take) -> HeardVoice:
    if len(take) < ENCODER_SAMPLES or not np.any(take):
        raise EnrolmentRefusedError(
            f"第 {number} 段没有足够的语音，请重录这一段", f"take {number} holds too little speech; record it again"
        )
    heard = encoder.listen(take)
    if heard.snr_db < LEAST_SNR_DB:
        raise EnrolmentRefusedError(
            f"第 {number} 段太吵，请换安静的地方重录这一段",
            f"take {number} is too noisy; record it again where it is quiet",
        )
    return heard


def _require_enough(progress: Progress) -> None:
    if progress.missing_s > 0:
        # Rounded up, lest 0.0 s be missing.
        missing_s = np.ceil(progress.missing_s * 10) / 10
        raise EnrolmentRefusedError(
            f"还差 {missing_s:.1f} 秒语音，请再录一段", f"{missing_s:.1f} s of speech are missing; record another take"
        )
    if progress.takes < LEAST_TAKES:
        raise EnrolmentRefusedError(
            f"至少要录 {LEAST_TAKES} 段，请再录一段", f"it takes {LEAST_TAKES} takes or more; record another take"
        )


def _require_agreement(heard: Sequence[HeardVoice]) -> None:
    """Each take against all the others together: of two, neither is the wrong one."""
    points = np.array([take.embedding for take in heard])
    likeness = [cosine(point, unit(np.delete(points, i, axis=0).mean(axis=0))) for i, point in enumerate(points)]
    if min(likeness) >= AGREEMENT:
        return
    if len(points) == LEAST_TAKES:
        raise EnrolmentRefusedError(
            "两段声音不像同一个人，请本人单独重录", "the two takes are unlike each other; record both again, alone"
        )
    worst = int(np.argmin(likeness)) + 1
    raise EnrolmentRefusedError(
        f"第 {worst} 段与其他各段不像同一个人，请重录这一段",
        f"take {worst} is unlike the others; record it again, alone",
    )
