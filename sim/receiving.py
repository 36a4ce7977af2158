"""A broker and a server on this machine's loopback while a command runs; then what the server says of what came.

Example::

    with receiving(folder, Ports(8765, 18830), requests=[request]) as server:
        subprocess.run(["edge-agent", "run", …], check=True)      # sends to mqtt://127.0.0.1:18830
        for arrived in server.arrived(): print(arrived.sound, arrived.visit["record"])
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sim.demo.children import child, command, require_free
from sim.demo.service import LogIn, Service


@dataclass(frozen=True)
class Ports:
    """TCP ports on 127.0.0.1."""

    web: int
    broker: int


@dataclass(frozen=True)
class Arrived:
    """A visit as the API tells it, and what the server found when it looked at its record again."""

    visit: dict[str, Any]
    checks: tuple[dict[str, Any], ...]

    @property
    def sound(self) -> bool:
        """Whether signature, digest, chain and ledger hold."""
        return self.visit["link_state"] == "linked" and all(check["holds"] is not False for check in self.checks)


@dataclass(frozen=True)
class Receiver:
    """A server that takes records in."""

    service: Service
    auditor: LogIn = field(default_factory=lambda: LogIn("auditor", "auditor"))

    def arrived(self) -> list[Arrived]:
        """Every visit of the first page of the API, by device and place in its chain."""
        token = self.service.token(self.auditor)
        found = [self._looked_at(one["visit"], token) for one in self._get("visits", token)["visits"]]
        return sorted(found, key=lambda one: (one.visit["record"]["iss"], one.visit["record"]["chain"]["seq"]))

    def _looked_at(self, visit: str, token: str) -> Arrived:
        checked = self._get(f"visits/{visit}/check", token)
        return Arrived(self.service.visit(visit, token), tuple(checked["checks"]))

    def _get(self, path: str, token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        # The machine's proxy settings must not carry loopback traffic away.
        answer = httpx.get(f"{self.service.address}/api/v1/{path}", headers=headers, trust_env=False)
        return dict(answer.raise_for_status().json())


@contextmanager
def receiving(folder: Path, ports: Ports, requests: Sequence[Path]) -> Iterator[Receiver]:
    """Serve, with the devices of these enrolment requests entered, until the block ends.

    Raises:
        DemoError: a port is taken, a request is no request, or a program does not come up.
    """
    require_free(ports.broker, "--broker-port")
    require_free(ports.web, "--web-port")
    receiver = Receiver(Service(folder, f"http://127.0.0.1:{ports.web}"))
    where = ["--data-dir", str(folder)]
    command(["ingest_server", "migrate", *where])
    command(["ingest_server", "devices", "add", *map(str, requests), *where])
    receiver.service.add_person(receiver.auditor)
    run = ["ingest_server", "run", "--broker", f"mqtt://127.0.0.1:{ports.broker}", "--port", str(ports.web)]
    with (
        child(["sim.broker", str(ports.broker)], folder / "broker.log", ports.broker),
        child([*run, "--page-processes", "1", *where], folder / "server.log", ports.web),
    ):
        yield receiver
