import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion
from structlog.testing import capture_logs

from edge_agent.bootstrap.sending import carrying
from edge_agent.bootstrap.telling import health_check
from edge_agent.carrier import Carrier
from edge_agent.errors import SettingsError
from edge_agent.every import Every
from edge_agent.health import HealthCheck
from edge_agent.identity import Identity, create_identity, pin_server_key, start
from edge_agent.latencies import Latencies
from edge_agent.machine import FirmwareWord, ask_firmware, machine_health, temperature_c, throttled
from edge_agent.metrics import SAID, Figure, HealthMetrics, serving_metrics
from edge_agent.outbox import Outbox
from edge_agent.program_settings import BrokerSettings
from edge_agent.readings import SoundBlock, ThermalFrame
from edge_agent.sensor_settings import CameraSettings, PositionSettings, TamperSettings
from edge_agent.settings import Settings
from edge_agent.uplink import Uplink
from tests.edge_agent.broker import LiveBroker, ReceiptServer, free_port, signing
from tests.edge_agent.stage import WARM, staged_senses
from tests.edge_agent.test_durability import NOW_MS, journal, received, sealed
from tests.whole import await_true, end, mosquitto
from visit_record.health import Health, SensorHealth, read_health, write_health
from visit_record.topics import Kind, Topic


@pytest.fixture
def check(outbox: Outbox, tmp_path: Path) -> HealthCheck:
    return HealthCheck(
        outbox,
        tmp_path / "outbox.db",
        "0.1.0",
        lambda: NOW_MS,
        sensors=lambda: [SensorHealth("microphone", "healthy")],
    )


def test_the_queue_is_told_and_since_when_it_waits(check: HealthCheck, outbox: Outbox, tmp_path: Path) -> None:
    first = outbox.append(sealed(9), journal(NOW_MS - 90_000))
    outbox.append(sealed(9), journal(NOW_MS - 60_000))
    assert (check().queue.waiting, check().queue.oldest_visit_ms) == (2, NOW_MS - 90_000)
    outbox.accept(received(first))
    assert (check().queue.waiting, check().queue.oldest_visit_ms) == (1, NOW_MS - 60_000)
    assert not check().queue.reserve_held
    outbox.reserve.hold()
    (tmp_path / "outbox.db.damaged-000000000000005").write_bytes(b"x")
    (tmp_path / "boot_count.damaged-000000000000004").write_bytes(b"")
    (tmp_path / "outbox.db.damaged-copy").write_bytes(b"somebody's own")
    assert (check().queue.reserve_held, check().queue.set_aside) == (True, 2)


@pytest.mark.parametrize(("left", "said"), [(None, "finish the enrolment"), (b"half a k", "`edge-agent pin`")])
def test_a_device_without_a_sound_server_key_says_why_no_record_goes(
    outbox: Outbox, check: HealthCheck, tmp_path: Path, left: bytes | None, said: str
) -> None:
    create_identity(tmp_path / "home", "device-1", "agency-a")
    if left is not None:
        (tmp_path / "home" / "server.jwk.json").write_bytes(left)
    broker = BrokerSettings("mqtt://127.0.0.1:1")
    settings = Settings(folder=tmp_path / "home", models=tmp_path / "registry.toml", broker=broker)
    with capture_logs() as logs:
        carrying(settings, start(tmp_path / "home"), outbox, check)
    (told,) = [line for line in logs if line["event"] == "no_record_is_carried"]
    assert told["log_level"] == "error"
    assert said in told["reason"]


def test_what_is_fitted_is_told_though_nobody_looks(outbox: Outbox, tmp_path: Path) -> None:
    settings = Settings(
        folder=tmp_path,
        models=tmp_path / "registry.toml",
        camera=CameraSettings(),
        position=PositionSettings(),
        tamper=TamperSettings(line=4, accelerometer="lis3dh_accel"),
    )
    told = health_check(settings, outbox, Latencies())()
    assert (told.sensors, told.fitted) == ((), ("camera", "receiver", "guard"))
    assert read_health(write_health(told)) == told


