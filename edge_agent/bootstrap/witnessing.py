"""The witness, and what gathers for it; with the models of the registry and what the home taught."""

from dataclasses import replace
from pathlib import Path
from random import SystemRandom

import structlog

from edge_agent.assembly import Device
from edge_agent.bootstrap.kept import past_visits
from edge_agent.bootstrap.program import software_version
from edge_agent.calibration.sound import OpenedSite, open_site
from edge_agent.check_plan import Asker, asker
from edge_agent.errors import ModelError, SiteSoundError
from edge_agent.identity import Identity
from edge_agent.kernel_clock import kernel_clock
from edge_agent.latencies import Latencies
from edge_agent.machine import boot_id
from edge_agent.model_senses import ModelSenses
from edge_agent.note_writing import NoteWriter
from edge_agent.outbox import Outbox
from edge_agent.past_visits import PastVisits
from edge_agent.perception.model_store import ModelStore
from edge_agent.roster import Roster
from edge_agent.sensors.live import guards
from edge_agent.sensors.monotonic import monotonic_ms, wall_ms
from edge_agent.settings import Settings
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.visit_settings import CheckSettings
from edge_agent.witness import Witness
from edge_agent.witness_ports import WallClock


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


def unforeseeable(checks: CheckSettings) -> Asker:
    """What a witness asks of faces where people can be asked: by the operating system's randomness, known to nobody."""
    return asker(checks, SystemRandom())


def timed(witness: Witness, latencies: Latencies) -> Witness:
    """The same witness, whose senses are timed."""
    opened = witness.open_senses
    return replace(witness, open_senses=lambda *visit: latencies.timed(opened(*visit)))


def note_writer(witness: Witness, past: PastVisits) -> NoteWriter:
    """Seals what caregivers write of their past visits, in the name of the device that witnesses."""
    return NoteWriter(witness.device, witness.key, witness.outbox, past)


def _site_sounds(folder: Path, store: ModelStore) -> OpenedSite | None:
    """What this home taught; where it cannot be used the model listens alone, and the record names no calibration."""
    try:
        return open_site(folder, store)
    except (SiteSoundError, ModelError) as error:
        structlog.get_logger().error("site_sound_unused", reason=str(error))
        return None
