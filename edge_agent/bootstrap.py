"""Wiring: the one place where real parts are chosen. Tests and the simulator hand in others by the same doors."""

import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import SystemRandom

import structlog

from edge_agent.assembly import Device
from edge_agent.calibration.sound import OpenedSite, open_site
from edge_agent.carrier import Carrier
from edge_agent.check_plan import Asker, asker
from edge_agent.errors import DiskFullError, ModelError, OutboxError, SiteSoundError, UplinkError, VaultError
from edge_agent.every import Every
from edge_agent.health import HealthCheck
from edge_agent.housekeeping import Housekeeping
from edge_agent.identity import SERVER_KEY_FILE, Identity
from edge_agent.kept_roster import KeptRoster
from edge_agent.kernel_clock import is_believed, kernel_clock
from edge_agent.latencies import Latencies
from edge_agent.machine import FirmwareWord, ask_firmware, boot_id, machine_health
from edge_agent.metrics import serving_metrics
from edge_agent.model_senses import ModelSenses
from edge_agent.note_writing import NoteWriter
from edge_agent.notify import Supervisor
from edge_agent.orders_file import people_of
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import open_sound_outbox
from edge_agent.past_visits import PastVisits
from edge_agent.perception.model_store import ModelStore
from edge_agent.pulse import Pulse
from edge_agent.redaction import Redaction, ids_in
from edge_agent.roster import MemoryRoster, Roster
from edge_agent.sealed_roster import ROSTER_FILE, SealedRoster, joined
from edge_agent.sensors.live import fitted_parts, guards
from edge_agent.sensors.monotonic import monotonic_ms, wall_ms
from edge_agent.settings import CheckSettings, Settings
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.support_bundle import SupportBundle
from edge_agent.updating.environment import release_of
from edge_agent.uplink import Uplink
from edge_agent.witness import WallClock, Witness
from visit_record.health import write_health


def software_version() -> str:
    """What every record carries: the release by its name, or the version of what was installed without one."""
    return release_of(Path(sys.prefix)) or version("carewitness")


def release() -> str:
    """What runs: releases of one version differ in their folders, what is installed in one folder in its version."""
    return f"{version('carewitness')} {_program()}"


def open_pulse() -> Pulse:
    """The sign of life of this program: for the supervisor that started it, and in the file that it was given."""
    kept = os.environ.get("CAREWITNESS_ALIVE")
    return Pulse(Supervisor(os.environ.get("NOTIFY_SOCKET")), Path(kept) if kept else None, _program())


def open_outbox(settings: Settings, identity: Identity, works: Callable[[], None] = lambda: None) -> Outbox:
    """The device's outbox, made on first use, and replaced where it is damaged: for the one program that witnesses.

    ``works`` is called again and again where that takes long.

    Raises:
        OutboxError: the file cannot be used.
    """
    return open_sound_outbox(settings.outbox, identity.names.device, _now_ms(), works)


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


def note_writer(witness: Witness, past: PastVisits) -> NoteWriter:
    """Seals what caregivers write of them, in the name of the device that witnesses."""
    return NoteWriter(witness.device, witness.key, witness.outbox, past)


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
        house.keep(_now_ms(), clock_believed=is_believed(kernel_clock()))

    return Every(settings.retention.housekeeping_every_s, keep)


def build_witness(
    settings: Settings,
    identity: Identity,
    outbox: Outbox,
    roster: Roster,
    wall_clock: WallClock,
) -> Witness:
    """A witness with the models of the registry and the settings of the device.

    Raises:
        ModelError: the registry cannot be read.
    """
    store = ModelStore.open(settings.models)
    return Witness(
        device=Device(
            names=identity.names,
            boot_count=identity.boot_count,
            software=software_version(),
            site=settings.site.point if settings.site else None,
        ),
        key=identity.key,
        outbox=outbox,
        open_senses=ModelSenses(
            store,
            roster,
            bed=settings.bed_area,
            site=_site_sounds(settings.folder, store),
            view=settings.array_view,
        ),
        wall_clock=wall_clock,
        checks=settings.checks,
        bounds=settings.visit,
        past=past_visits(identity, outbox),
        boot=boot_id(),
    )


def build_gathering(settings: Settings) -> LiveGathering:
    """What watches over the parts that are fitted; one visit at a time."""
    return LiveGathering(settings.supervision, monotonic_ms, wall_ms, tuple(guards(settings.tamper)))


