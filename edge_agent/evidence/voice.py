"""What the voices that were heard amount to. Pure."""

from collections.abc import Sequence

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
    """Voice checks in order of time, at most 40: where there are more, neighbours are merged.

    A merged check holds the middle one's similarity and the seconds of all, so that one stretch of a family member's
    talk does not drag down the caregiver's. Speakers are those heard at least twice, or one if nobody was. Without a
    voiceprint to compare with: ``not_enrolled``; without speech: ``too_little_signal``.
    """
    heard = [one for one in observations if visit.holds(one.at_ms)]
    if not heard:
        return NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
    compared = [one for one in heard if one.similarity is not None]
    if not compared:
        return NotObserved(NotObservedReason.NOT_ENROLLED)
    groups = np.array_split(np.arange(len(compared)), min(len(compared), MOST_CHECKS))
    checks = tuple(_merged([compared[index] for index in group.tolist()], visit) for group in groups)
    return VoiceEvidence(checks, _speakers(heard))


def _merged(group: Sequence[VoiceObservation], visit: VisitClock) -> VoiceCheck:
    middle = sorted(group, key=_similarity)[len(group) // 2]
    speech_s = sum(one.speech_s for one in group)
    return VoiceCheck(visit.utc_ms(group[0].at_ms), round(_similarity(middle), 4), round(speech_s, 2))


def _similarity(one: VoiceObservation) -> float:
    return -1.0 if one.similarity is None else one.similarity


def _speakers(heard: Sequence[VoiceObservation]) -> int:
    numbers = [one.speaker for one in heard]
    return max(1, sum(numbers.count(number) >= LEAST_TURNS for number in set(numbers)))
