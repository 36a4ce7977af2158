"""The program at a screen: visits, one after another, until it is told to end; what is sealed is sent meanwhile."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from edge_agent import bootstrap
from edge_agent.desk.live_desk import DeskParts, LiveDesk
from edge_agent.desk.serving import serve
from edge_agent.desk.viewing import Fitted
from edge_agent.every import Every
from edge_agent.identity import Identity
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.living import Living
from edge_agent.kiosk.serving import served
from edge_agent.outbox import Outbox
from edge_agent.recovery import seal_cut_visits
from edge_agent.roster import Roster
from edge_agent.sending import send_until
from edge_agent.settings import Settings
from edge_agent.sole_witness import sole_witness
from edge_agent.visit_session import VisitSession
from edge_agent.witness import Onlooker

# A program that is told to end waits so long for what is on its way.
_DRAIN_S = 2.0

# Makes visits be lived on a device: see :mod:`edge_agent.kiosk.living`.
MakeLiving = Callable[[Settings, Identity, Outbox, Roster], Living]


def run_at_the_screen(
    settings: Settings, identity: Identity, roster: Roster, make: MakeLiving, tell: Callable[[str], None]
) -> None:
    """Serve the screen until the program is told to end; ``tell`` is given its address.

    Raises:
        SettingsError: the port is taken, or the orders cannot be read.
        ModelError: the registry cannot be read.
        UplinkError: a broker is set and no server key is pinned.
        OutboxError: a record could not be stored.
    """
    with (
        sole_witness(settings.folder),
        bootstrap.open_pulse() as pulse,
        bootstrap.open_outbox(settings, identity) as outbox,
    ):
        living = make(settings, identity, outbox, roster)
        # Before anybody checks in: the visits that the program before this one could not end.
        list(seal_cut_visits(living.witness))
        house = bootstrap.kept_house(settings, identity, outbox)
        house.look()
        desk = _desk(settings, outbox, roster, living)
        app = kiosk_app(desk, settings.kiosk.clock_zone)
        ended_in_order, sending = _ended_in_order(desk, living), _sending(settings, identity, outbox, desk)
        with ended_in_order, served(app, settings.kiosk.port) as address, sending:
            pulse.ready()
            tell(address)
            serve(desk, replace(living.witness, onlooker=_looking_on(desk, house)), living.sensors, pulse)


def _looking_on(desk: LiveDesk, house: Every) -> Onlooker:
    """The desk is shown each visit; the house is kept meanwhile."""

    def look_on(session: VisitSession) -> None:
        desk.look_on(session)
        house.look()

    return look_on


def _desk(settings: Settings, outbox: Outbox, roster: Roster, living: Living) -> LiveDesk:
    site = settings.site.point if settings.site else None
    return LiveDesk(
        DeskParts(
            clock=living.clock,
            wall_ms=living.witness.wall_clock,
            zone=settings.kiosk.clock_zone,
            orders=living.orders,
            outbox=outbox,
            fitted=Fitted({one.modality for one in living.sensors()}, site),
            has_voice=lambda caregiver: roster.voice(caregiver) is not None,
        )
    )


@contextmanager
def _sending(settings: Settings, identity: Identity, outbox: Outbox, desk: LiveDesk) -> Iterator[None]:
    """Send what waits meanwhile, where a broker is set; the desk is told of receipts."""
    if settings.broker is None:
        yield
        return
    with bootstrap.build_uplink(settings, identity, outbox) as uplink:
        ended = threading.Event()
        told = (ended, uplink, outbox, _DRAIN_S, desk.refresh)
        thread = threading.Thread(target=send_until, args=told, name="uplink", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@contextmanager
def _ended_in_order(desk: LiveDesk, living: Living) -> Iterator[None]:
    """Whoever tells the program to end closes the desk: the visit under way is sealed first."""

    def close(_asked: int, _frame: FrameType | None) -> None:
        desk.close()
        living.end()

    before = {asked: signal.signal(asked, close) for asked in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        yield
    finally:
        for asked, handler in before.items():
            signal.signal(asked, handler)