def build_live_witness(
    settings: Settings, identity: Identity, outbox: Outbox, roster: Roster, gathering: LiveGathering
) -> Witness:
    """A witness of what happens now, by the machine's own clocks.

    Raises:
        ModelError: the registry cannot be read.
    """
    witness = build_witness(settings, identity, outbox, roster, lambda at_ms: wall_ms() - monotonic_ms() + at_ms)
    return replace(
        witness,
        gather=gathering.gather,
        close_sensor=gathering.close,
        clock_status=kernel_clock,
        tells_now=True,
    )


def _site_sounds(folder: Path, store: ModelStore) -> OpenedSite | None:
    """What this home taught; where it cannot be used the model listens alone, and the record names no calibration."""
    try:
        return open_site(folder, store)
    except (SiteSoundError, ModelError) as error:
        structlog.get_logger().error("site_sound_unused", reason=str(error))
        return None


def unforeseeable(checks: CheckSettings) -> Asker:
    """What a witness asks of faces where people can be asked: by the operating system's randomness, known to nobody."""
    return asker(checks, SystemRandom())


def build_uplink(
    settings: Settings, identity: Identity, outbox: Outbox, received: Callable[[], None] = lambda: None
) -> Uplink:
    """The way to the broker of the settings; ``received`` is called when receipts came.

    Raises:
        UplinkError: no broker is set, or its address is wrong.
    """
    if settings.broker is None:
        raise UplinkError("no broker is set; add [broker] to the settings")
    return Uplink(settings.broker.url, identity, outbox, received=received)


def health_check(settings: Settings, outbox: Outbox, latencies: Latencies) -> HealthCheck:
    """What knows how the device fares. Who watches over its sensors adds what they say."""
    said_in = os.environ.get("CAREWITNESS_FIRMWARE")
    machine = partial(machine_health, firmware=FirmwareWord(Path(said_in)) if said_in else ask_firmware)
    return HealthCheck(
        outbox,
        settings.outbox,
        software_version(),
        _now_ms,
        latencies,
        machine=machine,
        fitted=fitted_parts(settings),
    )


def timed(witness: Witness, latencies: Latencies) -> Witness:
    """The same witness, whose senses are timed."""
    opened = witness.open_senses
    return replace(witness, open_senses=lambda *visit: latencies.timed(opened(*visit)))


def metrics(settings: Settings, check: HealthCheck) -> AbstractContextManager[None]:
    """Answers Prometheus while it is entered, if the settings say so.

    Raises:
        SettingsError: on entering, the port cannot be used.
    """
    return serving_metrics(check, settings.metrics.port) if settings.metrics else nullcontext()


def carrying(
    settings: Settings,
    identity: Identity,
    outbox: Outbox,
    check: HealthCheck,
    received: Callable[[], None] = lambda: None,
) -> AbstractContextManager[Carrier | None]:
    """Sends records and health while it is entered, if a broker is set; what is wrong with it holds up no visit.

    Without the server's key health alone: whoever enrols the device sees then that it lives.
    """
    if settings.broker is None:
        return nullcontext()
    if identity.server_key is None:
        reason = identity.damaged.get(SERVER_KEY_FILE, "no server key is pinned; finish the enrolment")
        structlog.get_logger().error("no_record_is_carried", reason=reason)
    try:
        uplink = build_uplink(settings, identity, outbox, received)
    except UplinkError as error:
        structlog.get_logger().error("nothing_is_carried", reason=str(error))
        return nullcontext()
    health = Every(settings.broker.health_every_s, lambda: uplink.publish_health(write_health(check())))
    return Carrier(uplink, health)


def support_bundle(settings: Settings, identity: Identity, outbox: Outbox, log: str) -> SupportBundle:
    """What an installer may send on, with everybody taken out whom this device can still name.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    people = open_roster(settings, identity)
    enrolled = {*people.face_templates, *people.voiceprints}
    ordered, past = people_of(settings.orders), past_visits(identity, outbox).named()
    redaction = Redaction.of(enrolled | ordered | past | ids_in(outbox, identity.key.public_key()))
    check = health_check(settings, outbox, Latencies())
    return SupportBundle(settings, outbox, check, len(enrolled), redaction, log)


def _program() -> str:
    return str(Path(sys.prefix).resolve())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
