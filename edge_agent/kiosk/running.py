"""The program at a screen: visits, one after another, until it is told to end; what is sealed is sent meanwhile."""

import signal
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from edge_agent.bootstrap.kept import past_visits
from edge_agent.bootstrap.sending import carrying
from edge_agent.bootstrap.telling import metrics
from edge_agent.bootstrap.witnessing import note_writer
from edge_agent.desk.live_desk import LiveDesk
from edge_agent.desk.parts import DeskParts
from edge_agent.desk.serving import Serving
from edge_agent.desk.viewing import Fitted
from edge_agent.desk.wrong_codes import WrongCodes
from edge_agent.health import sensor_health
from edge_agent.identity import Identity
from edge_agent.kiosk.app import kiosk_app
from edge_agent.kiosk.living import Living
from edge_agent.kiosk.serving import served
from edge_agent.outbox import Outbox, WaitingRecord
from edge_agent.roster import Roster
from edge_agent.running import Running
from edge_agent.settings import Settings

# Makes visits be lived on a device: see :mod:`edge_agent.kiosk.living`.
MakeLiving = Callable[[Settings, Identity, Outbox, Roster], Living]


def run_at_the_screen(device: Running, roster: Roster, make: MakeLiving, tell: Callable[[str], None]) -> None:
    """Serve the screen until the program is told to end; ``tell`` is given its address.

    Records and health travel meanwhile, where a broker is set; what is wrong with it holds up no visit.

    Raises:
        SettingsError: a port is taken.
        ModelError: the registry cannot be read.
        OutboxError: the outbox cannot be read.
    """
    settings, identity, outbox = device.settings, device.identity, device.outbox
    living = make(settings, identity, outbox, roster)
    # Before anybody checks in: the visits that the program before this one could not end are sealed.
    cut: list[WaitingRecord] = []
    witness = device.ready(living.witness, cut.append)
    check = replace(device.check, sensors=lambda: sensor_health(living.statuses()))
    desk = _desk(device, roster, living, {record.seq for record in cut})
    with (
        _ended_in_order(desk, living),
        served(kiosk_app(desk, settings.kiosk.clock_zone), settings.kiosk.port) as address,
        metrics(settings, check),
        carrying(settings, identity, outbox, check, desk.refresh),
    ):
        device.pulse.ready()
        tell(address)
        shown = replace(witness, onlooker=desk.look_on)
        Serving(desk, shown, living.sensors, device.pulse, device.left_open, device.lived).serve()


def _desk(device: Running, roster: Roster, living: Living, cut: Set[int]) -> LiveDesk:
    settings, identity, outbox = device.settings, device.identity, device.outbox
    site = settings.site.point if settings.site else None
    return LiveDesk(
        DeskParts(
            clock=living.clock,
            wall_ms=living.witness.wall_clock,
            zone=settings.kiosk.clock_zone,
            orders=living.orders,
            outbox=outbox,
            fitted=Fitted({one.modality for one in living.sensors()}, site, settings.kiosk.mirror),
            has_voice=lambda caregiver: roster.voice(caregiver) is not None,
            notes=note_writer(living.witness, past_visits(identity, outbox)),
            mirror=living.mirror,
            unsealed=device.left_open.__len__,
            clock_is_set=living.witness.clock_is_set,
            wrong_codes=WrongCodes(settings.wrong_codes),
        ),
        cut,
    )


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
