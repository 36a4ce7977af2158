"""A home with a device whose desk is open: the real witness and the real desk, with staged senses, at a quick pace."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from edge_agent.assembly import Device
from edge_agent.codes import hashed
from edge_agent.day_orders import KnownCaregiver, Order, Orders
from edge_agent.desk.asks import Arrive, Pair
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.serving import Serving
from edge_agent.desk.view import DeskView, VisitView
from edge_agent.desk.viewing import Fitted
from edge_agent.desk.wrong_codes import WrongCodes
from edge_agent.identity import Identity
from edge_agent.left_open import LeftOpen
from edge_agent.mirror import Mirror, mirrored, mirrored_when_due
from edge_agent.note_writing import NoteWriter
from edge_agent.notify import Supervisor
from edge_agent.outbox import Outbox
from edge_agent.paced import Pace
from edge_agent.past_visits import PastVisits
from edge_agent.perception.geodesy import Point
from edge_agent.ports import Sensor
from edge_agent.pulse import Pulse
from edge_agent.readings import Reading
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.witness import Witness
from edge_agent.witness_ports import SensesMaker
from tests.edge_agent.stage import CHECK_IN_UTC_MS, all_sensors, staged_senses
from visit_record.record import Consent, VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import Modality

SPEED = 40.0
ZONE = ZoneInfo("Asia/Shanghai")
PIN, SUPERVISORS = "4711", "830156"
START = datetime.fromtimestamp(CHECK_IN_UTC_MS / 1000, UTC)
ITEMS = ("feeding", "oral_care", "medication")
GRANTED = tuple(Consent(sense, True, "2026-1") for sense in Modality)
ORDERS = Orders(
    order=(
        Order("order-1", "caregiver-1", "recipient-1", START, 600.0, ITEMS, hashed(SUPERVISORS, bytes(16))),
        Order("order-2", "caregiver-2", "recipient-1", START + timedelta(minutes=30), 600.0, ("feeding",)),
        Order("tomorrow", "caregiver-1", "recipient-1", START + timedelta(days=1), 600.0, ITEMS),
    ),
    caregiver=(KnownCaregiver("caregiver-1", "护理员甲", hashed(PIN, bytes(16))),),
)


def arrive(order: str, consents: tuple[Consent, ...]) -> Arrive:
    """Who stands before the screen is whom the order names."""
    named = ORDERS.named(order)
    return Arrive(order, consents, Pair(named.caregiver, named.recipient) if named else Pair("", ""))


@dataclass
class Room:
    """The desk, and what came of the visits at it; time runs forty times as fast as life's."""

    desk: LiveDesk
    outbox: Outbox
    identity: Identity

    def wait(self, true: Callable[[DeskView], bool], timeout_s: float = 20.0) -> DeskView:
        """The first view of which something is true."""
        until_s = time.monotonic() + timeout_s
        while not true(view := self.desk.view()):
            assert time.monotonic() < until_s, view
            self.desk.await_change(view.version, 0.2)
        return view

    def visit(self, true: Callable[[VisitView], bool]) -> VisitView:
        """The first view of the visit under way of which something is true."""
        seen = self.wait(lambda view: view.visit is not None and true(view.visit)).visit
        assert seen is not None
        return seen

    def any_visit(self) -> VisitView:
        """The visit under way, once there is one."""
        return self.visit(lambda _visit: True)

    def records(self) -> list[VisitRecord]:
        """What was sealed."""
        return [
            open_record(one.sealed, lambda _kid: self.identity.key.public_key()).record
            for one in self.outbox.pending(99)
        ]


@contextmanager
def open_room(
    identity: Identity,
    outbox: Outbox,
    *,
    sensors: Callable[[], Sequence[Sensor[Reading]]] = lambda: all_sensors(3600),
    speed: float = SPEED,
    bounds: VisitSettings | None = None,
    orders: Orders | Callable[[], Orders] = ORDERS,
    started: datetime = START,
    pulse: Pulse | None = None,
    live: LiveGathering | None = None,
    shows: bool = True,
    look_s: float = 10,
    meanwhile: Callable[[], None] = lambda: None,
    clock_is_set: bool = True,
    cut: Set[int] = frozenset(),
    senses: SensesMaker = lambda *_: staged_senses(),
) -> Iterator[Room]:
    """``live`` gathers from sensors in threads of their own, by its own clock; ``shows`` whether there is a mirror.

    ``look_s`` is how long whoever checks in or out is looked at.
    """
    folder = TemporaryDirectory()
    begun_s = time.monotonic()
    started_ms = round(started.timestamp() * 1000)
    pace = Pace(lambda: round(1000 * speed * (time.monotonic() - begun_s)), speed)
    fitted, mirror = Fitted({one.modality for one in sensors()}, Point(31.23, 121.47), shows), Mirror()
    device = Device(identity.names, 1, "0.1.0", fitted.site)
    past = PastVisits.of(outbox, identity.key)
    left_open = LeftOpen(outbox.visits, "a release", lambda: speed * time.monotonic())
    desk = LiveDesk(
        DeskParts(
            clock=live.clock if live else pace.clock,
            wall_ms=lambda at_ms: started_ms + at_ms,
            zone=ZONE,
            orders=orders if callable(orders) else lambda: orders,
            outbox=outbox,
            fitted=fitted,
            has_voice=lambda caregiver: caregiver == "caregiver-1",
            notes=NoteWriter(device, identity.key, outbox, past),
            mirror=mirror,
            unsealed=left_open.__len__,
            clock_is_set=lambda: clock_is_set,
            wrong_codes=WrongCodes(Path(folder.name) / "wrong_codes.json"),
        ),
        cut,
    )
    witness = Witness(
        device,
        identity.key,
        outbox,
        senses,
        lambda at_ms: started_ms + at_ms,
        CheckSettings(check_in_s=look_s, check_out_s=look_s),
        bounds or VisitSettings(),
        gather=live.gather if live else mirrored_when_due(pace.gather, mirror),
        close_sensor=live.close if live else lambda _sensor: None,
        onlooker=desk.look_on,
        past=past,
    )
    beating = pulse or Pulse(Supervisor(None), None, "room")

    def lived() -> None:
        beating.beat()
        meanwhile()
        left_open.look()

    fresh = (lambda: mirrored(sensors(), mirror)) if live else sensors
    thread = threading.Thread(target=Serving(desk, witness, fresh, beating, left_open, lived).serve, daemon=True)
    thread.start()
    try:
        yield Room(desk, outbox, identity)
    finally:
        desk.close()
        if live:
            live.end()
        thread.join(20)
        folder.cleanup()
        assert not thread.is_alive()
