"""At the desk of a device: what people ask reaches the visit, and what befalls the visit reaches a screen."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.day_orders import Orders
from edge_agent.desk.asks import (
    Arrive,
    BeginItem,
    FinishItem,
    Leave,
    LookBack,
    Pair,
    RefuseItem,
    ShowOtherwise,
    TakeBackItem,
    TryAgain,
    WithdrawConsent,
)
from edge_agent.desk.view import SenseState
from edge_agent.desk.wrong_codes import FREE_TRIES
from edge_agent.errors import DeskError, Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.identity import Identity
from edge_agent.notify import Supervisor
from edge_agent.outbox import Outbox
from edge_agent.pulse import Alive, Pulse, read_alive
from edge_agent.readings import PositionReading
from edge_agent.senses import Senses
from edge_agent.service_book import Standing
from edge_agent.visit_settings import OVERTIME_S, VisitSettings
from edge_agent.visit_state import VisitState
from tests.desk.room import GRANTED, ITEMS, ORDERS, PIN, SUPERVISORS, Room, arrive, open_room
from tests.edge_agent.stage import StagedSensor, staged_senses, thermal
from visit_record.receipts import Receipt
from visit_record.record import Consent
from visit_record.vocabulary import Ending, FixType, IdentityMethod, Modality, NotObservedReason, ServiceRefusalReason

ARRIVE = arrive("order-1", GRANTED)


def refused(room: Room, ask: object) -> Refusal:
    with pytest.raises(DeskError) as error:
        room.desk.ask(ask)  # type: ignore[arg-type]
    return error.value.refusal


def test_orders_of_the_day_alone_are_shown_and_those_of_tomorrow_are_not(room: Room) -> None:
    view = room.desk.view()
    assert [order.order for order in view.orders] == ["order-1", "order-2"]
    assert (view.orders[0].caregiver_name, view.orders[0].recipient_name) == ("护理员甲", "recipient-1")
    assert (view.visit, view.sealed, view.waiting) == (None, None, 0)


def test_a_whole_visit_is_asked_for_seen_and_sealed(room: Room) -> None:
    room.desk.ask(ARRIVE)
    first = room.visit(lambda visit: visit.state is VisitState.CHECKING_IN)
    assert [(item.item, item.standing) for item in first.items] == [(item, Standing.OPEN) for item in ITEMS]
    room.desk.ask(BeginItem("feeding"))
    room.desk.ask(RefuseItem("oral_care", ServiceRefusalReason.RECIPIENT_REFUSED))
    begun = room.visit(lambda visit: {Standing.UNDER_WAY, Standing.REFUSED} <= {one.standing for one in visit.items})
    assert next(one for one in begun.items if one.item == "oral_care").reason is ServiceRefusalReason.RECIPIENT_REFUSED
    room.visit(lambda visit: visit.items[0].given_s >= 2)
    room.desk.ask(FinishItem("feeding"))
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT and visit.items[0].standing is Standing.GIVEN)
    room.desk.ask(Leave())
    done = room.wait(lambda view: view.sealed is not None)
    assert done.sealed is not None
    assert (done.sealed.seq, done.sealed.ending, done.sealed.waiting) == (1, Ending.CHECKED_OUT, True)
    assert (done.waiting, done.orders[0].seq, done.visit) == (1, 1, None)
    (record,) = room.records()
    assert record.who.order == ORDERS.order[0].planned
    assert [claim.item for claim in record.services.claimed] == ["feeding"]


def test_what_the_senses_say_now_is_seen_in_numbers_and_words_of_the_record(room: Room) -> None:
    room.desk.ask(ARRIVE)
    seen = room.visit(lambda visit: all(sense.state is SenseState.SENSING for sense in visit.senses))
    by_sense = {sense.modality: sense for sense in seen.senses}
    assert (by_sense[Modality.THERMAL].people, by_sense[Modality.THERMAL].bed_occupied) == (2, True)
    assert by_sense[Modality.POSITION].fix is FixType.FIX_3D
    assert seen.place is not None
    assert (seen.place.satellites, seen.place.accuracy_m) == (9, 5.0)
    assert seen.place.distance_m == pytest.approx(0, abs=1)
    assert seen.look is not None
    assert seen.look.recognition is Recognition.EXPECTED


@pytest.mark.parametrize("told", [0, None])
def test_a_fix_whose_satellites_are_untold_or_none_is_seen_without_their_number(
    identity: Identity, outbox: Outbox, told: int | None
) -> None:
    fixes = [PositionReading(1000 * at_s, FixType.FIX_3D, 31.23, 121.47, 5.0, told) for at_s in range(60)]
    with open_room(identity, outbox, sensors=lambda: [StagedSensor(Modality.POSITION, fixes)], orders=ORDERS) as room:
        room.desk.ask(ARRIVE)
        seen = room.visit(lambda visit: visit.place is not None)
    assert seen.place is not None
    assert (seen.place.fix, seen.place.satellites) == (FixType.FIX_3D, None)


def test_a_sense_that_is_not_used_says_why(identity: Identity, outbox: Outbox) -> None:
    consents = (*(one for one in GRANTED if one.modality is not Modality.SOUND), Consent(Modality.SOUND, False, "1"))
    with open_room(identity, outbox, sensors=lambda: [thermal(60, fails="the cable is out")], orders=ORDERS) as room:
        room.desk.ask(arrive("order-1", consents))
        seen = room.visit(lambda visit: any(sense.state is SenseState.LOST for sense in visit.senses))
    told = {sense.modality: (sense.state, sense.reason) for sense in seen.senses}
    assert told == {
        Modality.FACE: (SenseState.UNUSED, NotObservedReason.SENSOR_ABSENT),
        Modality.VOICE: (SenseState.UNUSED, NotObservedReason.SENSOR_ABSENT),
        Modality.SOUND: (SenseState.UNUSED, NotObservedReason.CONSENT_WITHHELD),
        Modality.THERMAL: (SenseState.LOST, NotObservedReason.SENSOR_FAULT),
        Modality.POSITION: (SenseState.UNUSED, NotObservedReason.SENSOR_ABSENT),
    }
    assert seen.look is None


def test_nothing_is_asked_of_a_visit_that_is_not_there(room: Room) -> None:
    assert refused(room, Leave()) is Refusal.NOT_NOW
    assert refused(room, arrive("order-9", GRANTED)) is Refusal.UNKNOWN_ORDER


def test_consent_of_one_pair_is_never_another_s(room: Room) -> None:
    """The orders were replaced while the page of consent was open."""
    others = Arrive("order-1", GRANTED, Pair("caregiver-2", "recipient-1"))
    assert refused(room, others) is Refusal.OTHERS_ORDER
    assert room.desk.view().opening is None


def test_what_cannot_be_had_changes_nothing(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
    assert refused(room, ARRIVE) is Refusal.NOT_NOW
    assert refused(room, FinishItem("feeding")) is Refusal.NOT_NOW
    assert refused(room, BeginItem("nonsense")) is Refusal.UNKNOWN_ITEM
    seen = room.any_visit()
    assert {item.standing for item in seen.items} == {Standing.OPEN}


def test_what_is_under_way_is_not_begun_again_and_not_refused(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    room.desk.ask(BeginItem("feeding"))
    room.visit(lambda visit: visit.items[0].standing is Standing.UNDER_WAY)
    assert refused(room, BeginItem("feeding")) is Refusal.NOT_NOW
    assert refused(room, RefuseItem("feeding", ServiceRefusalReason.OTHER)) is Refusal.NOT_NOW


def test_a_slip_is_taken_back_by_the_screen_and_nothing_of_it_is_claimed(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    assert refused(room, TakeBackItem("feeding")) is Refusal.NOT_NOW
    room.desk.ask(BeginItem("feeding"))
    room.visit(lambda visit: visit.items[0].standing is Standing.UNDER_WAY)
    room.desk.ask(TakeBackItem("feeding"))
    room.visit(lambda visit: visit.items[0].standing is Standing.OPEN)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    (record,) = room.records()
    assert record.services.claimed == ()
    journal = room.outbox.journals.lines(record.jti)
    assert journal is not None
    assert [journal.count(said) for said in (b'"ItemStarted"', b'"ItemTakenBack"')] == [1, 1]


def test_the_reason_why_an_item_is_not_given_can_be_changed(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    for reason in (ServiceRefusalReason.NO_SUPPLIES, ServiceRefusalReason.RECIPIENT_REFUSED):
        room.desk.ask(RefuseItem("feeding", reason))
        room.visit(lambda visit, reason=reason: visit.items[0].reason is reason)  # type: ignore[misc]
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    (record,) = room.records()
    assert [one.reason for one in record.services.refused] == [ServiceRefusalReason.RECIPIENT_REFUSED]


def test_the_other_ways_in_are_those_that_this_caregiver_has(room: Room) -> None:
    room.desk.ask(ARRIVE)
    seen = room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
    assert seen.ways == (IdentityMethod.VOICE, IdentityMethod.PIN, IdentityMethod.SUPERVISOR_CODE)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    room.desk.ask(arrive("order-2", GRANTED))
    assert room.any_visit().ways == ()


@pytest.mark.parametrize(
    ("method", "code"),
    [(IdentityMethod.PIN, PIN), (IdentityMethod.SUPERVISOR_CODE, SUPERVISORS), (IdentityMethod.VOICE, "")],
)
def test_another_way_in_is_recorded_as_such(room: Room, method: IdentityMethod, code: str) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    room.desk.ask(ShowOtherwise(method, code))
    room.visit(lambda visit: visit.method is method)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    assert room.records()[0].who.checked_in_by is method


def test_a_wrong_code_is_no_way_in_is_counted_and_never_stops_the_visit(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    for _ in range(FREE_TRIES):
        assert refused(room, ShowOtherwise(IdentityMethod.PIN, "0000")) is Refusal.WRONG_CODE
    assert refused(room, ShowOtherwise(IdentityMethod.PIN, PIN)) is Refusal.TOO_MANY_CODES
    room.desk.ask(BeginItem("feeding"))
    seen = room.visit(lambda visit: visit.items[0].standing is Standing.UNDER_WAY)
    assert seen.method is IdentityMethod.FACE
    room.desk.ask(ShowOtherwise(IdentityMethod.SUPERVISOR_CODE, SUPERVISORS))
    room.visit(lambda visit: visit.method is IdentityMethod.SUPERVISOR_CODE)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    (record,) = room.records()
    journal = room.outbox.journals.lines(record.jti)
    assert journal is not None
    assert journal.count(b'"CodeRefused"') == FREE_TRIES


def test_a_pin_that_was_guessed_at_in_one_visit_rests_in_the_next_and_at_the_door_of_past_visits(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    for _ in range(FREE_TRIES):
        refused(room, ShowOtherwise(IdentityMethod.PIN, "0000"))
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    assert refused(room, LookBack("caregiver-1", PIN)) is Refusal.WAIT_WITH_PINS
    room.desk.ask(ARRIVE)
    room.any_visit()
    assert refused(room, ShowOtherwise(IdentityMethod.PIN, PIN)) is Refusal.TOO_MANY_CODES


def test_who_was_not_recognised_tries_again_until_no_look_is_left(room: Room) -> None:
    room.desk.ask(ARRIVE)
    for left in (1, 0):
        room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
        room.desk.ask(TryAgain())
        room.visit(lambda visit, left=left: visit.look is not None and visit.look.looks_left == left)  # type: ignore[misc]
    assert refused(room, TryAgain()) is Refusal.NO_SUCH_WAY


def test_consent_that_is_taken_back_at_the_screen_ends_the_sense_and_is_recorded(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.visit(lambda visit: all(sense.state is SenseState.SENSING for sense in visit.senses))
    room.desk.ask(WithdrawConsent(Modality.SOUND))
    withheld = (SenseState.LOST, NotObservedReason.CONSENT_WITHHELD)
    room.visit(
        lambda visit: (
            [(one.state, one.reason) for one in visit.senses if one.modality in {Modality.SOUND, Modality.VOICE}]
            == [withheld, withheld]
        )
    )
    for sense in (Modality.SOUND, Modality.VOICE):
        assert refused(room, WithdrawConsent(sense)) is Refusal.NOT_NOW
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None)
    (record,) = room.records()
    reasons = {cover.modality: cover.reason for cover in record.integrity.coverage}
    assert reasons[Modality.SOUND] is reasons[Modality.VOICE] is NotObservedReason.CONSENT_WITHHELD
    assert reasons[Modality.THERMAL] is None


def test_two_hand_over_and_the_second_is_checked_in_without_asking_again(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
    room.desk.ask(arrive("order-2", GRANTED))
    second = room.visit(lambda visit: visit.order.order == "order-2")
    assert second.order.caregiver == "caregiver-2"
    (first,) = room.records()
    assert (first.who.caregiver, first.span.ending) == ("caregiver-1", Ending.CHECKED_OUT)


def test_who_waited_for_an_order_that_was_taken_out_meanwhile_is_told_so_at_once(
    identity: Identity, outbox: Outbox
) -> None:
    loaded, ordered = threading.Event(), [ORDERS]

    def senses(*_: object) -> Senses:
        assert loaded.wait(10)
        return staged_senses()

    with open_room(identity, outbox, orders=lambda: ordered[-1], senses=senses) as room:
        room.desk.ask(ARRIVE)
        waiting = room.desk.view()
        assert waiting.opening is not None
        ordered.append(Orders())
        loaded.set()
        assert room.desk.await_change(waiting.version, 10) > waiting.version
        told = room.desk.view()
        assert (told.turned_away, told.opening) == (Refusal.UNKNOWN_ORDER, None)
        room.wait(lambda view: view.turned_away is None)
        ordered.append(ORDERS)
        room.desk.ask(ARRIVE)
        assert room.any_visit().order.order == "order-1"


def test_who_comes_while_another_is_checked_out_need_not_wait(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
    room.desk.ask(Leave())
    room.visit(lambda visit: visit.state is VisitState.CHECKING_OUT)
    room.desk.ask(arrive("order-2", GRANTED))
    room.visit(lambda visit: visit.order.order == "order-2")
    assert [record.span.ending for record in room.records()] == [Ending.CHECKED_OUT]


def test_a_forgotten_check_out_is_sealed_and_told(identity: Identity, outbox: Outbox) -> None:
    with open_room(identity, outbox, bounds=VisitSettings(forgotten_after_s=20), speed=2000) as room:
        room.desk.ask(ARRIVE)
        sealed = room.wait(lambda view: view.sealed is not None).sealed
    assert sealed is not None
    assert (sealed.ending, sealed.duration_s) == (Ending.ABANDONED, ORDERS.order[0].planned_duration_s + OVERTIME_S)


def test_a_desk_that_is_closed_seals_the_visit_under_way_as_interrupted(identity: Identity, outbox: Outbox) -> None:
    with open_room(identity, outbox) as room:
        room.desk.ask(ARRIVE)
        room.any_visit()
    assert [record.span.ending for record in room.records()] == [Ending.INTERRUPTED]
    assert refused(room, ARRIVE) is Refusal.CLOSED


def test_a_receipt_is_seen_on_the_screen(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.any_visit()
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None and view.sealed.waiting)
    (waiting,) = room.outbox.pending(1)
    assert room.outbox.accept(Receipt("device-1", waiting.seq, waiting.digest, 0, 0))
    room.desk.refresh()
    room.wait(lambda view: view.sealed is not None and not view.sealed.waiting)


def test_an_order_over_midnight_is_of_both_days(identity: Identity, outbox: Outbox) -> None:
    late = datetime.fromisoformat("2026-01-05T23:50:00+08:00")
    night = Orders(order=(replace(ORDERS.order[0], planned_start=late, planned_duration_s=1800.0),))
    for now in (late, late + timedelta(minutes=20)):
        with open_room(identity, outbox, orders=night, started=now) as room:
            assert [order.order for order in room.desk.view().orders] == ["order-1"]
    with open_room(identity, outbox, orders=night, started=late + timedelta(days=2)) as room:
        assert room.desk.view().orders == ()


def test_a_clock_that_began_anew_at_boot_keeps_nobody_from_checking_in(identity: Identity, outbox: Outbox) -> None:
    """A power cut without a network, on a board without a battery: it is the day on which the system was built."""
    built = datetime.fromisoformat("2025-10-01T00:00:00+00:00")
    with open_room(identity, outbox, started=built) as room:
        assert room.desk.view().orders == (), "of a clock that can be believed, today is today"
    with open_room(identity, outbox, started=built, clock_is_set=False) as room:
        view = room.desk.view()
        assert not view.clock_is_set
        assert [order.order for order in view.orders] == ["order-1", "order-2", "tomorrow"]
        room.desk.ask(ARRIVE)
        room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
        room.desk.ask(Leave())
        room.wait(lambda view: view.sealed is not None)
    assert room.records()[0].who.order == ORDERS.order[0].planned


def test_a_visit_goes_on_over_midnight_though_its_order_was_yesterdays(identity: Identity, outbox: Outbox) -> None:
    midnight = datetime.fromisoformat("2026-01-06T00:00:00+08:00")
    early = replace(ORDERS.order[0], planned_start=midnight - timedelta(hours=1), planned_duration_s=1800.0)
    started = midnight - timedelta(seconds=5)
    with open_room(identity, outbox, orders=Orders(order=(early,)), started=started) as room:
        room.desk.ask(ARRIVE)
        view = room.wait(lambda view: view.visit is not None and view.visit.elapsed_s > 8)
        assert view.orders == ()
        assert view.visit is not None
        assert view.visit.order.order == "order-1"


def test_a_desk_at_which_nobody_stands_is_alive_and_a_visit_at_it_is_told_to_updates(
    identity: Identity, outbox: Outbox, tmp_path: Path
) -> None:
    file = tmp_path / "alive"
    pulse = Pulse(Supervisor(None), file, "room")
    pulse.ready()

    def alive() -> Alive:
        told = read_alive(file)
        assert told is not None
        return told

    with open_room(identity, outbox, pulse=pulse) as room:
        room.wait(lambda _view: alive().beat_ms > alive().ready_since_ms)
        assert not alive().visit
        room.desk.ask(ARRIVE)
        room.wait(lambda view: alive().visit and view.visit is not None)
        room.desk.ask(Leave())
        room.wait(lambda view: view.sealed is not None and not alive().visit)
