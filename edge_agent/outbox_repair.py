"""A damaged outbox is set aside, not thrown away, and a new one goes on with its chain and with what could be read.

The new one is filled beside it and takes its name last: a repair that is cut is begun again, or ended, at the next
start.
"""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import structlog

from edge_agent.chain_head import HeadFile
from edge_agent.device_store import TABLES, DeviceStore
from edge_agent.disk_reserve import writing
from edge_agent.errors import DamagedOutboxError
from edge_agent.head_repair import renew_damaged_head, unknown_end
from edge_agent.outbox import Outbox
from edge_agent.whole_files import DAMAGED, sync_folder

Row = tuple[object, ...]
# Where the chain ended is asked of the file beside it: a damaged row might say anything.
_TAKEN_OVER = tuple(table for table in TABLES if table != "chain")
_PARTS = ("", "-wal", "-shm")
_MENDED = ".mended-"
_MOMENT = "[0-9]" * 15


def open_sound_outbox(path: Path, device: str, now_ms: int, works: Callable[[], None] = lambda: None) -> Outbox:
    """The outbox of a device, whole: read through at the start, and replaced where it is damaged.

    ``now_ms`` names the file that is set aside; ``works`` is called again and again while what was in it is read.

    Raises:
        DamagedOutboxError: it is damaged, and nothing says where its chain ended: no new one may be begun.
        OutboxError: it cannot be used.
    """
    with writing(path):
        _end_cut_repair(path)
        renew_damaged_head(path, device, now_ms)
    works()
    try:
        return _checked(path, device)
    except DamagedOutboxError as damage:
        if HeadFile.beside(path).read(device) is None:
            raise unknown_end(damage) from damage
        mended = path.with_name(f"{path.name}{_MENDED}{now_ms:015d}")
        with writing(path):
            taken = _mend(path, mended, works)
            aside = _put_in_place(mended, path)
        structlog.get_logger().error("outbox_set_aside", file=aside.name, reason=str(damage), **taken)
        return Outbox(path, device)


def files_set_aside(path: Path) -> list[Path]:
    """The damaged files of an outbox's folder that were set aside, the oldest first; not its database alone."""
    return sorted(path.parent.glob(f"*{DAMAGED}{_MOMENT}"), key=_set_aside_ms)


def _set_aside_ms(aside: Path) -> int:
    return int(aside.name.rpartition(DAMAGED)[2])


def _checked(path: Path, device: str) -> Outbox:
    outbox = Outbox(path, device)
    try:
        outbox.check()
    except DamagedOutboxError:
        outbox.close()
        raise
    return outbox


def _end_cut_repair(path: Path) -> None:
    _remove(_filling(path))
    for mended in sorted(path.parent.glob(f"{path.name}{_MENDED}{_MOMENT}")):
        _put_in_place(mended, path)


def _filling(path: Path) -> Path:
    return path.with_name(f"{path.name}.filling")


def _mend(path: Path, mended: Path, works: Callable[[], None]) -> dict[str, int]:
    """A new file with what could be read and is what it says it is, whole or not there; how many rows of each table."""
    filling = _filling(path)
    try:
        taken = _take_over(path, filling, works)
        filling.replace(mended)
    finally:
        # On a full disk it would take the last of the room.
        _remove(filling)
    sync_folder(path.parent)
    return taken


def _put_in_place(mended: Path, path: Path) -> Path:
    """Where the damaged file goes; done again after a cut it ends alike, and there is a database at any moment."""
    aside = path.with_name(mended.name.replace(_MENDED, DAMAGED))
    for part in _PARTS:
        with suppress(FileNotFoundError, FileExistsError):
            os.link(f"{path}{part}", f"{aside}{part}")
    # Pages that are still to be written belong to the damaged file alone.
    for part in _PARTS[1:]:
        Path(f"{path}{part}").unlink(missing_ok=True)
    sync_folder(path.parent)
    mended.replace(path)
    sync_folder(path.parent)
    return aside


def _remove(database: Path) -> None:
    for part in _PARTS:
        Path(f"{database}{part}").unlink(missing_ok=True)


def _take_over(damaged_file: Path, filling: Path, works: Callable[[], None]) -> dict[str, int]:
    taken = dict.fromkeys(_TAKEN_OVER, 0)
    with closing(sqlite3.connect(damaged_file)) as damaged, DeviceStore(filling) as fresh:
        with fresh.transaction() as db:
            for table in _TAKEN_OVER:
                places = ", ".join("?" for _ in TABLES[table])
                for row in _readable(damaged, table, works):
                    if _is_whole(table, row):
                        db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(TABLES[table])}) VALUES ({places})", row)
                        taken[table] += 1
        with fresh.reading() as db:
            # It goes by the name of its one file.
            db.disable_wal()
    return taken


def _readable(damaged: sqlite3.Connection, table: str, works: Callable[[], None]) -> Iterator[Row]:
    """Each row once, as far as the table can be read from either end; of all of them no more than the keys is held."""
    columns = list(TABLES[table])
    found: set[object] = set()
    for order in ("ASC", "DESC"):
        query = f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]} {order}"
        try:
            for row in damaged.execute(query):
                works()
                if row[0] not in found:
                    found.add(row[0])
                    yield row
        except sqlite3.DatabaseError as end:
            # As far as can be read from this end.
            structlog.get_logger().warning("outbox_unreadable", table=table, order=order, reason=str(end))


def _is_whole(table: str, row: Row) -> bool:
    """Whether a row is of its table's form and its content what its hash says, where it has one.

    Whether what is sealed holds, and whether a visit under way can be read, is asked when that is done.
    """
    if [type(cell) for cell in row] != list(TABLES[table].values()):
        return False
    match table, row:
        case "outbox", (_, digest, bytes(sealed)):
            return hashlib.sha256(sealed).hexdigest() == digest
        case "journals", (_, _, commitment, bytes(packed)):
            return _digest_of_packed(packed) == commitment
        case _:
            return True


def _digest_of_packed(packed: bytes) -> str | None:
    try:
        return hashlib.sha256(zlib.decompress(packed)).hexdigest()
    except zlib.error:
        return None
