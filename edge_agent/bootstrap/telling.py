"""How the device fares, for whoever asks: its health, figures for Prometheus, a bundle for whoever helps."""

import os
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from edge_agent.bootstrap.kept import open_roster, past_visits
from edge_agent.bootstrap.program import software_version
from edge_agent.health import HealthCheck
from edge_agent.identity import Identity
from edge_agent.latencies import Latencies
from edge_agent.machine import FirmwareWord, ask_firmware, machine_health
from edge_agent.metrics import serving_metrics
from edge_agent.orders_file import people_of
from edge_agent.outbox import Outbox
from edge_agent.redaction import Redaction, ids_in
from edge_agent.sensors.live import fitted_parts
from edge_agent.sensors.monotonic import wall_ms
from edge_agent.settings import Settings
from edge_agent.support_bundle import SupportBundle


def health_check(settings: Settings, outbox: Outbox, latencies: Latencies) -> HealthCheck:
    """What knows how the device fares. Who watches over its sensors adds what they say."""
    said_in = os.environ.get("CAREWITNESS_FIRMWARE")
    machine = partial(machine_health, firmware=FirmwareWord(Path(said_in)) if said_in else ask_firmware)
    return HealthCheck(
        outbox,
        settings.outbox,
        software_version(),
        wall_ms,
        latencies,
        machine=machine,
        fitted=fitted_parts(settings),
    )


def metrics(settings: Settings, check: HealthCheck) -> AbstractContextManager[None]:
    """Answers Prometheus while it is entered, if the settings say so.

    Raises:
        SettingsError: on entering, the port cannot be used.
    """
    return serving_metrics(check, settings.metrics.port) if settings.metrics else nullcontext()


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
