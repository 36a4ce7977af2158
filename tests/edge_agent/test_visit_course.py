"""How a visit goes by its events alone: what time brings, when it ended, and what is refused."""

import pytest

from edge_agent.actions import CheckOut, HandOver, ItemFinished, ItemStarted, LookAgain, OtherWayIn, VisitEvent
from edge_agent.befallings import Befallings
from edge_agent.check_plan import ask_nothing
from edge_agent.errors import VisitStateError
from edge_agent.looks import Looks
from edge_agent.silences import Silences
from edge_agent.visit_course import VisitCourse
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import CarriedOff, CheckOutForgotten, ChecksDone, PowerLost, StreamsEnded, VisitState
from tests.edge_agent.stage import check_in
from visit_record.vocabulary import IdentityMethod

CHECKS = CheckSettings(check_in_s=10, check_out_s=20)
IN_VISIT = ChecksDone(10_000)
LATE_MS = 10_000_000


def after(*events: VisitEvent) -> VisitCourse:
    befallings = Befallings(Silences(0))
    course = VisitCourse(check_in(), VisitSettings(forgotten_after_s=300), Looks(CHECKS, ask_nothing, 0), befallings)
    for event in events:
        course.follow(event)
    return course


BRINGS: dict[str, tuple[list[VisitEvent], VisitEvent | None]] = {
    "checking in": ([], ChecksDone(10_000)),
    "looked at again": ([LookAgain(8_000)], ChecksDone(18_000)),
    "in care": ([IN_VISIT], CheckOutForgotten(300_000)),
    "looked at again in care": ([IN_VISIT, LookAgain(200_000)], ChecksDone(210_000)),
    "checking out": ([IN_VISIT, CheckOut(100_000)], ChecksDone(120_000)),
    "checked out": ([IN_VISIT, CheckOut(100_000), ChecksDone(120_000)], None),
    "handed over": ([IN_VISIT, HandOver(100_000, "caregiver-2")], None),
}


@pytest.mark.parametrize("case", BRINGS)
def test_time_alone_brings_the_end_of_a_look_and_that_nobody_checked_out(case: str) -> None:
    events, brings = BRINGS[case]
    course = after(*events)
    assert course.due(LATE_MS) == brings
    if brings is not None:
        assert course.due(brings.at_ms) == brings
        assert course.due(brings.at_ms - 1) is None


ENDED_MS: dict[str, tuple[list[VisitEvent], int]] = {
    "not yet": ([IN_VISIT], 150_000),
    "at check-out, though the camera looked on": ([IN_VISIT, CheckOut(100_000), ChecksDone(120_000)], 100_000),
    "at check-out, though power failed then": ([IN_VISIT, CheckOut(100_000), PowerLost(105_000)], 100_000),
    "when it was handed over": ([IN_VISIT, HandOver(90_000, "caregiver-2")], 90_000),
    "when power failed": ([IN_VISIT, PowerLost(80_000)], 80_000),
    "when nobody spoke any more": ([StreamsEnded(5_000)], 5_000),
}


@pytest.mark.parametrize("case", ENDED_MS)
def test_when_a_visit_ended(case: str) -> None:
    events, ended_ms = ENDED_MS[case]
    course = after(*events)
    course.pass_time(150_000)
    assert course.ended_ms == ended_ms


def test_after_the_ending_no_time_passes() -> None:
    course = after(IN_VISIT, HandOver(90_000, "caregiver-2"))
    course.pass_time(LATE_MS)
    assert course.now_ms == 90_000


REFUSED: dict[str, VisitEvent] = {
    "by the table": ChecksDone(51_000),
    "by the book": ItemFinished(51_000, "oral_care"),
    "by the looks": LookAgain(51_000),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing(case: str) -> None:
    told = [LookAgain(11_000), LookAgain(30_000), ChecksDone(40_000), ItemStarted(50_000, "feeding")]
    course = after(IN_VISIT, *told)
    before = (course.state, course.now_ms, course.book.taps, course.due(LATE_MS))
    with pytest.raises(VisitStateError):
        course.follow(REFUSED[case])
    assert (course.state, course.now_ms, course.book.taps, course.due(LATE_MS)) == before


def test_the_last_way_in_is_the_one_that_counts_and_a_device_may_be_carried_off_until_the_end() -> None:
    course = after(IN_VISIT, OtherWayIn(20_000, IdentityMethod.PIN), CheckOut(30_000))
    assert course.method is IdentityMethod.PIN
    assert course.allows(CarriedOff)
    course.follow(ChecksDone(50_000))
    assert course.state is VisitState.CHECKED_OUT
    assert not course.allows(CarriedOff)
