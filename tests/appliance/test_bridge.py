"""From a device over its own broker to the server's, two real Mosquittos: nothing is lost, no stranger comes in."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink, UplinkPace
from tests.appliance.brokers import CONFIG, Mosquitto, Site
from tests.edge_agent.broker import ReceiptServer, signing, stand_in_record
from tests.edge_agent.conftest import identity, outbox, server_key  # noqa: F401 - fixtures
from tests.whole import await_true

pytestmark = pytest.mark.mosquitto
RECORD = "carewitness/v1/agency-a/device-1/record"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.device.stop()
    made.server.stop()


class Client:
    """A client with a session that its broker keeps."""

    def __init__(self, port: int, name: str, topic: str | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.ready = threading.Event()
        self._topic = topic
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, name, clean_session=False)
        self.client.max_queued_messages_set(0)
        if tls is not None:
            self.client.tls_set_context(tls)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = lambda _c, _u, message: self.heard.append((message.topic, bytes(message.payload)))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.ready.wait(10)

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        if self._topic is None:
            self.ready.set()
        else:
            client.subscribe(self._topic, qos=1)

    def publish(self, topic: str, content: bytes) -> None:
        said = self.client.publish(topic, content, qos=1)
        said.wait_for_publish(10)
        assert said.is_published()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.mark.long
def test_what_the_device_s_broker_took_while_the_line_was_down_arrives_after_it_was_restarted(site: Site) -> None:
    site.server.start()
    # The server's session is known to its broker; then both are gone.
    Client(site.server_port, "server", "carewitness/v1/+/+/record").close()
    site.server.stop()
    site.device.start()
    agent = Client(site.local_port, "device-1")
    for n in range(300):
        agent.publish(RECORD, b"record %d" % n)
    agent.close()
    site.device.stop()
    site.device.start()
    site.server.start()
    server = Client(site.server_port, "server", "carewitness/v1/+/+/record")
    await_true(lambda: len({content for _, content in server.heard}) == 300)
    server.close()
    assert {topic for topic, _ in server.heard} == {RECORD}


def once(mosquitto: Mosquitto, folder: Path) -> bool:
    """One start as systemd makes it, with the script before and after; whether the broker came up."""
    script = CONFIG / "bin" / "carewitness-queue"
    subprocess.run([script, "begins", folder], check=True)
    if not mosquitto.tried():
        return False
    subprocess.run([script, "ready", folder], check=True)
    mosquitto.stop()
    return True


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "something else": lambda _whole: bytes(range(256)) * 8,
    "a header that was cut": lambda whole: whole[:12],
}


@pytest.mark.parametrize("case", DAMAGED)
def test_the_device_s_broker_starts_over_a_damaged_queue_at_its_third_attempt(site: Site, case: str) -> None:
    folder = site.folder / "device"
    queue = folder / "mosquitto.db"
    assert once(site.device, folder)
    assert once(site.device, folder), "a whole queue stays in use"
    assert not (folder / "mosquitto.db.damaged").exists()
    damaged = DAMAGED[case](queue.read_bytes())
    queue.write_bytes(damaged)
    assert [once(site.device, folder) for _ in range(3)] == [False, False, True]
    assert (folder / "mosquitto.db.damaged").read_bytes() == damaged


def test_one_start_that_was_cut_costs_no_queue_and_two_apart_from_each_other_neither(site: Site) -> None:
    """The power may fail in the second between the two."""
    folder = site.folder / "device"
    assert once(site.device, folder)
    for _ in range(3):
        subprocess.run([CONFIG / "bin" / "carewitness-queue", "begins", folder], check=True)
        assert once(site.device, folder)
    assert not (folder / "mosquitto.db.damaged").exists()


@pytest.mark.parametrize("whose", ["server", "device"])
def test_a_broker_killed_in_the_middle_loses_no_record(
    site: Site,
    identity: Identity,  # noqa: F811
    outbox: Outbox,  # noqa: F811
    server_key: Ed25519PrivateKey,  # noqa: F811
    whose: str,
) -> None:
    site.server.start()
    site.device.start()
    for n in range(1, 401):
        outbox.append(lambda _link, n=n: stand_in_record(n))  # type: ignore[misc]
    killed = site.server if whose == "server" else site.device
    pace = UplinkPace(window=16, receipt_timeout_s=1.0, longest_timeout_s=4.0)
    with (
        ReceiptServer(site.server_port, signing(server_key)) as server,
        Uplink(f"mqtt://127.0.0.1:{site.local_port}", identity, outbox, pace) as uplink,
    ):
        after(lambda: len(server.records) > 40, killed.revive_after_kill)
        assert uplink.drain(90) == 0
    arrived = [int(record.split()[-1]) for record in server.records]
    assert set(arrived) == set(range(1, 401))


def after(question: Callable[[], bool], deed: Callable[[], object]) -> None:
    """Do something beside the test as soon as a question is answered with yes."""

    def wait_and_do() -> None:
        await_true(question)
        deed()

    threading.Thread(target=wait_and_do, daemon=True).start()


def test_receipts_and_commands_come_down_and_nothing_of_another_device_does(site: Site) -> None:
    site.server.start()
    site.device.start()
    agent = Client(site.local_port, "device-1", "carewitness/v1/#")
    server = Client(site.server_port, "server")
    await_true(lambda: _came_through(server, agent))
    server.publish("carewitness/v1/agency-a/device-2/receipt", b"for another")
    server.publish("carewitness/v1/agency-a/device-1/receipt", b"the last")
    await_true(lambda: (f"{_OWN}/receipt", b"the last") in agent.heard)
    assert {topic for topic, _ in agent.heard} <= {f"{_OWN}/receipt", f"{_OWN}/command"}
    agent.close()
    server.close()


_OWN = "carewitness/v1/agency-a/device-1"


def _came_through(server: Client, agent: Client) -> bool:
    server.publish(f"{_OWN}/command", b"are you there")
    return any(topic == f"{_OWN}/command" for topic, _ in agent.heard)


def as_device(site: Site, name: str) -> ssl.SSLContext:
    folder = site.tls("device")
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
    return context


def test_a_device_writes_under_its_own_name_alone(site: Site) -> None:
    site.server.start()
    server = Client(site.server_port, "server", "carewitness/v1/#")
    device = Client(site.device_port, "device-1-direct", tls=as_device(site, "device"))
    device.publish("carewitness/v1/agency-a/device-2/record", b"forged")
    device.publish("carewitness/v1/agency-a/device-1/receipt", b"forged")
    device.publish("carewitness/v1/agency-a/device-1/record", b"own")
    await_true(lambda: bool(server.heard))
    assert server.heard == [(RECORD, b"own")]
    device.close()
    server.close()


def test_a_device_hears_nothing_of_another(site: Site) -> None:
    site.server.start()
    device = Client(site.device_port, "device-1-direct", "carewitness/v1/#", tls=as_device(site, "device"))
    server = Client(site.server_port, "server")
    server.publish("carewitness/v1/agency-a/device-2/roster", b"others' names")
    server.publish(f"{_OWN}/roster", b"own")
    await_true(lambda: bool(device.heard))
    assert device.heard == [(f"{_OWN}/roster", b"own")]
    device.close()
    server.close()


@pytest.mark.long
def test_nobody_comes_in_without_a_certificate_or_with_a_revoked_one(site: Site) -> None:
    lost = site.authority.issue(site.tls("device"), "lost", "device-9")
    site.authority.revoke(site.tls("server"), lost)
    site.server.start()
    for context in (
        ssl.create_default_context(cafile=str(site.tls("device") / "ca.crt")),
        as_device(site, "lost"),
    ):
        with pytest.raises((OSError, AssertionError)):
            Client(site.device_port, "stranger", tls=context)
    Client(site.device_port, "device-1-direct", tls=as_device(site, "device")).close()
