"""The whole house for a test: a broker, the server as a program of its own, and a fleet of devices, on loopback."""

import getpass
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sim.demo.children import answers, child
from sim.demo.fleet import Fleet
from sim.demo.service import LogIn, Service
from sim.staging.world import World

ROOT = Path(__file__).parent.parent
SIGNALLED_AGAIN_S = 3.0
MODELS = {"care_sound": "0" * 64}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def amqtt(folder: Path) -> Iterator[str]:
    port = free_port()
    with child(["sim.broker", str(port)], folder / "broker.log", port):
        yield f"mqtt://127.0.0.1:{port}"


@contextmanager
def mosquitto(folder: Path) -> Iterator[str]:
    if shutil.which("mosquitto") is None:
        pytest.skip("mosquitto is not installed; apt install mosquitto mosquitto-clients")
    port = free_port()
    config = folder / "mosquitto.conf"
    ours = (ROOT / "firmware_config" / "mosquitto" / "limits.conf").read_text("utf-8")
    place = f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence_location {folder}/\n"
    # Mosquitto started as root becomes another user, who may not write a test's folder.
    config.write_text(f"{ours}\n{place}user {getpass.getuser()}\n")
    broker = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        await_true(lambda: answers("127.0.0.1", port))
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        end(broker)


@dataclass
class Server:
    """`ingest-server run` as a program that a test may kill and start again."""

    service: Service
    broker_url: str
    port: int
    log: Path
    page_processes: int = 1
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["run", "--broker", self.broker_url, "--port", str(self.port)]
        arguments += ["--page-processes", str(self.page_processes)]
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "ingest_server", *arguments, "--data-dir", str(self.service.data_dir)]
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        await_true(lambda: answers("127.0.0.1", self.port))

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def visits(self) -> list[dict[str, Any]]:
        """Every visit that the API lists, page by page."""
        return self.listed("visits")

    def listed(self, what: str) -> list[dict[str, Any]]:
        """Everything that a list of the API has, page by page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.asked(f"{what}?limit=200{cursor and f'&cursor={cursor}'}")
            found += page[what]
            cursor = page["next_cursor"]
        return found

    def asked(self, path: str) -> Any:  # noqa: ANN401 - any JSON value
        """What the API answers an auditor."""
        person = LogIn(f"auditor-{time.monotonic_ns()}", "auditor")
        self.service.add_person(person)
        headers = {"Authorization": f"Bearer {self.service.token(person)}"}
        answer = httpx.get(f"{self.service.address}/api/v1/{path}", headers=headers, trust_env=False)
        return answer.raise_for_status().json()

    def metric(self, name: str) -> float:
        """A counter as Prometheus would read it; 0 before it is first counted."""
        text = httpx.get(f"{self.service.address}/metrics", trust_env=False).raise_for_status().text
        return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(name)), 0.0)


@contextmanager
def running_server(folder: Path, broker_url: str, page_processes: int = 1) -> Iterator[Server]:
    port = free_port()
    service = Service(folder / "server", f"http://127.0.0.1:{port}")
    server = Server(service, broker_url, port, folder / "server.log", page_processes)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def enrolled_fleet(folder: Path, server: Server, world: World) -> Fleet:
    (folder / "devices").mkdir()
    fleet = Fleet(folder / "devices", server.broker_url, MODELS)
    requests = [identity.enrolment_request for identity in fleet.enrol(world, server.service.public_key())]
    server.service.enrol(requests, folder / "enrolments.jsonl")
    return fleet


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """Until it has ended: Mosquitto 2.0 forgets a signal that comes between its port's opening and its loop."""
    while process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SIGNALLED_AGAIN_S)


def await_true(question: Callable[[], bool], timeout_s: float = 30.0) -> None:
    give_up_at_s = time.monotonic() + timeout_s
    while not question():
        assert time.monotonic() < give_up_at_s, "it did not come true in time"
        time.sleep(0.05)
