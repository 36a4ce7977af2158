"""The demo's devices as they stand in their homes: on line, telling of themselves, sending what waits in them."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.bootstrap.program import software_version
from edge_agent.carrier import Carrier
from edge_agent.every import Every
from edge_agent.health import HealthCheck
from edge_agent.identity import open_identity
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from sim.demo.fleet import Fleet
from sim.demo.staged_health import FITTED, StagedHealth
from sim.errors import DemoError
from sim.staging.world import Home
from visit_record.broker import BrokerAddress, parse_broker
from visit_record.health import write_health
from visit_record.topics import Kind, Topic

TOLD_EVERY_S: Final = 60.0
PAUSE_S: Final = 0.5
ANSWER_S: Final = 10.0


@contextmanager
def at_home(
    fleet: Fleet, homes: Sequence[Home], health: Mapping[str, StagedHealth], told_every_s: float = TOLD_EVERY_S
) -> Iterator[None]:
    """Devices on line until the block ends, kept there by one thread; each has told how it fares before it begins.

    A device has one session, as a real one has: of two under its name each would cut the other off, or take the
    receipts that the other waits for. Whoever lives a visit leaves its record in the outbox, and it is sent from here.

    Raises:
        DemoError: the broker does not answer.
        EdgeError: a device cannot be used.
    """
    ended = threading.Event()
    with ExitStack() as on_line:
        carriers = [on_line.enter_context(_on_line(fleet, home, health[home.device], told_every_s)) for home in homes]
        staying = [carrier for carrier, home in zip(carriers, homes, strict=True) if health[home.device].stays]
        thread = threading.Thread(target=_stand, args=(staying, ended), name="at home")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def forget(broker_url: str, homes: Sequence[Home]) -> None:
    """Take away what a broker of others keeps of devices that are no more: each one's session and retained status.

    Raises:
        DemoError: the broker does not answer.
    """
    broker = parse_broker(broker_url)
    for home in homes:
        try:
            _forget_one(broker, home)
        except OSError as cause:
            raise DemoError(
                f"{broker} keeps words of the demo's devices, on …/{home.device}/status: {cause}"
            ) from cause


def _forget_one(broker: BrokerAddress, home: Home) -> None:
    # Clean, and under the device's own name: that ends the session which the broker holds for it.
    client = mqtt.Client(CallbackAPIVersion.VERSION2, home.device, clean_session=True)
    client.connect(broker.host, broker.port)
    _until(client, client.is_connected)
    emptied = client.publish(str(Topic(home.agency, home.device, Kind.STATUS)), b"", 1, retain=True)
    _until(client, emptied.is_published)
    # And no turn more: paho's own publish.single takes one, and complains that it is not connected.
    client.disconnect()


def _until(client: mqtt.Client, done: Callable[[], bool]) -> None:
    give_up_at_s = time.monotonic() + ANSWER_S
    while not done():
        code = client.loop(0.1)
        if code != mqtt.MQTT_ERR_SUCCESS or time.monotonic() > give_up_at_s:
            raise ConnectionError(mqtt.error_string(code) if code else "it does not answer")


def _stand(carriers: Sequence[Carrier], ended: threading.Event) -> None:
    while not ended.wait(PAUSE_S):
        for carrier in carriers:
            carrier.carried()


@contextmanager
def _on_line(fleet: Fleet, home: Home, health: StagedHealth, told_every_s: float) -> Iterator[Carrier]:
    identity = open_identity(fleet.home_folder(home))
    with fleet.outbox(home) as outbox, Uplink(fleet.broker_url, identity, outbox) as uplink:
        check = _check(fleet, home, outbox, health)
        carrier = Carrier(uplink, Every(told_every_s, lambda: uplink.publish_health(write_health(check()))))
        if not carrier.carried():
            raise DemoError(f"{home.device} cannot reach the broker at {fleet.broker_url}; see what it says above")
        if not health.stays:
            uplink.close()
        yield carrier


def _check(fleet: Fleet, home: Home, outbox: Outbox, health: StagedHealth) -> HealthCheck:
    outbox.reserve.hold()
    return HealthCheck(
        outbox,
        fleet.database(home),
        software_version(),
        lambda: time.time_ns() // 1_000_000,
        sensors=lambda: health.sensors,
        machine=lambda _folder: health.machine,
        fitted=FITTED,
    )
