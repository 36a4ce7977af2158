"""The challenge: movements in order and in time pass, everything else does not, and what was not seen is not failed."""

from random import Random, SystemRandom

import pytest

from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge, draw_challenge, judge
from edge_agent.perception.movements import Step
from tests.liveness.faces import (
    ASKED_AT_MS,
    BLINK,
    NEARER,
    L,
    Move,
    R,
    challenge,
    looks,
    move,
    performed,
)
from visit_record.record import Liveness, NotObserved
from visit_record.vocabulary import LivenessMethod, NotObservedReason

CANNOT_TELL = NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL)
LEFT_BLINK_NEARER = challenge(L, BLINK, NEARER)


def judged(asked: Challenge, seen: list[FaceObservation]) -> bool | None:
    """Passed, failed, or ``None`` where it could not be told."""
    verdict = judge(asked, ASKED_AT_MS, seen)
    if isinstance(verdict, NotObserved):
        assert verdict == CANNOT_TELL
        return None
    assert verdict.method is LivenessMethod.CHALLENGE
    return verdict.passed


@pytest.mark.parametrize("seed", range(24))
def test_whoever_does_what_is_asked_in_order_and_in_time_passes(seed: int) -> None:
    asked = draw_challenge(Random(seed))
    assert judge(asked, ASKED_AT_MS, looks(*performed(asked))) == Liveness(LivenessMethod.CHALLENGE, True, 1.0)


