"""The looks of a visit: how often, at which pictures, and what was asked in each."""

import pytest

from edge_agent.actions import CheckOut, ItemStarted, LookAgain, OtherWayIn
from edge_agent.check_plan import ask_nothing
from edge_agent.errors import VisitStateError
from edge_agent.looks import MOST_LOOKS, Looks
from edge_agent.perception.movements import Step
from edge_agent.visit_settings import CheckSettings
from tests.edge_agent.stage import check_in
from tests.liveness.faces import challenge
from visit_record.vocabulary import CheckMoment, IdentityMethod

CHECKS = CheckSettings(check_in_s=10, during_every_s=60, during_s=5, check_out_s=20, frame_interval_ms=1000)
IN_ASKED, OUT_ASKED = challenge(Step.TURN_LEFT, Step.BLINK), challenge(Step.NEARER, Step.BLINK)
ASKS = {CheckMoment.CHECK_IN: IN_ASKED, CheckMoment.CHECK_OUT: OUT_ASKED}


def test_a_look_too_many_is_refused_and_breaks_off_none() -> None:
    looks = Looks(CHECKS, ask_nothing, 0)
    for look in range(1, MOST_LOOKS):
        looks.follow(LookAgain(20_000 * look))
    before = (looks.windows(50_000), looks.done_ms)
    with pytest.raises(VisitStateError):
        looks.follow(LookAgain(45_000))
    assert (looks.windows(50_000), looks.done_ms) == before
    assert looks.left == 0


def test_pictures_are_taken_an_interval_apart_and_those_in_between_put_none_off() -> None:
    looks = Looks(CHECKS, ask_nothing, 0)
    assert [at_ms for at_ms in range(0, 3_000, 400) if looks.take(at_ms, at_ms)] == [0, 1_200, 2_400]


def test_whoever_is_to_be_looked_at_again_is_looked_at_at_once() -> None:
    looks = Looks(CHECKS, ask_nothing, 0)
    assert looks.take(5_000, 5_000)
    looks.follow(LookAgain(5_200))
    assert looks.take(5_200, 5_200)


def test_no_picture_is_taken_between_the_looks() -> None:
    looks = Looks(CHECKS, ask_nothing, 0)
    assert not looks.take(10_000, 10_000)
    assert not looks.take(59_999, 59_999)
    assert looks.take(60_000, 60_000)


def test_who_arrived_last_or_has_gone_has_the_whole_time_of_a_check() -> None:
    looks, done_ms = Looks(CHECKS, ask_nothing, 0), []
    for event in (LookAgain(8_000), CheckOut(100_000)):
        done_ms.append(looks.done_ms)
        looks.follow(event)
    assert [*done_ms, looks.done_ms] == [10_000, 18_000, 120_000]


def test_something_is_drawn_for_whoever_is_to_be_looked_at_and_for_nothing_else() -> None:
    asked: list[CheckMoment] = []
    looks = Looks(CHECKS, asked.append, 0)
    for event in (check_in(), ItemStarted(20_000, "feeding"), OtherWayIn(30_000, IdentityMethod.PIN), CheckOut(60_000)):
        looks.draw(event)
    assert asked == [CheckMoment.CHECK_IN, CheckMoment.CHECK_OUT]


def test_what_a_journal_tells_was_asked_in_the_same_looks() -> None:
    lived, recalled = Looks(CHECKS, ASKS.get, 0), Looks(CHECKS, ask_nothing, 0)
    again, out = LookAgain(20_000), CheckOut(100_000)
    for looks in (lived, recalled):
        looks.follow(again)
        looks.follow(out)
    for event in (check_in(), again, out):
        drawn = lived.draw(event)
        assert drawn is not None
        recalled.recall(drawn)
    windows = lived.windows(100_000)
    assert [window.challenge for window in windows] == [IN_ASKED, IN_ASKED, None, OUT_ASKED]
    assert recalled.windows(100_000) == windows
