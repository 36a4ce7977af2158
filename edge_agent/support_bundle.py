"""What an installer may send to whoever helps: how the device fares, and nothing of whom it met.

Everything in it is made for it: no file of the device is copied but lines of its log, with the ids of people taken out.
"""

import io
import platform
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import msgspec

from edge_agent.device_store import TABLES
from edge_agent.health import HealthCheck
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import set_aside
from edge_agent.redaction import Redaction
from edge_agent.settings import Settings

# A week of a device that complains every second is more than anybody reads.
MOST_LOG_BYTES = 2_000_000
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

    def write(self, path: Path) -> None:
        """Write the tar.gz, readable by its owner alone.

        Raises:
            OutboxError: the outbox cannot be read.
            FileExistsError: there is such a file already.
        """
        parts = dict(self._parts())
        with path.open("xb") as file:
            path.chmod(0o600)
            with tarfile.open(fileobj=file, mode="w:gz") as bundle:
                for name, content in parts.items():
                    entry = tarfile.TarInfo(f"carewitness-support/{name}")
                    entry.size, entry.mode, entry.mtime = len(content), 0o600, self.check.now_ms() // 1000
                    bundle.addfile(entry, io.BytesIO(content))

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
        aside = [{"name": one.name, "bytes": one.stat().st_size} for one in set_aside(database)]
        return {"head_seq": self.outbox.head().seq, "set_aside": aside, **_schema_and_counts(database)}


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


def _schema_and_counts(database: Path) -> Json:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
        tables = [row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        return {"version": db.execute("PRAGMA user_version").fetchone()[0], "schema": tables, "rows": counts}


def _json(content: Json) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content))
