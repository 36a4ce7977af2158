"""A store to measure on: a city written and taken in by the commands that anybody has, or one that is there."""

import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.demo.children import child, command
from sim.demo.service import LogIn, Service

ADMINISTRATOR = "administrator"


def make_store(folder: Path, visits: int, seed: int) -> Path:
    """The data folder of a server that has taken a city of visits in; the files that carried it are gone.

    Raises:
        DemoError: a command failed; with its own words.
    """
    carried, data_dir = folder / "history", folder / "store"
    command(["sim", "history", str(carried), "--visits", str(visits), "--seed", str(seed)])
    where = ["--data-dir", str(data_dir)]
    command(["ingest_server", "migrate", *where])
    command(["ingest_server", "devices", "import", str(carried / "devices.jsonl"), *where])
    command(["ingest_server", "recipients", "import", str(carried / "recipients.csv"), *where])
    command(["ingest_server", "intake", str(carried), *where])
    shutil.rmtree(carried)
    return data_dir


@contextmanager
def served(data_dir: Path, logs: Path) -> Iterator[Service]:
    """The server as its command runs it, over a broker of our own, until the block ends.

    Raises:
        DemoError: it does not start.
    """
    broker_port, web_port = _free_port(), _free_port()
    broker = ["sim.broker", str(broker_port)]
    run = ["ingest_server", "run", "--broker", f"mqtt://127.0.0.1:{broker_port}", "--port", str(web_port)]
    with (
        child(broker, logs / "broker.log", broker_port),
        child([*run, "--data-dir", str(data_dir)], logs / "server.log", web_port),
    ):
        yield Service(data_dir, f"http://127.0.0.1:{web_port}")


@dataclass
class People:
    """People who may log in for as long as a measurement lasts, by names that nobody else has."""

    service: Service
    logged_in: list[LogIn]

    def add(self, role: str, agency: str | None = None) -> LogIn:
        """One more."""
        person = LogIn(f"bench-{secrets.token_hex(4)}", role, agency)
        self.service.add_person(person)
        self.logged_in.append(person)
        return person

    def remove(self) -> None:
        """All of them; what they did stays in the trail, and what they decided in its cases.

        A store's last administrator cannot be removed: one of ours stays, by a password that nobody knows.
        """
        for person in self.logged_in:
            does = "revoke" if person.role == ADMINISTRATOR else "remove"
            command(["ingest_server", "users", does, person.name, "--data-dir", str(self.service.data_dir)])


@contextmanager
def people_of(service: Service) -> Iterator[People]:
    """Nobody yet; whoever is added is removed in the end."""
    people = People(service, [])
    try:
        yield people
    finally:
        people.remove()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
