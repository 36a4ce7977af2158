"""Between the desk and the witness: what a disk, a clock or a fault of ours does to those who come to the desk."""

from itertools import count
from pathlib import Path
from typing import Never

import pytest

from edge_agent.assembly import Device
from edge_agent.desk.asks import Leave
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.desk.serving import Serving
from edge_agent.errors import VisitStateError
from edge_agent.identity import Identity
from edge_agent.left_open import LeftOpen
from edge_agent.notify import Supervisor
from edge_agent.outbox import Outbox
from edge_agent.ports import Sensor
from edge_agent.pulse import Pulse
from edge_agent.readings import Reading
from edge_agent.witness import Witness
from tests.desk.room import GRANTED, Room, arrive, open_room
from tests.edge_agent.full_disk import fill, small_disk
from tests.edge_agent.stage import CHECK_IN_UTC_MS, staged_senses
from tests.whole import await_true
from visit_record.vocabulary import Ending


def visit(room: Room, order: str) -> None:
    room.desk.ask(arrive(order, GRANTED))
    room.visit(lambda seen: seen.order.order == order)
    room.desk.ask(Leave())


def test_a_visit_that_the_disk_does_not_take_keeps_nobody_from_the_next_one(tmp_path: Path, identity: Identity) -> None:
    with (
        small_disk(tmp_path / "disk", 3_000) as disk,
        Outbox(disk / "outbox.db", "device-1") as outbox,
        open_room(identity, outbox) as room,
    ):
        filler = fill(disk)
        visit(room, "order-1")
        room.wait(lambda view: view.visit is None and view.unsealed == 1)
        visit(room, "order-2")
        view = room.wait(lambda view: view.visit is None and view.unsealed == 2)
        assert (view.sealed, view.waiting) == (None, 0)
        filler.unlink()
        view = room.wait(lambda view: view.unsealed == 0)
        assert [order.seq for order in view.orders] == [1, 2]
        assert [record.who.caregiver for record in room.records()] == ["caregiver-1", "caregiver-2"]
        assert {record.span.ending for record in room.records()} == {Ending.CHECKED_OUT}


def test_a_desk_that_closes_tries_once_more(tmp_path: Path, identity: Identity) -> None:
    with small_disk(tmp_path / "disk", 3_000) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        with open_room(identity, outbox) as room:
            filler = fill(disk)
            visit(room, "order-1")
            room.wait(lambda view: view.unsealed == 1)
            filler.unlink()
        assert outbox.count() == 1


def test_whoever_waits_keeps_the_house_too(identity: Identity, outbox: Outbox) -> None:
    looks = list[int]()
    with open_room(identity, outbox, meanwhile=lambda: looks.append(1)) as room:
        await_true(lambda: len(looks) >= 2)
        assert room.desk.view().visit is None, "nobody came"


class GoesWrong(Witness):
    """A visit that has begun goes as none can."""

    def live(self, *_: object) -> Never:
        raise VisitStateError("checked_out: CheckIn")


def test_a_begun_visit_that_goes_wrong_is_not_taken_for_one_that_nobody_came_to(
    identity: Identity, outbox: Outbox, room: Room
) -> None:
    device = Device(identity.names, 1, "0.1.0", None)
    witness = GoesWrong(device, identity.key, outbox, lambda *_: staged_senses(), lambda at_ms: CHECK_IN_UTC_MS + at_ms)
    desk = LiveDesk(room.desk._parts)
    left_open = LeftOpen(outbox.visits, "a release")

    asked = count()

    def sensors() -> list[Sensor[Reading]]:
        # First for what is loaded, then for the visit, after which there is none.
        if next(asked):
            desk.close()
        return []

    serving = Serving(desk, witness, sensors, Pulse(Supervisor(None), None, "room"), left_open, lambda: None)
    with pytest.raises(VisitStateError, match="checked_out"):
        serving.serve()
