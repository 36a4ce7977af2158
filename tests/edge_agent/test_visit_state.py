import itertools
from pathlib import Path

import pytest

from edge_agent.actions import (
    CheckIn,
    CheckOut,
    HandOver,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
    LookAgain,
    OtherWayIn,
    VisitEvent,
)
from edge_agent.errors import VisitStateError
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.service_book import ServiceBook
from edge_agent.visit_diagram import page
from edge_agent.visit_state import (
    ENDINGS,
    TRANSITIONS,
    CarriedOff,
    CheckOutForgotten,
    ChecksDone,
    PowerLost,
    RecordSealed,
    StreamsEnded,
    VisitState,
    next_state,
)
from visit_record.record import RefusedService, ServiceClaim
from visit_record.vocabulary import Ending, IdentityMethod, ServiceRefusalReason

EVENTS: tuple[VisitEvent, ...] = (
    CheckIn(0, "caregiver-1", "recipient-1", None, (), IdentityMethod.FACE),
    ItemStarted(1, "feeding"),
    ItemFinished(2, "feeding"),
    ItemRefused(3, "oral_care", ServiceRefusalReason.OTHER),
    CheckOut(4),
    ChecksDone(5),
    CheckOutForgotten(6),
    PowerLost(7),
    StreamsEnded(8),
    RecordSealed(9),
    LookAgain(10),
    OtherWayIn(11, IdentityMethod.PIN),
    HandOver(12, "caregiver-2"),
    CarriedOff(13),
    ItemTakenBack(14, "feeding"),
)


def test_the_docs_draw_the_table() -> None:
    drawn = Path(__file__).parents[2] / "docs" / "visit-states.md"
    assert drawn.read_text("utf-8") == page(), (
        "draw it again: python -m edge_agent.visit_diagram > docs/visit-states.md"
    )


@pytest.mark.parametrize(("state", "event"), [*itertools.product(VisitState, EVENTS)], ids=str)
def test_what_the_table_does_not_name_is_forbidden(state: VisitState, event: VisitEvent) -> None:
    if type(event) in TRANSITIONS[state]:
        assert next_state(state, event) is TRANSITIONS[state][type(event)]
    else:
        with pytest.raises(VisitStateError):
            next_state(state, event)


def test_every_visit_that_began_can_end_in_a_record_whatever_befalls_it() -> None:
    for state in set(VisitState) - {VisitState.IDLE, VisitState.SEALED}:
        for cut_short in (StreamsEnded(9), PowerLost(9)):
            ended = state if state in ENDINGS else next_state(state, cut_short)
            assert ended in ENDINGS
            assert next_state(ended, RecordSealed(10)) is VisitState.SEALED


def test_who_has_checked_out_has_checked_out_though_the_power_fails() -> None:
    assert ENDINGS[next_state(VisitState.CHECKING_OUT, PowerLost(1))] is Ending.CHECKED_OUT


def test_whoever_hands_over_has_checked_out() -> None:
    for state in (VisitState.CHECKING_IN, VisitState.IN_VISIT):
        assert ENDINGS[next_state(state, HandOver(1, "caregiver-2"))] is Ending.CHECKED_OUT


def test_a_device_that_is_carried_off_ends_no_visit() -> None:
    for state in (VisitState.CHECKING_IN, VisitState.IN_VISIT, VisitState.CHECKING_OUT):
        assert next_state(state, CarriedOff(1)) is state


def test_every_state_can_be_reached() -> None:
    reached = {VisitState.IDLE}
    for _ in VisitState:
        reached |= {target for state in reached for target in TRANSITIONS[state].values()}
    assert reached == set(VisitState)


VISIT = VisitClock(1_000_000, 0, 600_000)


def test_claims_are_in_order_of_time_and_an_open_one_ends_with_the_visit() -> None:
    book = ServiceBook()
    book.enter(ItemStarted(60_000, "feeding"))
    book.enter(ItemStarted(30_000, "bed_making"))
    book.enter(ItemFinished(120_000, "feeding"))
    book.enter(ItemRefused(130_000, "oral_care", ServiceRefusalReason.RECIPIENT_REFUSED))
    services = book.services(VISIT)
    assert services.claimed == (
        ServiceClaim("bed_making", 1_030_000, 570.0),
        ServiceClaim("feeding", 1_060_000, 60.0),
    )
    assert services.refused == (RefusedService("oral_care", ServiceRefusalReason.RECIPIENT_REFUSED),)


def test_a_double_tap_is_refused_and_changes_nothing() -> None:
    book = ServiceBook()
    book.enter(ItemStarted(1_000, "feeding"))
    with pytest.raises(VisitStateError):
        book.enter(ItemStarted(2_000, "feeding"))
    with pytest.raises(VisitStateError):
        book.enter(ItemFinished(3_000, "bathing"))
    assert book.services(VISIT).claimed == (ServiceClaim("feeding", 1_001_000, 599.0),)
