"""A month of history with some notes about it, sealed by each home's own device and sent by its own uplink."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge_agent.identity import SERVER_KEY_FILE, Identity, create_identity, open_identity
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from sim.demo.notes import contest_of
from sim.errors import DemoError
from sim.history.record import record_of
from sim.senses import Half, Senses
from sim.staging.visits import StagedVisit
from sim.staging.world import Home, World
from visit_record.record import ChainLink
from visit_record.sealing import open_record, seal

AT_ONCE = 4
DRAIN_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Fleet:
    """The devices of a world, each with a folder of its own, sending to one broker."""

    folder: Path
    broker_url: str
    models: Mapping[str, str]

    def enrol(self, world: World, server_key: str) -> Iterator[Identity]:
        """Make every device's identity, with the server's key pinned."""
        for home in world.homes:
            yield create_identity(self.home_folder(home), home.device, home.agency)
            (self.home_folder(home) / SERVER_KEY_FILE).write_text(server_key, "utf-8")

    def home_folder(self, home: Home) -> Path:
        """The folder of a home's device."""
        return self.folder / home.device

    def database(self, home: Home) -> Path:
        """The outbox's file of a home's device."""
        return self.home_folder(home) / "outbox.db"

    def outbox(self, home: Home) -> Outbox:
        """The outbox of a home's device."""
        return Outbox(self.database(home), home.device)

    def send_history(
        self, history: Sequence[tuple[Home, Sequence[StagedVisit]]], arrived: Callable[[int], None]
    ) -> None:
        """Seal and send all visits; ``arrived`` is told how many more have their receipt.

        Raises:
            DemoError: some got no receipt in time.
            UplinkError: the broker does not answer.
        """
        telling = threading.Lock()

        def send(month: tuple[Home, Sequence[StagedVisit]]) -> None:
            self._send(*month)
            with telling:
                arrived(len(month[1]))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, history))

    def _send(self, home: Home, visits: Sequence[StagedVisit]) -> None:
        identity = open_identity(self.home_folder(home))
        with closing(self.outbox(home)) as outbox:
            sealed = [outbox.append(self._sealer(identity, visit)).sealed for visit in visits]
            for note in filter(None, (_contest(one, identity) for one in sealed)):
                outbox.append(note)
            self._drain(identity, outbox)

    def _sealer(self, identity: Identity, visit: StagedVisit) -> Callable[[ChainLink], bytes]:
        def sealed(link: ChainLink) -> bytes:
            return seal(
                record_of(visit, link, identity.names.ueid, self.models, Senses.measured(Half.TEST)), identity.key
            )

        return sealed

    def _drain(self, identity: Identity, outbox: Outbox) -> None:
        with Uplink(self.broker_url, identity, outbox) as uplink:
            left = uplink.drain(DRAIN_TIMEOUT_S)
        if left:
            raise DemoError(f"{left} records of {identity.names.device} got no receipt; see the server's log")


def _contest(sealed: bytes, identity: Identity) -> Callable[[ChainLink], bytes] | None:
    return contest_of(open_record(sealed, lambda _kid: identity.key.public_key()), identity.key)
