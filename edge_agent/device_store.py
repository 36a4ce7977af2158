"""The device's one database file: opened for durability, used one transaction at a time.

Threads: one connection behind one lock, held for the whole of a transaction. Processes: ``BEGIN IMMEDIATE``, so that
SQLite's own write lock lets in one writer at a time. Nothing else is shared.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from edge_agent.errors import DamagedOutboxError, DiskFullError, OutboxError
from visit_record.bilingual import Words

# Of what a program must understand to write here. Tables that are only added need no new one: a release that is rolled
# back must find its records again.
SCHEMA_VERSION = 1
# Each table's columns, its key first. What a repair takes over and a support bundle counts is read off this.
TABLES: Mapping[str, Mapping[str, type]] = {
    "chain": {"id": int, "device": str, "last_seq": int, "last_digest": str},
    "outbox": {"seq": int, "digest": str, "sealed": bytes},
    "journals": {"visit": str, "seq": int, "commitment": str, "lines_zlib": bytes},
    "open_visits": {"visit": str, "begun": bytes, "progress": bytes},
    "left_open": {"visit": str, "software": str},
    "open_lines": {"id": int, "visit": str, "lines": bytes},
    "past_visits": {"visit": str, "seq": int, "sealed": bytes},
    "past_notes": {"seq": int, "visit": str, "sealed": bytes},
    "past_received": {"seq": int},
    "ages": {"thing": str, "since_ms": int},
}
_MAY_BE_NULL = frozenset({"last_digest"})
RETRY_S = 0.01

_STOP_OTHER = Words("请停止另一个见证程序", "stop the other edge-agent")
_KEEP = Words("保留文件以便修复，不要删除", "keep the file for repair and do not delete it")
# What is so, and what to do about it.
_MET = {
    sqlite3.SQLITE_FULL: (
        Words("磁盘已满", "the disk is full"),
        Words("请清出空间，没有丢失记录", "free some space, nothing was lost"),
    ),
    sqlite3.SQLITE_BUSY: (Words("正被另一个程序占用", "another program holds it"), _STOP_OTHER),
    sqlite3.SQLITE_LOCKED: (Words("正被另一个程序占用", "another program holds it"), _STOP_OTHER),
    sqlite3.SQLITE_READONLY: (
        Words("不能写入", "it cannot be written"),
        Words("查看它的属主，磁盘是否只读", "check its owner and whether the disk is mounted read-only"),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        Words("打不开", "it cannot be opened"),
        Words("查看它的文件夹是否存在、可写", "check that its folder exists and may be written"),
    ),
    sqlite3.SQLITE_CORRUPT: (Words("已损坏", "it is damaged"), _KEEP),
    sqlite3.SQLITE_NOTADB: (
        Words("不是数据库文件", "it is not an SQLite database"),
        Words("核对路径", "check the path"),
    ),
    sqlite3.SQLITE_IOERR: (
        Words("磁盘出错或已满", "the disk fails or is full"),
        Words("请检查，没有丢失记录", "check it, nothing was lost"),
    ),
}

_KINDS: dict[int, type[OutboxError]] = {
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_IOERR: DiskFullError,
    sqlite3.SQLITE_CORRUPT: DamagedOutboxError,
    sqlite3.SQLITE_NOTADB: DamagedOutboxError,
}


class DeviceStore:
    """An SQLite file in WAL mode with ``synchronous=FULL``: what was committed survives a power cut."""

    def __init__(self, path: Path, busy_timeout_s: float = 5.0, *, alone: bool = False) -> None:
        """Open the file, made with its tables on first use; ``alone``, no other program may meanwhile.

        Raises:
            OutboxError: it cannot be opened or is of a newer version.
        """
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._alone = alone
        self._lock = threading.Lock()
        with self._translated():
            connection = sqlite3.connect(path, busy_timeout_s, isolation_level=None, check_same_thread=False)
            self._db = Database(connection, execute_plugins=False)
        try:
            self._prepare()
        except OutboxError:
            self.close()
            raise

    @contextmanager
    def transaction(self, stored: Callable[[], None] = lambda: None) -> Iterator[Database]:
        """All of what is done inside, or nothing of it; ``stored`` is called before another thread begins anything.

        Raises:
            OutboxError: the file is full, locked, read-only or damaged.
        """
        with self._lock, self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise
            stored()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for one query.

        Raises:
            OutboxError: the file is locked or damaged.
        """
        with self._lock, self._translated():
            yield self._db

    def check(self) -> None:
        """Read the whole file: what is damaged is noticed at a start, not when a visit is to be sealed.

        Raises:
            DamagedOutboxError: a page or a row is not what it should be.
        """
        with self.reading() as db:
            said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise DamagedOutboxError(f"the outbox {self._path}: it is damaged ({said})", f"{self._path} 已损坏", _KEEP)

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        with self.reading() as db:
            if self._alone:
                # What programs share of a file in WAL mode needs room beside it; one by itself has it in memory.
                db.execute("PRAGMA locking_mode=EXCLUSIVE")
            _write_ahead(db, self._busy_timeout_s)
            db.execute("PRAGMA synchronous=FULL")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            whole = set(db.table_names()) >= set(TABLES)
        if version > SCHEMA_VERSION:
            raise OutboxError(
                f"{self._path} was written by a newer edge-agent",
                f"{self._path} 是更新的版本写的",
                Words("请升级本程序", "upgrade this one"),
            )
        if version < SCHEMA_VERSION or not whole:
            with self.transaction() as db:
                _create_tables(db)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as cause:
            # The low byte is the primary result code, the rest tells which read or write it was.
            code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            kind = _KINDS.get(code, OutboxError)
            so, do = _MET.get(code, (Words(f"数据库错误 {code}，详情见英文", str(cause)), None))
            raise kind(f"the outbox {self._path}: {so.en}", f"{self._path} {so.zh}", do) from cause


def _write_ahead(db: Database, busy_timeout_s: float) -> None:
    """Switch to WAL. While another program that opened the file first writes, SQLite refuses this without waiting."""
    until_s = time.monotonic() + busy_timeout_s
    while True:
        try:
            db.enable_wal()
            return
        except sqlite3.OperationalError as refusal:
            if refusal.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
        time.sleep(RETRY_S)


def _create_tables(db: Database) -> None:
    for name, columns in TABLES.items():
        must = set(columns) - _MAY_BE_NULL
        db.table(name).create(columns, pk=next(iter(columns)), not_null=must, if_not_exists=True, strict=True)
    db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
