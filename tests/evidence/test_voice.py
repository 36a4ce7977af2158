"""Voice checks: one talkative relative does not drag the caregiver down, and every visit fits its record."""

import pytest

from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.evidence.voice import MOST_CHECKS, voice_evidence
from edge_agent.observations import VoiceObservation
from visit_record.record import NotObserved, VoiceEvidence
from visit_record.vocabulary import NotObservedReason

VISIT = VisitClock(1_700_000_000_000, 0, 7_200_000)


def _heard(observations: list[VoiceObservation]) -> VoiceEvidence:
    evidence = voice_evidence(observations, VISIT)
    assert isinstance(evidence, VoiceEvidence)
    return evidence


def test_each_stretch_of_speech_is_a_check() -> None:
    evidence = _heard([VoiceObservation(1_000, 0.9, 4.8, 0), VoiceObservation(9_000, 0.5, 2.88, 1)])
    assert [(c.at_ms, c.similarity, c.speech_s) for c in evidence.checks] == [
        (1_700_000_001_000, 0.9, 4.8),
        (1_700_000_009_000, 0.5, 2.88),
    ]


def test_hours_of_talk_are_merged_and_no_second_is_lost() -> None:
    evidence = _heard([VoiceObservation(5_000 * i, 0.9, 4.8, 0) for i in range(1_000)])
    assert len(evidence.checks) == MOST_CHECKS
    assert sum(check.speech_s for check in evidence.checks) == pytest.approx(4_800, abs=1)


@pytest.mark.parametrize("one_in", [2, 3, 10, 100])
def test_a_talkative_relative_does_not_drown_the_caregiver(one_in: int) -> None:
    said = [
        VoiceObservation(5_000 * i, 0.9 if i % one_in == 0 else 0.4, 4.8, int(i % one_in > 0)) for i in range(1_000)
    ]
    evidence = _heard(said)
    own = [check for check in evidence.checks if check.similarity == 0.9]
    assert len(evidence.checks) <= MOST_CHECKS
    assert sum(check.speech_s for check in own) == pytest.approx(4_800 / one_in, abs=4.8)
    assert {check.similarity for check in evidence.checks} == {0.4, 0.9}


def test_merged_checks_are_in_order_of_time() -> None:
    evidence = _heard([VoiceObservation(5_000 * i, 0.9, 4.8, i % 3) for i in range(500)])
    times = [check.at_ms for check in evidence.checks]
    assert times == sorted(times)


def test_a_crowd_of_voices_fits_the_record() -> None:
    evidence = _heard([VoiceObservation(5_000 * i, 0.5, 4.8, i // 2 if i % 7 else 10_000 + i) for i in range(1_000)])
    assert len(evidence.checks) <= MOST_CHECKS
    assert sum(check.speech_s for check in evidence.checks) == pytest.approx(4_800, abs=1)


def test_a_speaker_heard_once_may_be_noise() -> None:
    speakers = [0, 0, 1, 1, 2]
    assert _heard([VoiceObservation(i, 0.9, 4.8, speaker) for i, speaker in enumerate(speakers)]).speakers == 2
    assert _heard([VoiceObservation(0, 0.9, 4.8, 0)]).speakers == 1


def test_no_speech_is_not_observed_rather_than_a_stranger() -> None:
    assert voice_evidence([], VISIT) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)


def test_speech_with_nobody_enrolled_is_not_compared() -> None:
    heard = [VoiceObservation(0, None, 4.8, 0)]
    assert voice_evidence(heard, VISIT) == NotObserved(NotObservedReason.NOT_ENROLLED)


def test_speech_after_check_out_is_not_of_the_visit() -> None:
    heard = [VoiceObservation(7_200_001, 0.9, 4.8, 0)]
    assert voice_evidence(heard, VISIT) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
