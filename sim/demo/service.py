"""The server of a demo, spoken to as anybody would: by its commands and its API."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from edge_agent.identity import EnrolmentRequest
from sim.demo.children import command
from sim.errors import DemoError

VERDICT_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class LogIn:
    """A person of the demo; the password is made anew for each demo."""

    name: str
    role: str
    agency: str | None = None
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))


@dataclass(frozen=True)
class Service:
    """The server's data folder and the address of its pages."""

    data_dir: Path
    address: str

    def public_key(self) -> str:
        """The key that devices pin, as JWK."""
        return command(["ingest_server", "key", "--data-dir", str(self.data_dir)])

    def enrol(self, requests: Iterable[EnrolmentRequest], file: Path) -> None:
        """Enter devices."""
        file.write_bytes(b"\n".join(msgspec.json.encode(request) for request in requests))
        command(["ingest_server", "devices", "import", str(file), "--data-dir", str(self.data_dir)])

    def add_person(self, person: LogIn) -> None:
        """Let a person log in."""
        agency = ["--agency", person.agency, "--new-agency"] if person.agency else []
        options = ["--role", person.role, *agency, "--password-stdin", "--data-dir", str(self.data_dir)]
        command(["ingest_server", "users", "add", person.name, *options], given=f"{person.password}\n")

    def token(self, person: LogIn) -> str:
        """A bearer token for the API."""
        return command(["ingest_server", "users", "token", person.name, "--data-dir", str(self.data_dir)])

    def visit(self, visit: str, token: str) -> dict[str, Any]:
        """A visit as the API tells it, awaited until it has arrived.

        Raises:
            DemoError: it does not arrive.
        """
        give_up_at_s = time.monotonic() + VERDICT_TIMEOUT_S
        headers = {"Authorization": f"Bearer {token}"}
        while True:
            # The machine's proxy settings must not carry loopback traffic away.
            answer = httpx.get(f"{self.address}/api/v1/visits/{visit}", headers=headers, trust_env=False)
            if answer.status_code == httpx.codes.OK:
                return dict(answer.json())
            if time.monotonic() > give_up_at_s:
                raise DemoError(f"visit {visit} did not arrive: the server answers {answer.status_code}")
            time.sleep(0.2)
