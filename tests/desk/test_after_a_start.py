"""A desk that begins anew knows what was sealed before it, and tells whoever comes what was cut short."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from msgspec.structs import replace

from edge_agent.actions import CheckIn, ItemStarted
from edge_agent.assembly import Device
from edge_agent.consent import Permissions
from edge_agent.desk.asks import Leave
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.past_visits import PastVisits
from edge_agent.senses import Senses
from edge_agent.visit_settings import VisitSettings
from edge_agent.visit_state import VisitState
from edge_agent.witness import Witness
from edge_agent.witness_ports import WallClock
from tests.desk.room import GRANTED, ORDERS, SPEED, START, Room, arrive, open_room
from tests.edge_agent.recovered import seal_cut_visits
from tests.edge_agent.stage import CHECK_IN_UTC_MS, all_sensors, check_in, receiver, staged_senses, thermal
from tests.edge_agent.test_cut_visits import PlugPulledError
from visit_record.receipts import Receipt
from visit_record.vocabulary import Ending, Modality

LOADING_S = 1.0


def a_visit(room: Room) -> None:
    room.desk.ask(arrive("order-1", GRANTED))
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
    room.desk.ask(Leave())
    room.wait(lambda view: view.sealed is not None and view.visit is None)


def cut_short(identity: Identity, outbox: Outbox) -> set[int]:
    """Somebody has checked in, the power goes, and the next start seals what was seen."""

    def until(now_ms: int) -> None:
        if now_ms >= 300_000:
            raise PlugPulledError

    witness = Witness(
        Device(identity.names, 1, "0.1.0", None),
        identity.key,
        outbox,
        lambda *_: staged_senses(),
        lambda at_ms: CHECK_IN_UTC_MS + at_ms,
        bounds=VisitSettings(kept_every_s=1e-6),
        past=PastVisits.of(outbox, identity.key),
    )
    with pytest.raises(PlugPulledError):
        witness.witness(all_sensors(620), [check_in(), ItemStarted(60_000, "feeding")], until)
    return {record.seq for record in seal_cut_visits(witness)}


@dataclass
class SlowAtFirst:
    """Senses whose models are read from a card the first time, and are in memory afterwards; what each was allowed."""

    allowed: list[Permissions] = field(default_factory=list)

    def __call__(self, _check_in: CheckIn, permissions: Permissions, _utc_ms: WallClock) -> Senses:
        if not self.allowed:
            time.sleep(LOADING_S)
        self.allowed.append(permissions)
        return staged_senses()


def test_who_comes_while_models_load_checks_in_when_they_are_there(identity: Identity, outbox: Outbox) -> None:
    """What loading takes would be out of the time in which their face is looked at."""
    senses = SlowAtFirst()
    with open_room(identity, outbox, senses=senses) as room:
        room.desk.ask(arrive("order-1", GRANTED))
        assert room.desk.view().opening is not None
        room.any_visit()
    (record,) = room.records()
    assert record.span.check_in_ms - CHECK_IN_UTC_MS >= 1000 * SPEED * LOADING_S
    assert len(senses.allowed) == 2


def test_what_is_loaded_for_whoever_comes_is_what_is_fitted_and_opens_no_sensor(
    identity: Identity, outbox: Outbox
) -> None:
    senses, fitted = SlowAtFirst(), [thermal(60), receiver(60)]
    with open_room(identity, outbox, senses=senses, sensors=lambda: fitted) as room:
        room.wait(lambda _view: bool(senses.allowed))
    assert senses.allowed[0].granted == {Modality.THERMAL, Modality.POSITION}
    assert not any(sensor.opened for sensor in fitted)


@pytest.mark.parametrize("received", [False, True])
def test_what_was_sealed_before_a_start_is_not_asked_for_again(
    identity: Identity, outbox: Outbox, received: bool
) -> None:
    with open_room(identity, outbox) as room:
        a_visit(room)
    if received:
        (waiting,) = outbox.pending(1)
        assert outbox.accept(Receipt("device-1", waiting.seq, waiting.digest, 0, 0))
    with open_room(identity, outbox) as room:
        view = room.desk.view()
    assert [(order.order, order.seq, order.ending) for order in view.orders] == [
        ("order-1", 1, Ending.CHECKED_OUT),
        ("order-2", None, None),
    ]
    assert view.sealed is None, "it was shown when it was sealed"


def test_an_order_that_is_called_as_yesterdays_is_another(identity: Identity, outbox: Outbox) -> None:
    with open_room(identity, outbox) as room:
        a_visit(room)
    again = replace(ORDERS, order=(replace(ORDERS.order[0], planned_start=START + timedelta(days=1)),))
    with open_room(identity, outbox, orders=again, started=START + timedelta(days=1)) as room:
        assert [(order.order, order.seq) for order in room.desk.view().orders] == [("order-1", None)]


def test_whoever_comes_after_a_power_cut_is_told_and_checks_in_again(identity: Identity, outbox: Outbox) -> None:
    cut = cut_short(identity, outbox)
    with open_room(identity, outbox, cut=cut) as room:
        view = room.desk.view()
        assert view.sealed is not None
        told = view.sealed
        assert (told.order.order, told.seq, told.ending, told.waiting) == ("order-1", 1, Ending.INTERRUPTED, True)
        assert told.duration_s == pytest.approx(300, abs=2)
        assert (view.orders[0].seq, view.orders[0].ending) == (1, Ending.INTERRUPTED)
        a_visit(room)
        again = room.desk.view()
    assert again.sealed is not None
    assert (again.sealed.seq, again.sealed.ending) == (2, Ending.CHECKED_OUT)
    assert (again.orders[0].seq, again.orders[0].ending) == (2, Ending.CHECKED_OUT)


def test_what_was_sealed_before_is_shown_no_more_once_a_visit_is_under_way(identity: Identity, outbox: Outbox) -> None:
    with open_room(identity, outbox, cut=cut_short(identity, outbox)) as room:
        assert room.desk.view().sealed is not None
        room.desk.ask(arrive("order-2", GRANTED))
        assert room.wait(lambda view: view.visit is not None).sealed is None


@pytest.mark.parametrize(("minutes", "told"), [(-60, True), (10, True), (30, False)])
def test_a_stop_that_cut_a_visit_is_told_of_at_a_start_soon_after_whatever_the_clock_says_until_it_is_set(
    identity: Identity, outbox: Outbox, minutes: int, told: bool
) -> None:
    with open_room(identity, outbox) as room:
        room.desk.ask(arrive("order-1", GRANTED))
        room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
        room.desk.close()
        room.wait(lambda view: view.visit is None and view.waiting == 1)
    with open_room(identity, outbox, started=START + timedelta(minutes=minutes)) as room:
        sealed = room.desk.view().sealed
    assert (sealed is not None) is told
    if sealed:
        assert (sealed.order.order, sealed.seq, sealed.ending) == ("order-1", 1, Ending.INTERRUPTED)


def test_a_stop_that_cut_a_visit_is_told_of_no_more_once_another_was_sealed(identity: Identity, outbox: Outbox) -> None:
    cut_short(identity, outbox)
    with open_room(identity, outbox) as room:
        room.desk.ask(arrive("order-2", GRANTED))
        room.visit(lambda visit: visit.state is VisitState.IN_VISIT)
        room.desk.ask(Leave())
        room.wait(lambda view: view.sealed is not None and view.visit is None)
    with open_room(identity, outbox) as room:
        assert room.desk.view().sealed is None


def test_a_start_long_after_a_stop_tells_of_nothing_and_the_order_still_says_that_it_was_cut_short(
    identity: Identity, outbox: Outbox
) -> None:
    cut_short(identity, outbox)
    with open_room(identity, outbox, started=START + timedelta(hours=1)) as room:
        view = room.desk.view()
    assert view.sealed is None
    assert view.orders[0].ending is Ending.INTERRUPTED
