"""What the device keeps: its outbox, whom it knows, past visits; and what holds them in bounds."""

from collections.abc import Callable

import structlog

from edge_agent.errors import DiskFullError, OutboxError, VaultError
from edge_agent.every import Every
from edge_agent.housekeeping import Housekeeping
from edge_agent.identity import Identity
from edge_agent.kept_roster import KeptRoster
from edge_agent.kernel_clock import is_believed, kernel_clock
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import open_sound_outbox
from edge_agent.past_visits import PastVisits
from edge_agent.roster import MemoryRoster
from edge_agent.sealed_roster import ROSTER_FILE, SealedRoster, joined
from edge_agent.sensors.monotonic import wall_ms
from edge_agent.settings import Settings


def open_outbox(settings: Settings, identity: Identity, works: Callable[[], None] = lambda: None) -> Outbox:
    """The device's outbox, made on first use, and replaced where it is damaged: for the one program that witnesses.

    ``works`` is called again and again where that takes long.

    Raises:
        OutboxError: the file cannot be used.
    """
    return open_sound_outbox(settings.outbox, identity.names.device, wall_ms(), works)


def share_outbox(settings: Settings, identity: Identity) -> Outbox:
    """The same, beside a program that may be using it, and left as it is.

    Raises:
        OutboxError: the file cannot be used.
    """
    return Outbox(settings.outbox, identity.names.device)


def look_into_outbox(settings: Settings, identity: Identity) -> Outbox:
    """The same, to be read: on a full disk too, where no program is at work that has it open.

    Raises:
        OutboxError: the file cannot be used.
    """
    try:
        return share_outbox(settings, identity)
    except DiskFullError as full:
        try:
            return Outbox(settings.outbox, identity.names.device, alone=True)
        except OutboxError:
            # That another program has it open is not what is wrong.
            raise full from None


def open_roster(settings: Settings, identity: Identity) -> MemoryRoster:
    """Who is enrolled on the device; nobody's visit waits for a roster that cannot be read, which is told."""
    try:
        return SealedRoster.of(settings, identity.key).open()
    except VaultError as error:
        structlog.get_logger().error("roster_unused", reason=str(error))
        return MemoryRoster()


def kept_roster(settings: Settings, identity: Identity, given: MemoryRoster) -> KeptRoster:
    """Whom the device knows, as its file has it whenever somebody asks, and whoever was ``given`` for this program."""
    return KeptRoster(settings.folder / ROSTER_FILE, lambda: joined(open_roster(settings, identity), given))


def past_visits(identity: Identity, outbox: Outbox) -> PastVisits:
    """What caregivers may see of their past visits."""
    return PastVisits.of(outbox, identity.key)


def housekeeping(settings: Settings, identity: Identity, outbox: Outbox) -> Housekeeping:
    """What keeps the device's folder in bounds."""
    return Housekeeping(
        outbox,
        settings.outbox,
        settings.retention,
        SealedRoster.of(settings, identity.key),
        past_visits(identity, outbox),
    )


def kept_house(settings: Settings, identity: Identity, outbox: Outbox) -> Every:
    """The same, done whenever it is time by whoever looks."""
    house = housekeeping(settings, identity, outbox)

    def keep() -> None:
        house.keep(wall_ms(), clock_believed=is_believed(kernel_clock()))

    return Every(settings.retention.housekeeping_every_s, keep)
