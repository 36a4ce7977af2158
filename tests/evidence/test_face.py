"""Face checks: consensus over frames, nobody seen is not nothing seen, and every visit fits its record."""

from dataclasses import dataclass

import msgspec
import pytest

from edge_agent.evidence.face import MOST_CHECKS, face_evidence
from edge_agent.evidence.face_consensus import Recognition, recognise
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge
from visit_record.record import FaceCheck, FaceEvidence, Liveness, NotObserved, OtherMatch
from visit_record.vocabulary import CheckMoment, NotObservedReason

VISIT = VisitClock(1_700_000_000_000, 5_000, 3_605_000)


@dataclass(frozen=True)
class _Window:
    moment: CheckMoment
    start_ms: int
    end_ms: int
    challenge: Challenge | None = None

    @property
    def asked_at_ms(self) -> int:
        return self.start_ms + 2_000


CHECK_IN = _Window(CheckMoment.CHECK_IN, 5_000, 13_000)
DURING = _Window(CheckMoment.DURING, 605_000, 607_000)
CHECK_OUT = _Window(CheckMoment.CHECK_OUT, 3_605_000, 3_613_000)


def _face(at_ms: int, similarity: float | None, quality: float = 0.8, **other: object) -> FaceObservation:
    seen = {"at_ms": at_ms, "faces": 1, "similarity": similarity, "quality": quality, "yaw": 0.5} | other
    return msgspec.structs.replace(FaceObservation(0, 0), **seen)


def _checks(observations: list[FaceObservation], *windows: _Window) -> tuple[FaceCheck, ...]:
    evidence = face_evidence(observations, VISIT, windows)
    assert isinstance(evidence, FaceEvidence)
    return evidence.checks


def test_frames_belong_to_the_window_they_fall_into() -> None:
    frames = [_face(5_000, 0.8), _face(12_999, 0.8), _face(13_000, 0.1), _face(606_000, 0.7), _face(3_605_000, 0.6)]
    checks = _checks(frames, CHECK_IN, DURING, CHECK_OUT)
    assert [(check.moment, check.frames, check.similarity) for check in checks] == [
        (CheckMoment.CHECK_IN, 2, 0.8),
        (CheckMoment.DURING, 1, 0.7),
        (CheckMoment.CHECK_OUT, 1, 0.6),
    ]
    assert checks[1].at_ms == 1_700_000_000_000 + 601_000


def test_blurred_frames_do_not_outvote_sharp_ones() -> None:
    frames = [_face(5_000 + i, 0.2, quality=0.1) for i in range(5)] + [_face(6_000 + i, 0.8, 0.9) for i in range(2)]
    assert _checks(frames, CHECK_IN)[0].similarity == 0.8


def test_one_odd_frame_does_not_decide() -> None:
    frames = [_face(5_000, 0.95), _face(5_200, 0.4), _face(5_400, 0.42)]
    assert _checks(frames, CHECK_IN)[0].similarity == 0.42


def test_a_window_with_frames_but_no_face_is_a_check_that_saw_nobody() -> None:
    (check,) = _checks([FaceObservation(6_000, 0), FaceObservation(6_200, 0)], CHECK_IN)
    assert (check.faces, check.frames, check.similarity, check.quality) == (0, 2, None, None)
    assert check.liveness == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)


def test_a_window_without_a_frame_is_no_check() -> None:
    assert len(_checks([_face(6_000, 0.8)], CHECK_IN, DURING)) == 1


def test_no_frame_at_all_is_not_observed() -> None:
    assert face_evidence([], VISIT, [CHECK_IN]) == NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)


def test_the_other_who_was_nearest_in_most_quality_is_named() -> None:
    frames = [
        _face(5_000, 0.3, best_other="cg-b", best_other_similarity=0.7),
        _face(5_200, 0.3, best_other="cg-b", best_other_similarity=0.8),
        _face(5_400, 0.3, quality=0.2, best_other="cg-c", best_other_similarity=0.9),
    ]
    assert _checks(frames, CHECK_IN)[0].best_other == OtherMatch("cg-b", 0.7)


def test_looks_that_resemble_nobody_name_nobody_while_others_do() -> None:
    stray = [_face(5_000 + i, 0.3, best_other="cg-b", best_other_similarity=0.3) for i in range(3)]
    like = [_face(6_000 + i, 0.3, best_other="cg-c", best_other_similarity=0.7) for i in range(4)]
    assert _checks(stray + like, CHECK_IN)[0].best_other == OtherMatch("cg-c", 0.7)


def test_one_odd_look_brings_no_other_near() -> None:
    stray = [_face(5_000 + i, 0.7, best_other="cg-b", best_other_similarity=0.3) for i in range(4)]
    odd = _face(6_000, 0.4, best_other="cg-c", best_other_similarity=0.8)
    assert _checks([*stray, odd], CHECK_IN)[0].best_other == OtherMatch("cg-c", 0.3)


def test_nobody_else_on_the_roster_is_no_other() -> None:
    assert _checks([_face(5_000, 0.7)], CHECK_IN)[0].best_other is None


def test_looks_that_were_not_compared_change_no_similarity() -> None:
    between = [_face(5_200 + i, None, quality=1.0) for i in range(4)]
    (check,) = _checks([_face(5_000, 0.7, quality=0.5), *between], CHECK_IN)
    assert (check.similarity, check.frames, check.quality) == (0.7, 5, 1.0)


CG_B = OtherMatch("cg-b", 0.7)


@pytest.mark.parametrize(
    ("similarity", "best_other", "recognition"),
    [
        (0.7, None, Recognition.EXPECTED),
        (0.75, CG_B, Recognition.EXPECTED),
        (0.65, CG_B, Recognition.UNKNOWN),
        (0.5, None, Recognition.UNKNOWN),
        (0.5, CG_B, Recognition.OTHER),
        (0.2, None, Recognition.OTHER),
        (None, None, Recognition.UNKNOWN),
        (None, CG_B, Recognition.UNKNOWN),
    ],
)
def test_between_alike_and_unlike_a_face_is_unknown(
    similarity: float | None, best_other: OtherMatch | None, recognition: Recognition
) -> None:
    assert recognise(similarity, best_other) is recognition


def test_a_head_is_asked_to_turn_at_the_ends_of_a_visit_and_never_during_work() -> None:
    turning = [_face(0, 0.8, yaw=yaw) for yaw in (0.5, 0.4, 0.4, 0.5, 0.6, 0.6, 0.5)]
    frames = [
        msgspec.structs.replace(one, at_ms=start + 200 * i)
        for start in (5_000, 605_000)
        for i, one in enumerate(turning)
    ]
    at_check_in, during = _checks(frames, CHECK_IN, DURING)
    assert isinstance(at_check_in.liveness, Liveness) and at_check_in.liveness.passed
    assert during.liveness == NotObserved(NotObservedReason.NOT_ASKED)


@pytest.mark.parametrize("windows", [41, 400])
def test_a_visit_of_any_length_keeps_few_checks_with_its_ends(windows: int) -> None:
    looks = [_Window(CheckMoment.DURING, 10_000 * i, 10_000 * i + 10) for i in range(windows)]
    checks = _checks([_face(look.start_ms, 0.8) for look in looks], *looks)
    assert len(checks) == MOST_CHECKS
    assert checks[0].at_ms == VISIT.utc_ms(0) and checks[-1].at_ms == VISIT.utc_ms(10_000 * (windows - 1))