ATTACKS: dict[str, tuple[Move, ...]] = {
    "a turn the wrong way": (move(R, 2_750), move(BLINK, 5_750), move(NEARER, 8_750)),
    "a turn the wrong way, then the right one": (move(R, 2_500, 750), move(L, 5_000), move(NEARER, 8_750)),
    "out of order": (move(BLINK, 2_750), move(L, 5_750), move(NEARER, 8_750)),
    "a film that comes too late": (move(L, 5_250), move(BLINK, 8_250), move(NEARER, 10_000)),
    "one step too late": (move(L, 2_750), move(BLINK, 5_750), move(NEARER, 5_500, 500)),
    "a film that comes too early": (move(L, 250), move(BLINK, 3_000), move(NEARER, 6_000)),
    "begun before it was asked, and held": (move(L, 1_500, 2_500), move(BLINK, 5_750), move(NEARER, 8_750)),
    "begun in the moment of asking": (move(L, 2_000), move(BLINK, 5_750), move(NEARER, 8_750)),
    "a film that makes every movement in every step": tuple(
        move(step, start_ms + 300 + 650 * place, 500)
        for start_ms in (2_000, 5_000, 8_000)
        for place, step in enumerate((BLINK, R, L, NEARER))
    ),
    "an approach besides the turn": (move(L, 2_750), move(NEARER, 3_250), move(BLINK, 5_750), move(NEARER, 8_750)),
    "a still picture": (),
    "a still picture that is brought nearer": (move(NEARER, 8_750),),
    "a bent picture whose turn is begun": (move(L, 2_750, share=0.45), move(NEARER, 8_750)),
    "a picture that is tilted a little": (move(L, 2_750, share=0.25), move(NEARER, 8_750)),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_wrong_movement_or_none_fails(name: str) -> None:
    assert judged(LEFT_BLINK_NEARER, looks(*ATTACKS[name])) is False


KINDNESSES: dict[str, tuple[Move, ...]] = {
    "who cannot shut their eyes well": (move(L, 2_750), move(BLINK, 5_750, share=0.4), move(NEARER, 8_750)),
    "who cannot blink at all": (move(L, 2_750), move(NEARER, 8_750)),
    "who cannot turn far": (move(L, 2_750, share=0.45), move(BLINK, 5_750), move(NEARER, 8_750)),
    "who cannot turn at all": (move(BLINK, 5_750), move(NEARER, 8_750)),
    "who cannot come nearer": (move(L, 2_750), move(BLINK, 5_750)),
    "who shut their eyes while at rest and does not blink when asked": (
        move(BLINK, 750, 500),
        move(L, 2_750),
        move(NEARER, 8_750),
    ),
    "who shuts their eyes while turning and does not blink when asked": (
        move(L, 2_750),
        move(BLINK, 3_000, 500),
        move(NEARER, 8_750),
    ),
    "who does all of it, only too little": (move(L, 2_750, share=0.45), move(BLINK, 5_750, share=0.45)),
}


@pytest.mark.parametrize("name", KINDNESSES)
def test_whoever_does_a_part_of_it_is_neither_passed_nor_failed(name: str) -> None:
    assert judged(LEFT_BLINK_NEARER, looks(*KINDNESSES[name])) is None


POOR: dict[str, list[FaceObservation]] = {
    "no frame": [],
    "no face": [FaceObservation(at_ms, 0) for at_ms in range(0, 11_000, 250)],
    "no landmarks": looks(without=("yaw", "eyes_open", "face_share")),
    "eyes never seen, and nothing done": looks(without=("eyes_open",)),
    "eyes never seen, and the rest done": looks(*performed(LEFT_BLINK_NEARER), without=("eyes_open",)),
    "nobody at rest before": [look for look in looks() if look.at_ms >= ASKED_AT_MS],
    "a camera of one frame in two seconds": looks()[::8],
    "a check cut short": looks(until_ms=4_000),
}


@pytest.mark.parametrize("name", POOR)
def test_a_poor_camera_cannot_tell_and_fails_nobody(name: str) -> None:
    assert judged(LEFT_BLINK_NEARER, POOR[name]) is None


def test_one_look_with_landmarks_gone_astray_is_no_movement() -> None:
    stray = (move(L, 2_750, 250), move(BLINK, 5_750, 250), move(NEARER, 8_750, 250))
    assert judged(LEFT_BLINK_NEARER, looks(*stray)) is False


def test_a_short_blink_of_ones_own_is_no_step_out_of_order() -> None:
    assert judged(LEFT_BLINK_NEARER, looks(move(BLINK, 3_250, 250), *performed(LEFT_BLINK_NEARER))) is True


def test_a_head_still_turned_from_the_step_before_turns_the_other_way_in_time() -> None:
    asked = challenge(L, R, BLINK)
    late_back = (move(L, 4_250, 1_500), move(R, 6_250), move(BLINK, 8_750))
    assert judged(asked, looks(*late_back)) is True


def test_a_short_check_asks_for_less_and_one_without_time_for_nothing() -> None:
    for within_ms, steps in {0: 0, 1_999: 0, 2_000: 1, 4_500: 2, 6_000: 3, 60_000: 3}.items():
        asked = draw_challenge(Random(5), within_ms=within_ms)
        assert len(asked.steps) == steps
        assert all(timed.limit_ms >= 2_000 for timed in asked.steps)


def test_every_order_is_drawn_and_each_holds_a_turn_and_a_blink() -> None:
    rng = Random(3)
    drawn = {tuple(timed.step for timed in draw_challenge(rng).steps) for _ in range(600)}
    assert len(drawn) == 18
    assert all(len(set(steps)) == 3 and {L, R} & set(steps) and BLINK in steps for steps in drawn)


def test_a_device_draws_from_the_systems_randomness() -> None:
    assert len({draw_challenge(SystemRandom()) for _ in range(60)}) > 1


def test_only_what_may_be_asked_is_asked() -> None:
    assert {timed.step for timed in draw_challenge(Random(1), (BLINK, NEARER)).steps} == {BLINK, NEARER}


def test_where_nothing_may_be_asked_nobody_fails() -> None:
    nothing = draw_challenge(Random(1), ())
    assert judge(nothing, ASKED_AT_MS, looks()) == NotObserved(NotObservedReason.NOT_ASKED)


@pytest.mark.parametrize(("within_ms", "limit_ms"), [(None, 3_000), (9_500, 3_000), (6_000, 2_000)])
def test_the_steps_fit_into_the_check(within_ms: int | None, limit_ms: int) -> None:
    steps = draw_challenge(Random(1), tuple(Step), within_ms).steps
    assert [timed.limit_ms for timed in steps] == [limit_ms] * 3
