"""What the voices that were heard amount to. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import VoiceObservation
from visit_record.record import NotObserved, VoiceCheck, VoiceEvidence
from visit_record.vocabulary import NotObservedReason

# Keeps the record of any visit under its 64 KiB: about 5 KB of JSON.
MOST_CHECKS = 40
# A number that turned up once may be noise or two people at once.
LEAST_TURNS = 2


def voice_evidence(observations: Sequence[VoiceObservation], visit: VisitClock) -> VoiceEvidence | NotObserved:
    """Voice checks in order of time, at most 40: where there are more, those of one speaker are merged.

    A merged check holds the middle one's similarity and the seconds of all. However much others talk, the caregiver's
    own words keep checks of their own. Speakers are those heard at least twice, or one if nobody was. Without a
    voiceprint to compare with: ``not_enrolled``; without speech, or with none that noise left clear enough to compare:
    ``too_little_signal``.
    """
    heard = [one for one in observations if visit.holds(one.at_ms)]
    if not heard:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    compared = [one for one in heard if one.similarity is not None]
    if not compared:
        return NotObserved(NotObservedReason.NOT_ENROLLED)
    checks = sorted((_merged(group, visit) for group in _groups(compared)), key=lambda check: check.at_ms)
    return VoiceEvidence(tuple(checks), len(_regulars(heard)) or 1)


def _groups(compared: Sequence[VoiceObservation]) -> Iterator[list[VoiceObservation]]:
    """Each alone where there is room; else each speaker's in even parts, as many as the share of what they said."""
    if len(compared) <= MOST_CHECKS:
        yield from ([one] for one in compared)
        return
    voices = list(_by_speaker(compared))
    for said in voices:
        parts = 1 + (MOST_CHECKS - len(voices)) * len(said) // len(compared)
        for part in np.array_split(np.arange(len(said)), min(parts, len(said))):
            yield [said[index] for index in part.tolist()]


def _by_speaker(compared: Sequence[VoiceObservation]) -> Iterator[list[VoiceObservation]]:
    """What each of the most talkative said; last, what all others said."""
    regulars = _regulars(compared)[: MOST_CHECKS - 1]
    for speaker in regulars:
        yield [one for one in compared if one.speaker == speaker]
    others = [one for one in compared if one.speaker not in regulars]
    if others:
        yield others


def _regulars(heard: Sequence[VoiceObservation]) -> list[int]:
    """Speakers heard at least twice, the most talkative first."""
    return [speaker for speaker, turns in Counter(one.speaker for one in heard).most_common() if turns >= LEAST_TURNS]


def _merged(group: Sequence[VoiceObservation], visit: VisitClock) -> VoiceCheck:
    middle = sorted(group, key=_similarity)[len(group) // 2]
    speech_s = sum(one.speech_s for one in group)
    return VoiceCheck(visit.utc_ms(group[0].at_ms), round(_similarity(middle), 4), round(speech_s, 2))


def _similarity(one: VoiceObservation) -> float:
    return -1.0 if one.similarity is None else one.similarity
