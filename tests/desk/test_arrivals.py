"""Who checks in: told to the witness now or later, one at a time, or turned away, and for how long that is read."""

import pytest

from edge_agent.actions import CheckIn, HandOver
from edge_agent.day_orders import Orders
from edge_agent.desk.arrivals import TURNED_AWAY_SHOWN_MS, Arrivals
from edge_agent.desk.order_views import of_order
from edge_agent.desk.view import VisitView
from edge_agent.errors import DeskError, Refusal
from edge_agent.visit_state import VisitState
from tests.desk.room import GRANTED, ORDERS, arrive
from visit_record.vocabulary import IdentityMethod

FIRST, SECOND = arrive("order-1", GRANTED), arrive("order-2", GRANTED)


class Day:
    """What an arrival depends on: the time, and what is ordered."""

    def __init__(self) -> None:
        self.now_ms, self.orders = 1_000, ORDERS
        self.arrivals = Arrivals(lambda: self.now_ms, lambda: self.orders)


@pytest.fixture
def day() -> Day:
    return Day()


def visit(state: VisitState) -> VisitView:
    """The first order's visit."""
    return VisitView(of_order(ORDERS.order[0], ORDERS), state, 0, 0, IdentityMethod.FACE, (), None, None, (), ())


def test_who_comes_to_a_witness_that_waits_is_checked_in_at_once(day: Day) -> None:
    day.arrivals.wait()
    told = day.arrivals.arrive(FIRST, None)
    assert isinstance(told, CheckIn)
    assert (told.at_ms, told.caregiver, told.order) == (1_000, "caregiver-1", ORDERS.order[0].planned)


def test_who_comes_before_the_witness_is_let_in_when_it_waits(day: Day) -> None:
    assert day.arrivals.arrive(FIRST, None) is None
    assert day.arrivals.opening == FIRST
    day.now_ms = 9_000
    day.arrivals.wait()
    late = day.arrivals.let_in_late(FIRST)
    assert late is not None and late.at_ms == 9_000


@pytest.mark.parametrize(
    ("state", "relieves"),
    [(VisitState.CHECKING_IN, True), (VisitState.IN_VISIT, True), (VisitState.CHECKING_OUT, False)],
)
def test_who_comes_while_another_gives_care_relieves_them_and_who_comes_as_they_go_waits(
    day: Day, state: VisitState, relieves: bool
) -> None:
    expected = HandOver(1_000, "caregiver-2") if relieves else None
    assert day.arrivals.arrive(SECOND, visit(state)) == expected
    assert day.arrivals.opening == SECOND


def test_nobody_comes_in_before_whoever_is_let_in_nor_twice_to_one_visit(day: Day) -> None:
    with pytest.raises(DeskError) as twice:
        day.arrivals.arrive(FIRST, visit(VisitState.IN_VISIT))
    day.arrivals.arrive(SECOND, None)
    with pytest.raises(DeskError) as before:
        day.arrivals.arrive(FIRST, None)
    assert twice.value.refusal is before.value.refusal is Refusal.NOT_NOW
    assert day.arrivals.opening == SECOND


def test_only_a_visit_that_has_begun_lets_the_next_one_come(day: Day) -> None:
    day.arrivals.wait()
    day.arrivals.arrive(FIRST, None)
    assert day.arrivals.begin()
    assert day.arrivals.opening is None
    day.arrivals.arrive(SECOND, visit(VisitState.IN_VISIT))
    assert not day.arrivals.begin(), "the first visit goes on until it is handed over"
    assert day.arrivals.opening == SECOND


def test_who_is_turned_away_reads_why_for_a_minute_or_until_somebody_else_comes(day: Day) -> None:
    day.arrivals.arrive(FIRST, None)
    day.orders = Orders()
    assert day.arrivals.let_in_late(FIRST) is None
    assert (day.arrivals.opening, day.arrivals.turned_away()) == (None, Refusal.UNKNOWN_ORDER)
    day.now_ms += TURNED_AWAY_SHOWN_MS
    assert day.arrivals.turned_away() is None
    day.now_ms -= 1
    assert day.arrivals.turned_away() is Refusal.UNKNOWN_ORDER
    day.orders = ORDERS
    day.arrivals.arrive(SECOND, None)
    assert day.arrivals.turned_away() is None
