"""What an installer may send to whoever helps: how the device fares, and nothing of whom it met.

Everything in it is made for it: no file of the device is copied but lines of its log, with the ids of people taken out.
"""

import io
import os
import platform
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import msgspec

from edge_agent.device_store import TABLES
from edge_agent.errors import EdgeError
from edge_agent.health import HealthCheck
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import files_set_aside
from edge_agent.redaction import Redaction
from edge_agent.settings import Settings
from edge_agent.whole_files import OWNER_ALONE

# A week of a device that complains every second is more than anybody reads.
MOST_LOG_BYTES = 2_000_000
_NEED_THE_DEVICE = ("health.json", "outbox.json", "roster.json", "files.json", "log.txt")
Json = Mapping[str, object]


@dataclass(frozen=True)
class SupportBundle:
    """What goes in: ``log`` is what the device's programs said, oldest first."""

    settings: Settings
    outbox: Outbox
    check: HealthCheck
    enrolled: int
    redaction: Redaction
    log: str

    def packed(self) -> bytes:
        """The tar.gz.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        return _packed(self._parts(), self.check.now_ms())

    def _parts(self) -> Iterator[tuple[str, bytes]]:
        yield "versions.json", _json(versions())
        yield "settings.json", _json(without_secrets(self.settings))
        yield "health.json", _json(msgspec.to_builtins(self.check()))
        yield "outbox.json", _json(self._outbox())
        yield "roster.json", _json({"enrolled": self.enrolled})
        yield "files.json", _json({"files": files(self.settings.folder, self.redaction)})
        yield "log.txt", self.redaction(self.log).encode()[-MOST_LOG_BYTES:]

    def _outbox(self) -> Json:
        database = self.settings.outbox
        aside = [{"name": one.name, "bytes": one.stat().st_size} for one in files_set_aside(database)]
        return {"head_seq": self.outbox.head().seq, "set_aside": aside, **_schema_and_counts(self.outbox)}


@dataclass(frozen=True)
class PartOfBundle:
    """What is left where the device cannot be read, and ``why``; ``settings`` are ``None`` where they are wrong.

    Neither log nor names of files: nobody can tell whose names are to be taken out.
    """

    settings: Settings | None
    why: EdgeError
    now_ms: int

    def packed(self) -> bytes:
        """The tar.gz."""
        return _packed(self._parts(), self.now_ms)

    def _parts(self) -> Iterator[tuple[str, bytes]]:
        yield "versions.json", _json(versions())
        yield "unreadable.json", _json({"zh": self.why.said.zh, "en": self.why.said.en, "left_out": _NEED_THE_DEVICE})
        if self.settings is not None:
            yield "settings.json", _json(without_secrets(self.settings))


def write_bundle(path: Path, packed: bytes) -> None:
    """Write a bundle, readable by its owner alone: whole, or not at all.

    Raises:
        FileExistsError: there is such a file already.
        OSError: it cannot be written; nothing is left of it.
    """
    with path.open("xb") as file:
        try:
            path.chmod(OWNER_ALONE)
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink()
            raise


def versions() -> Json:
    """The programs, and the system that they run on."""
    packages = {one.metadata["Name"]: one.version for one in distributions()}
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "sqlite": sqlite3.sqlite_version,
        "packages": dict(sorted(packages.items())),
    }


def without_secrets(settings: Settings) -> Json:
    """The settings, but not where the home lies, and nothing of a broker's address but its scheme and port."""
    told: dict[str, object] = msgspec.to_builtins(settings, enc_hook=lambda path: path.name)
    told["site"] = None if settings.site is None else "set"
    if settings.broker is not None:
        scheme, _, rest = settings.broker.url.partition("://")
        told["broker"] = {**msgspec.to_builtins(settings.broker), "url": f"{scheme}://…:{rest.rpartition(':')[2]}"}
    return told


def files(folder: Path, redaction: Redaction) -> Sequence[Json]:
    """Names, sizes and modes of what lies in the device's folder, never its content."""
    return [
        {"name": redaction(one.name), "bytes": one.stat().st_size, "mode": f"{one.stat().st_mode & 0o7777:04o}"}
        for one in sorted(folder.iterdir())
    ]


def _schema_and_counts(outbox: Outbox) -> Json:
    with outbox.store.reading() as db:
        tables = [row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        return {"version": db.execute("PRAGMA user_version").fetchone()[0], "schema": tables, "rows": counts}


def _packed(parts: Iterator[tuple[str, bytes]], now_ms: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as bundle:
        for name, content in parts:
            entry = tarfile.TarInfo(f"carewitness-support/{name}")
            entry.size, entry.mode, entry.mtime = len(content), OWNER_ALONE, now_ms // 1000
            bundle.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _json(content: Json) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content))
