"""A recorded room whose people stand at the screen: the whole device but for its sensors, at the pace of the clock."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from edge_agent import bootstrap
from edge_agent.day_orders import Orders, OrdersFile
from edge_agent.desk.live_desk import DeskParts, LiveDesk
from edge_agent.desk.serving import serve
from edge_agent.desk.viewing import Fitted
from edge_agent.identity import Identity
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.serving import served
from edge_agent.outbox import Outbox
from edge_agent.paced import Pace
from edge_agent.replay import ReplayedVisit, orders_of
from edge_agent.roster import Roster
from edge_agent.sending import send_until
from edge_agent.settings import Settings

# A program that is told to end waits so long for what is on its way.
_DRAIN_S = 2.0


@dataclass(frozen=True)
class ReplayedRoom:
    """One device, whose recordings begin anew with every check-in; ``speed`` is how much faster than life all goes."""

    settings: Settings
    identity: Identity
    roster: Roster
    visit: ReplayedVisit
    speed: float

    def serve(self, tell: Callable[[str], None]) -> None:
        """Serve the screen until the program is told to end; ``tell`` is given its address.

        What is replayed answers no challenge, so none is asked.

        Raises:
            SettingsError: the port is taken, or the orders cannot be read.
            ModelError: the registry cannot be read.
            UplinkError: a broker is set and no server key is pinned.
            OutboxError: a record could not be stored.
        """
        begun_s = time.monotonic()
        pace = Pace(lambda: round(1000 * self.speed * (time.monotonic() - begun_s)), self.speed)
        with bootstrap.open_outbox(self.settings, self.identity) as outbox:
            desk = self._desk(outbox, pace)
            witness = bootstrap.build_witness(self.settings, self.identity, outbox, self.roster, self._wall_ms)
            witness = replace(witness, gather=pace.gather, onlooker=desk.look_on)
            with _ended_in_order(desk), self._screen(desk) as address, self._sending(outbox, desk):
                tell(address)
                serve(desk, witness, lambda: list(self.visit.sensors()))

    def _wall_ms(self, at_ms: int) -> int:
        return self.visit.started_at_ms + at_ms

    def _desk(self, outbox: Outbox, pace: Pace) -> LiveDesk:
        site = self.settings.site.point if self.settings.site else None
        return LiveDesk(
            DeskParts(
                clock=pace.clock,
                wall_ms=self._wall_ms,
                zone=self.settings.kiosk.clock_zone,
                orders=_orders(self.settings, self.visit),
                outbox=outbox,
                fitted=Fitted({one.modality for one in self.visit.sensors()}, site),
                has_voice=lambda caregiver: self.roster.voice(caregiver) is not None,
            )
        )

    def _screen(self, desk: LiveDesk) -> AbstractContextManager[str]:
        return served(kiosk_app(desk, self.settings.kiosk.clock_zone), self.settings.kiosk.port)

    @contextmanager
    def _sending(self, outbox: Outbox, desk: LiveDesk) -> Iterator[None]:
        """Send what waits meanwhile, where a broker is set; the desk is told of receipts."""
        if self.settings.broker is None:
            yield
            return
        with bootstrap.build_uplink(self.settings, self.identity, outbox) as uplink:
            ended = threading.Event()
            told = (ended, uplink, outbox, _DRAIN_S, desk.refresh)
            thread = threading.Thread(target=send_until, args=told, name="uplink", daemon=True)
            thread.start()
            try:
                yield
            finally:
                ended.set()
                thread.join()


def _orders(settings: Settings, visit: ReplayedVisit) -> Callable[[], Orders]:
    if settings.orders.exists():
        return OrdersFile(settings.orders)
    replayed = orders_of(visit)
    return lambda: replayed


@contextmanager
def _ended_in_order(desk: LiveDesk) -> Iterator[None]:
    """Whoever tells the program to end closes the desk: the visit under way is sealed first."""

    def close(_asked: int, _frame: FrameType | None) -> None:
        desk.close()

    before = {asked: signal.signal(asked, close) for asked in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        yield
    finally:
        for asked, handler in before.items():
            signal.signal(asked, handler)
