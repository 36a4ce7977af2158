"""Two Mosquittos with the settings that ship: the one on a device, and the one beside the server."""

import getpass
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sim.demo.children import answers
from tests.appliance.certificates import Authority
from tests.edge_agent.broker import free_port
from tests.whole import await_true, end

CONFIG = Path(__file__).parent.parent.parent / "firmware_config"


@dataclass
class Mosquitto:
    """One broker that a test may end or kill, and start again."""

    config: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert self.tried()

    def tried(self) -> bool:
        """Start it; whether it answers, and has not ended instead."""
        with self.config.with_suffix(".log").open("ab") as log:
            self.process = process = subprocess.Popen(["mosquitto", "-c", str(self.config)], stdout=log, stderr=log)
        await_true(lambda: process.poll() is not None or answers("127.0.0.1", self.port))
        return process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        process, self.process = self.process, None
        if process is not None:
            end(process, how)

    def revive_after_kill(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()


@dataclass
class Site:
    """A device ``device-1`` of ``agency-a`` and its server's broker, in a folder."""

    folder: Path
    authority: Authority = field(default_factory=Authority.new)
    device_port: int = field(default_factory=free_port)
    """Where devices come in, over TLS."""
    server_port: int = field(default_factory=free_port)
    """Where the server itself comes in."""
    local_port: int = field(default_factory=free_port)
    """Where the agent on the device comes in."""
    address: str = "127.0.0.1"
    """Where devices find the server's broker."""

    def __post_init__(self) -> None:
        if shutil.which("mosquitto") is None:
            pytest.skip("mosquitto is not installed; apt install mosquitto mosquitto-clients")
        device = self.authority.issue(self.tls("device"), "device", "device-1")
        assert device.subject.rfc4514_string() == "CN=device-1"
        self.authority.issue(self.tls("server"), "server", "broker", self.address)
        self.authority.revoke(self.tls("server"))
        shutil.copy(CONFIG / "mosquitto" / "server.acl", self.tls("server"))
        self.server = Mosquitto(self._config("server", self._server_settings()), self.server_port)
        self.device = Mosquitto(self._config("device", self._device_settings()), self.local_port)

    def _server_settings(self) -> str:
        limits = (CONFIG / "mosquitto" / "limits.conf").read_text("utf-8")
        places = {"TLS": self.tls("server"), "DEVICE_PORT": self.device_port, "SERVER_PORT": self.server_port}
        return f"{limits}\n{filled('server.conf', **places)}\npersistence_location {self._kept('server')}/"

    def _device_settings(self) -> str:
        places = {"TLS": self.tls("device"), "BROKER_HOST": "127.0.0.1", "BROKER_PORT": self.device_port}
        bridge = filled("bridge.conf", DEVICE="device-1", AGENCY="agency-a", **places)
        bridge = bridge.replace("listener 1883 ", f"listener {self.local_port} ")
        return bridge.replace("/var/lib/mosquitto/", f"{self._kept('device')}/")

    def tls(self, name: str) -> Path:
        return self.folder / f"{name}-tls"

    def _kept(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def _config(self, name: str, content: str) -> Path:
        # Mosquitto started as root becomes another user, who may not write a test's folder.
        place = self.folder / f"{name}.conf"
        place.write_text(f"{content}\nuser {getpass.getuser()}\n", "utf-8")
        return place


def filled(name: str, **fields: object) -> str:
    """A template that ships, its places filled in."""
    text = (CONFIG / "mosquitto" / name).read_text("utf-8")
    for field_name, value in fields.items():
        text = text.replace(f"@{field_name}@", str(value))
    settings = [line for line in text.splitlines() if not line.startswith("#")]
    assert not any("@" in line for line in settings), settings
    return text
