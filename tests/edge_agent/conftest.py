"""A broker on a free loopback port, an enrolled device and its outbox, all real."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.identity import Identity, create_identity
from edge_agent.outbox import Outbox
from tests.edge_agent.broker import LiveBroker, MortalBroker


@pytest.fixture
def broker() -> Iterator[LiveBroker]:
    live = LiveBroker()
    yield live
    live.stop()


@pytest.fixture
def mortal_broker() -> Iterator[MortalBroker]:
    mortal = MortalBroker()
    yield mortal
    mortal.kill()


@pytest.fixture
def server_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def identity(tmp_path: Path, server_key: Ed25519PrivateKey) -> Identity:
    made = create_identity(tmp_path / "identity", "device-1", "agency-a")
    return replace(made, server_key=server_key.public_key())


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.db", "device-1") as box:
        yield box
