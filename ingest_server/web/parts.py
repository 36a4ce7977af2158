"""What the routes work with, handed over once when the app is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, Request

from ingest_server.scoring.calibration import Calibration
from ingest_server.store.database import Database
from ingest_server.web.censuses import Censuses
from ingest_server.web.throttle import Throttle


@dataclass(frozen=True)
class Parts:
    """The store, the clock, the checkpoints' key and their ledger's name, the screens' zone, what intake says, what
    peers are like, and the table that new visits are weighed by.
    """

    database: Database
    now_ms: Callable[[], int]
    server_key: Ed25519PrivateKey
    ledger_origin: str
    zone: ZoneInfo
    throttle: Throttle
    intake_connected: Callable[[], bool]
    censuses: Censuses
    calibration: Calibration


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


GivenParts = Annotated[Parts, Depends(parts_of)]
