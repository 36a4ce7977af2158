"""What the routes work with, handed over once when the app is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, Request

from ingest_server.authenticity.tariff import Tariff, shipped_tariff
from ingest_server.scoring.calibration import Calibration
from ingest_server.store.database import Database
from ingest_server.web.censuses import Censuses
from ingest_server.web.drawings import Drawings
from ingest_server.web.kept import Kept
from ingest_server.web.turns import Limits, Turns
from ingest_server.web.watch import Watch


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the routes work with; each is chosen where the app is made."""

    database: Database
    """The store."""
    now_ms: Callable[[], int]
    """The clock, UTC milliseconds."""
    server_key: Ed25519PrivateKey
    """Signs checkpoints, as it signs receipts."""
    intake_connected: Callable[[], bool]
    """Whether records can arrive; else ``/healthz`` says so."""
    calibration: Calibration
    """The table by which new visits are weighed, for those who want to know."""
    censuses: Censuses
    """What peers are like."""
    zone: ZoneInfo
    """The time zone of the screens."""
    watch: Kept[Watch]
    """How devices are, and what the sums by day lack."""
    drawings: Drawings
    """Charts as they were drawn last."""
    tariff: Tariff = field(default_factory=shipped_tariff)
    """The region's: what visits cost, in which days they are summed, how long one may be at most."""
    ledger_origin: str = "carewitness/ledger"
    """The ledger's name in its checkpoints (C2SP tlog-checkpoint, "origin")."""
    limits: Limits = field(default_factory=Limits)
    """How much a combined query, and a file that leaves, may cost."""
    questions: Turns = field(default_factory=lambda: Turns(at_once=4, waiting=2, patience_s=5.0))
    """Combined queries that are answered at once."""
    exports: Turns = field(default_factory=lambda: Turns(at_once=1, waiting=1, patience_s=5.0))
    """Files that are written at once: one keeps a core busy."""

    @property
    def day_zone(self) -> ZoneInfo:
        """The time zone of the days by which visits are summed."""
        return ZoneInfo(self.tariff.time_zone)


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves this request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


async def given_parts(request: Request) -> Parts:
    """A dependency: the same.

    Dependencies that only look at what is there are ``async``: any other is led to a thread and back, as is the one
    that reads the session.
    """
    return parts_of(request)


GivenParts = Annotated[Parts, Depends(given_parts)]