def test_a_machine_that_cannot_tell_says_nothing(tmp_path: Path) -> None:
    empty = machine_health(tmp_path, sys=tmp_path, proc=tmp_path)
    assert (empty.temperature_c, empty.up_s) == (None, None)
    assert empty.disk_total_mb > empty.disk_free_mb > 0


def test_a_machine_that_can_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = tmp_path / "class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text("48312\n")
    assert temperature_c(tmp_path) == 48.312
    program = tmp_path / "vcgencmd"
    program.write_text("#!/bin/sh\necho throttled=0x50005\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert throttled() == 0x50005
    program.write_text("#!/bin/sh\necho VCHI initialization failed\n")
    assert throttled() is None
    assert throttled(lambda: ask_firmware("no-such-program")) is None


def test_the_firmware_is_asked_by_somebody_else_where_the_agent_may_not(tmp_path: Path) -> None:
    place = tmp_path / "throttled"
    word = FirmwareWord(place)
    assert throttled(word) is None
    place.write_text("throttled=0x50005\n")
    assert throttled(word) == 0x50005
    assert machine_health(tmp_path, word).throttled == 0x50005
    # Whoever asked has been silent since: nobody knows how it is now.
    os.utime(place, (time.time() - 3_600,) * 2)
    assert throttled(word) is None
    place.write_text("VCHI initialization failed\n")
    assert throttled(word) is None


def test_a_word_of_the_firmware_that_is_there_and_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    absent, unreadable = FirmwareWord(tmp_path / "throttled"), FirmwareWord(tmp_path)
    with capture_logs() as told:
        assert [throttled(word) for word in (absent, unreadable, unreadable)] == [None] * 3
    assert [(one["event"], one["file"]) for one in told] == [("firmware_word_unread", str(tmp_path))]


def test_each_sense_is_timed_and_what_it_says_is_the_same() -> None:
    ticks = iter(range(1_000))
    latencies = Latencies(lambda: next(ticks) / 1000)
    senses = latencies.timed(staged_senses())
    block, frame = SoundBlock(0, WARM.reshape(-1)), ThermalFrame(0, WARM)
    assert senses.perceive(block) == staged_senses().perceive(block)
    for _ in range(300):
        assert senses.perceive(frame) == staged_senses().perceive(frame)
    told = {latency.sense: latency for latency in latencies.told()}
    assert set(told) == {"sound", "thermal"}
    assert (told["thermal"].count, told["thermal"].median_ms) == (256, 1.0)
    assert latencies.timed(replace(staged_senses(), look=None)).look is None


def scraped(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return str(answer.read().decode())


def test_prometheus_is_answered_on_the_loopback(check: HealthCheck, outbox: Outbox) -> None:
    outbox.append(sealed(9), journal(NOW_MS - 90_000))
    port = free_port()
    with serving_metrics(check, port):
        text = scraped(port)
        listening = Path("/proc/net/tcp").read_text("ascii")
        assert f"0100007F:{port:04X}" in listening
        assert f"00000000:{port:04X}" not in listening
    assert "carewitness_records_waiting 1.0" in text
    assert "carewitness_oldest_waiting_visit_seconds 90.0" in text
    assert 'carewitness_sensor_state{sensor="microphone",state="healthy"} 1.0' in text
    with pytest.raises(OSError, match="refused"):
        scraped(port)


def test_what_was_set_aside_is_counted_under_a_name_that_says_what(check: HealthCheck, outbox: Outbox) -> None:
    folder = outbox.reserve.path.parent
    for name in ("outbox.db", "outbox.head.json", "boot_count"):
        (folder / f"{name}.damaged-{NOW_MS:015d}").touch()
    metrics = {metric.name: metric for metric in HealthMetrics(check).collect()}
    said = metrics["carewitness_files_set_aside"]
    assert [sample.value for sample in said.samples] == [3.0]
    assert said.documentation == "Damaged files that were set aside: of the outbox, its head, or the count of starts"


def test_each_figure_has_words(check: HealthCheck) -> None:
    told = [metric.documentation for metric in HealthMetrics(check).collect()]
    assert len(told) == len(set(told))
    assert set(SAID) == set(Figure)


def test_a_port_in_use_is_one_clear_line(check: HealthCheck) -> None:
    port = free_port()
    with (
        serving_metrics(check, port),
        pytest.raises(SettingsError, match=f"port {port}"),
        serving_metrics(check, port),
    ):
        pass


def test_an_outbox_that_cannot_be_read_is_told_as_such(check: HealthCheck, outbox: Outbox) -> None:
    outbox.close()
    (metric,) = HealthMetrics(check).collect()
    assert [(sample.name, sample.value) for sample in metric.samples] == [("carewitness_healthy_outbox", 0.0)]


class Listener:
    """Hears what one device says of itself, and what the broker keeps of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.health: list[Health] = []
        self.status: list[tuple[bytes, bool]] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, f"listener-{time.monotonic_ns()}")
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", int(url.rpartition(":")[2]))
        for kind in (Kind.HEALTH, Kind.STATUS):
            self._client.subscribe(str(Topic("agency-a", "device-1", kind)), qos=1)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith("health"):
            self.health.append(read_health(bytes(message.payload)))
        else:
            self.status.append((bytes(message.payload), message.retain))


@pytest.fixture
def real_broker(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "mosquitto").mkdir()
    with mosquitto(tmp_path / "mosquitto") as url:
        yield url


@pytest.fixture
def hear(real_broker: str) -> Iterator[Callable[[], Listener]]:
    opened: list[Listener] = []

    def listen() -> Listener:
        opened.append(Listener(real_broker))
        return opened[-1]

    yield listen
    for one in opened:
        one.close()


@pytest.mark.mosquitto
def test_health_and_records_travel_while_the_program_lives(
    hear: Callable[[], Listener], check: HealthCheck, identity: Identity, server_key: Ed25519PrivateKey
) -> None:
    listener, outbox = hear(), check.outbox
    uplink = Uplink(listener.url, identity, outbox)
    every = Every(0.2, lambda: uplink.publish_health(write_health(check())))
    port = int(listener.url.rpartition(":")[2])
    with ReceiptServer(port, signing(server_key)) as server, Carrier(uplink, every, pause_s=0.05):
        await_true(lambda: len(listener.health) >= 2)
        outbox.append(sealed(20), journal(NOW_MS))
        await_true(lambda: outbox.count() == 0)
        assert len(server.records) == 1
        await_true(lambda: listener.health[-1].queue.waiting == 0)
        assert (b"online", False) in listener.status
    await_true(lambda: listener.status[-1][0] == b"offline")
    later = hear()
    await_true(lambda: later.status == [(b"offline", True)])


def test_records_travel_on_whatever_goes_wrong_on_the_way(
    identity: Identity, server_key: Ed25519PrivateKey, outbox: Outbox, broker: LiveBroker
) -> None:
    looks, whose = list[int](), "somebody's folder"

    def health() -> None:
        looks.append(1)
        if len(looks) <= 3:
            raise OSError(errno.EIO, whose)

    carried = Carrier(Uplink(broker.url, identity, outbox), Every(0.0, health), pause_s=0.05)
    with ReceiptServer(broker.port, signing(server_key)), capture_logs() as logs, carried:
        await_true(lambda: len(looks) > 3)
        outbox.append(sealed(20), journal(NOW_MS))
        await_true(lambda: outbox.count() == 0)
    told = [line["reason"] for line in logs if line["event"] == "carrier_waits"]
    assert len(told) == 3
    assert all("in health" in reason and reason.endswith("OSError") for reason in told)
    assert whose not in str(told)


@pytest.mark.mosquitto
def test_a_device_whose_enrolment_is_half_done_is_seen_to_live_and_sends_no_record(
    hear: Callable[[], Listener], check: HealthCheck, identity: Identity, server_key: Ed25519PrivateKey
) -> None:
    listener, outbox = hear(), check.outbox
    outbox.append(sealed(20), journal(NOW_MS))
    uplink = Uplink(listener.url, replace(identity, server_key=None), outbox)
    every = Every(0.2, lambda: uplink.publish_health(write_health(check())))
    port = int(listener.url.rpartition(":")[2])
    with ReceiptServer(port, signing(server_key)) as server, Carrier(uplink, every, pause_s=0.05):
        await_true(lambda: len(listener.health) >= 3)
        assert listener.health[-1].queue.waiting == 1
        assert (b"online", False) in listener.status
    assert (server.records, outbox.count()) == ([], 1)


@pytest.mark.mosquitto
def test_a_broker_that_comes_late_is_awaited(
    tmp_path: Path, check: HealthCheck, identity: Identity, outbox: Outbox
) -> None:
    (tmp_path / "late").mkdir()
    with mosquitto(tmp_path / "late") as url:
        port = url.rpartition(":")[2]
    uplink = Uplink(url, identity, outbox)
    every = Every(0.2, lambda: uplink.publish_health(write_health(check())))
    with Carrier(uplink, every, pause_s=0.05, longest_pause_s=0.2):
        time.sleep(0.5)
        config = tmp_path / "late" / "mosquitto.conf"
        assert port in config.read_text()
        broker = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            await_true(lambda: _hears(url))
        finally:
            end(broker)


def _hears(url: str) -> bool:
    try:
        listener = Listener(url)
    except OSError:
        return False
    try:
        await_true(lambda: len(listener.health) > 0, timeout_s=5)
    finally:
        listener.close()
    return True


LIVES = """
    import sys
    from pathlib import Path
    from edge_agent.bootstrap.kept import open_outbox
    from edge_agent.bootstrap.sending import carrying
    from edge_agent.bootstrap.telling import health_check, metrics
    from edge_agent.identity import open_identity
    from edge_agent.latencies import Latencies
    from edge_agent.settings_file import read_settings
    settings = read_settings(Path(sys.argv[1]))
    identity = open_identity(settings.folder)
    with open_outbox(settings, identity) as outbox:
        check = health_check(settings, outbox, Latencies())
        with carrying(settings, identity, outbox, check), metrics(settings, check):
            sys.stdin.read()
"""


@pytest.mark.mosquitto
def test_a_device_that_is_killed_is_offline_by_its_last_will(
    real_broker: str, hear: Callable[[], Listener], tmp_path: Path, registry: Path, server_key: Ed25519PrivateKey
) -> None:
    create_identity(tmp_path / "home", "device-1", "agency-a")
    pin_server_key(tmp_path / "home", server_key.public_key())
    port = free_port()
    (tmp_path / "settings.toml").write_text(
        f'folder = "home"\nmodels = "{registry}"\n[broker]\nurl = "{real_broker}"\n[metrics]\nport = {port}\n', "utf-8"
    )
    listener = hear()
    command = [sys.executable, "-c", textwrap.dedent(LIVES), str(tmp_path / "settings.toml")]
    device = subprocess.Popen(command, stdin=subprocess.PIPE)
    await_true(lambda: len(listener.health) == 1, timeout_s=60)
    assert listener.health[0].queue.waiting == 0
    assert "carewitness_records_waiting 0.0" in scraped(port)
    device.send_signal(signal.SIGKILL)
    device.communicate()
    await_true(lambda: listener.status[-1][0] == b"offline")
    later = hear()
    await_true(lambda: later.status == [(b"offline", True)])
