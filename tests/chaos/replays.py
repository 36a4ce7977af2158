"""Replayed visits in programs of their own that are killed, each forked from one that has imported what they need."""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import soundfile

from edge_agent.commands.run import run
from edge_agent.identity import Identity, create_identity, open_identity, pin_server_key
from edge_agent.open_visits import CutVisit
from edge_agent.outbox import Outbox
from tests.edge_agent.recovered import cut_visits
from visit_record.record import VisitRecord
from visit_record.sealing import open_record

SECONDS = 40
VISIT = f"""
started_at = 2026-01-05T09:00:00+08:00
caregiver = "caregiver-1"
recipient = "recipient-1"
check_out_s = {SECONDS - 2}
withheld = ["face", "voice"]
[microphone]
path = "room.wav"
[thermal]
path = "thermal.npy"
rate_hz = 2
[position]
path = "receiver.nmea"
[[action]]
at_s = 2
do = "start"
item = "feeding"
[[action]]
at_s = 18
do = "finish"
item = "feeding"
"""
IMPORTED = [
    *(f"edge_agent.bootstrap.{room}" for room in ("kept", "program", "sending", "telling", "witnessing")),
    "edge_agent.commands.run",
    "edge_agent.replay_roster",
    "tests.chaos.replays",
]


@dataclass(frozen=True)
class Stage:
    """A device's folder, and the visit that is replayed on it again and again."""

    folder: Path

    @property
    def device(self) -> Path:
        return self.folder / "device"

    @property
    def outbox(self) -> Path:
        return self.device / "outbox.db"

    @property
    def told(self) -> Path:
        """What the programs printed."""
        return self.folder / "told.txt"

    def identity(self) -> Identity:
        return open_identity(self.device)

    def under_way(self) -> list[CutVisit]:
        if not self.outbox.exists():
            return []
        with Outbox(self.outbox, "device-1") as outbox:
            return cut_visits(outbox)

    def opened(self, sealed: bytes) -> VisitRecord:
        key = self.identity().key.public_key()
        return open_record(sealed, lambda _kid: key).record


def set_stage(folder: Path, registry: Path, broker: str | None = None, identity: Identity | None = None) -> Stage:
    create_identity(folder / "device", "device-1", "agency-a")
    settings = f'folder = "device"\nmodels = "{registry}"\n[visit]\nkept_every_s = 0.02\n'
    if broker is not None and identity is not None and identity.server_key is not None:
        pin_server_key(folder / "device", identity.server_key)
        settings += f'[broker]\nurl = "{broker}"\ndrain_s = 20\n'
    (folder / "settings.toml").write_text(settings, "utf-8")
    (folder / "visit.toml").write_text(VISIT, "utf-8")
    rng = np.random.default_rng(3)
    soundfile.write(folder / "room.wav", rng.normal(0, 0.05, SECONDS * 16_000).astype(np.float32), 16_000)
    np.save(folder / "thermal.npy", rng.normal(22, 0.3, (2 * SECONDS, 8, 8)).astype(np.float32))
    (folder / "receiver.nmea").write_text("".join(_fixes()), "ascii")
    return Stage(folder)


def _fixes() -> Iterator[str]:
    for second in range(SECONDS):
        body = f"GPGGA,0100{second:02d}.00,3113.8000,N,12128.2000,E,1,09,1.0,10.0,M,0.0,M,,"
        checksum = 0
        for byte in body.encode():
            checksum ^= byte
        yield f"${body}*{checksum:02X}\r\n"


def programs() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    return context


def live(folder: Path) -> None:
    """One program: ``edge-agent run``, which prints where the test can read it when the program is dead."""
    with (folder / "told.txt").open("a", buffering=1) as told, redirect_stdout(told):
        run(folder / "settings.toml", folder / "visit.toml")


def begin(context: ForkServerContext, stage: Stage) -> multiprocessing.process.BaseProcess:
    process = context.Process(target=live, args=(stage.folder,))
    process.start()
    return process


def kill(process: multiprocessing.process.BaseProcess) -> None:
    """SIGKILL; one that has ended by itself has ended well."""
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
