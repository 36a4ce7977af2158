from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.identity import Identity, create_identity
from edge_agent.outbox import Outbox
from tests.desk.room import Room, open_room


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return create_identity(tmp_path / "identity", "device-1", "agency-a")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.db", "device-1") as box:
        yield box


@pytest.fixture
def room(identity: Identity, outbox: Outbox) -> Iterator[Room]:
    with open_room(identity, outbox) as opened:
        yield opened
