"""Space that is held for the day on which the disk is full: given up, it takes the record of the visit under way."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from edge_agent.errors import DiskFullError, OutboxError
from edge_agent.system_words import why_zh

# A record, its journal and the log of their transaction, several times over.
RESERVE_BYTES = 4 * 1024 * 1024
# What a start writes before anything else can be done: its count, and what SQLite needs beside a database.
START_BYTES = 512 * 1024
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the disk refuses while the block runs is an error of the device's own.

    Raises:
        OutboxError: it could not be written.
    """
    try:
        yield
    except OSError as cause:
        kind = DiskFullError if cause.errno in NO_ROOM else OutboxError
        raise kind(
            f"cannot write {path}: {cause.strerror}; free some space, nothing was lost",
            f"无法写入 {path}：{why_zh(cause)}；没有丢失记录",
        ) from cause


@dataclass(frozen=True)
class DiskReserve:
    """A file without content that anybody needs."""

    path: Path
    size: int = RESERVE_BYTES

    @classmethod
    def beside(cls, database: Path) -> "DiskReserve":
        """The reserve that belongs to a database."""
        return cls(database.with_suffix(".reserve"))

    @property
    def held(self) -> bool:
        """Whether it is there, whole."""
        try:
            # One look: another thread may be giving it up.
            return self.path.stat().st_size >= self.size
        except FileNotFoundError:
            return False

    def hold(self) -> bool:
        """Take the space, if there is twice as much; whether it is held now."""
        if self.held:
            return True
        space = os.statvfs(self.path.parent)
        if space.f_bavail * space.f_frsize < 2 * self.size:
            return False
        try:
            with self.path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.size)
        except OSError as error:
            self.path.unlink(missing_ok=True)
            if error.errno not in NO_ROOM:
                raise
        return self.held

    def give_up_to_start(self) -> None:
        """Give the space to a program that could not even start, on a disk that is full.

        Raises:
            OutboxError: the disk cannot be asked.
        """
        with writing(self.path):
            space = os.statvfs(self.path.parent)
            if space.f_bavail * space.f_frsize < START_BYTES:
                self.give_up()

    def give_up(self) -> bool:
        """Give the space to whoever needs it; ``False`` if there was none."""
        if not self.path.exists():
            return False
        self.path.unlink()
        structlog.get_logger().error("disk_full", given_up_bytes=self.size)
        return True
