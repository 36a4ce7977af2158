"""A damaged outbox is set aside, not thrown away, and a new one goes on with its chain and with what could be read."""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import structlog

from edge_agent.chain_head import HeadFile
from edge_agent.device_store import DeviceStore
from edge_agent.errors import DamagedOutboxError
from edge_agent.outbox import Outbox

Row = tuple[object, ...]
_COLUMNS = {
    "outbox": ("seq", "digest", "sealed"),
    "journals": ("visit", "seq", "commitment", "lines_zlib"),
    "open_visits": ("visit", "begun", "progress"),
    "open_lines": ("id", "visit", "lines"),
    "past_visits": ("visit", "seq", "sealed"),
    "past_notes": ("seq", "visit", "sealed"),
    "past_received": ("seq",),
}


def open_sound_outbox(path: Path, device: str, now_ms: int) -> Outbox:
    """The outbox of a device, whole: read through at the start, and replaced where it is damaged.

    ``now_ms`` names the file that is set aside.

    Raises:
        DamagedOutboxError: it is damaged, and nothing says where its chain ended: no new one may be begun.
        OutboxError: it cannot be used.
    """
    try:
        return _checked(path, device)
    except DamagedOutboxError as damage:
        if HeadFile.beside(path).read(device) is None:
            raise DamagedOutboxError(
                f"{damage}; where its chain ended is not known, so that no new one is begun: enrol the device anew in "
                "an empty folder, and keep this one for repair"
            ) from damage
        aside = _set_aside(path, now_ms)
        taken = _take_over(aside, path, device)
        structlog.get_logger().error("outbox_set_aside", file=aside.name, reason=str(damage), **taken)
        return Outbox(path, device)


def set_aside(path: Path) -> list[Path]:
    """The damaged files that were set aside, the oldest first."""
    return sorted(one for one in path.parent.glob(f"{path.name}.damaged-*") if not one.name.endswith(("-wal", "-shm")))


def _checked(path: Path, device: str) -> Outbox:
    outbox = Outbox(path, device)
    try:
        outbox.check()
    except DamagedOutboxError:
        outbox.close()
        raise
    return outbox


def _set_aside(path: Path, now_ms: int) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now_ms:015d}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _take_over(aside: Path, path: Path, device: str) -> dict[str, int]:
    """What could be read and is what it says it is; how many rows of each table."""
    Outbox(path, device).close()
    taken = dict.fromkeys(_COLUMNS, 0)
    with closing(sqlite3.connect(aside)) as damaged, DeviceStore(path) as fresh, fresh.transaction() as db:
        for table, columns in _COLUMNS.items():
            places = ", ".join("?" for _ in columns)
            for row in _readable(damaged, table):
                db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})", row)
                taken[table] += 1
    return taken


def _readable(damaged: sqlite3.Connection, table: str) -> Iterator[Row]:
    columns = _COLUMNS[table]
    found: dict[object, Row] = {}
    for order in ("ASC", "DESC"):
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]} {order}"
        try:
            for row in damaged.execute(query):
                found.setdefault(row[0], row)
        except sqlite3.DatabaseError as end:
            # As far as can be read from this end.
            structlog.get_logger().warning("outbox_unreadable", table=table, order=order, reason=str(end))
    yield from (row for row in found.values() if _is_whole(table, row))


def _is_whole(table: str, row: Row) -> bool:
    """Whether a row's content is what its hash says; a visit under way has none, and what is past a seal."""
    match table, row:
        case "outbox", (int(), digest, bytes(sealed)):
            return hashlib.sha256(sealed).hexdigest() == digest
        case "journals", (str(), int(), commitment, bytes(packed)):
            return _digest_of_packed(packed) == commitment
        case ("open_visits", (str(), bytes(), bytes())) | ("open_lines", (int(), str(), bytes())):
            return True
        # Whether their seals hold is asked when they are read: one that does not hides no other.
        case ("past_visits", (str(), int(), bytes())) | ("past_notes", (int(), str(), bytes())):
            return True
        case "past_received", (int(),):
            return True
        case _:
            return False


def _digest_of_packed(packed: bytes) -> str | None:
    try:
        return hashlib.sha256(zlib.decompress(packed)).hexdigest()
    except zlib.error:
        return None
