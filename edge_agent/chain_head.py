"""The end of a device's chain, once more beside the database: a damaged one must not let a ``seq`` be used twice.

Two records under one ``seq`` are a fork, which says that a key was cloned. So the file is written before the database
commits: it may name a record that was never stored, and is never behind one that was. Until the commit the end before
it is kept too, which tells a commit that never came, after which the place is still free, from a database that lost
what it had, after which it is not.

A damaged file costs no visit where the database is whole: it says where the chain ends, and it is told that one was
asked where two should be (:mod:`edge_agent.outbox_repair`).
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from edge_agent.disk_reserve import writing
from edge_agent.errors import DamagedHeadError, LostOutboxError, OutboxError
from edge_agent.whole_files import remove, sync_folder, write_whole
from visit_record.bilingual import Words
from visit_record.record import Identifier, Sha256Hex

_LOOK_FOR_IT = Words(
    "不要删除任何文件，查看存储卡（dmesg | tail），把它从备份放回；没有备份就启动 carewitness-agent，它接着编号，"
    "再告诉管理员可能有记录没有送到",
    "delete nothing, look what the card says (dmesg | tail), and put it back from its backup; without one start "
    "carewitness-agent, which goes on after the last number, and tell the administrator that records may not arrive",
)


class ChainHead(Struct, frozen=True):
    """The last record that this device sealed; ``seq`` 0 and no digest before the first."""

    seq: int
    digest: Sha256Hex | None


class NamedHead(ChainHead, frozen=True, forbid_unknown_fields=True):
    """The end of one device's chain."""

    device: Identifier


@dataclass(frozen=True)
class HeadFile:
    """The file beside a database."""

    path: Path

    @property
    def before(self) -> Path:
        """The end before a record that may not be stored."""
        return self.path.with_suffix(".before.json")

    @classmethod
    def beside(cls, database: Path) -> "HeadFile":
        """The file that belongs to a database."""
        return cls(database.with_suffix(".head.json"))

    def read(self, device: str) -> ChainHead | None:
        """The end of the device's chain; ``None`` where nothing was ever written.

        Raises:
            DamagedHeadError: it cannot be read.
            OutboxError: it is another device's.
        """
        try:
            named = _named(self.path)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as cause:
            raise DamagedHeadError(
                f"{self.path} does not say where the chain ends: {cause}", f"{self.path} 没有写明记录链到哪里为止"
            ) from cause
        if named.device != device:
            raise OutboxError(
                f"{self.path} belongs to device {named.device}, not {device}",
                f"{self.path} 属于设备 {named.device}，不是 {device}",
                Words("核对文件夹", "check the folder"),
            )
        return ChainHead(named.seq, named.digest)

    def announce(self, device: str, head: ChainHead) -> None:
        """Say durably where the chain will end, before that is stored.

        Raises:
            OutboxError: it could not be written; nothing may be stored.
        """
        # One that is there already was kept for a commit that failed, and is where the chain still ends.
        with writing(self.before), suppress(FileExistsError, FileNotFoundError):
            os.link(self.path, self.before)
        self.write(device, head)

    def settle(self) -> None:
        """What was announced is stored, whatever becomes of this; at worst a place stays empty.

        Called before anything else may be announced: what that leaves is not to be taken for this one's.
        """
        try:
            remove(self.before)
        except OSError as error:
            structlog.get_logger().error("head_not_settled", file=self.before.name, reason=error.strerror)

    def take_back(self, stored: ChainHead) -> bool:
        """Whether what was announced after ``stored`` never was stored itself; then the chain ends there again.

        Raises:
            OutboxError: it could not be written.
        """
        try:
            before = _named(self.before)
        except (OSError, msgspec.MsgspecError):
            return False
        if (before.seq, before.digest) != (stored.seq, stored.digest):
            return False
        with writing(self.path):
            self.before.replace(self.path)
            sync_folder(self.path.parent)
        return True

    def write(self, device: str, head: ChainHead) -> None:
        """Say durably where the chain ends; the old content or the new, whenever the power goes.

        Raises:
            OutboxError: it could not be written.
        """
        with writing(self.path):
            write_whole(self.path, msgspec.json.encode(NamedHead(head.seq, head.digest, device)))


def require_kept(database: Path, device: str) -> None:
    """Look, without opening it, whether the database is there of which the head tells that it held records.

    Raises:
        LostOutboxError: it is gone or empty.
        DamagedHeadError: nobody can tell.
        OutboxError: the head is another device's.
    """
    head = HeadFile.beside(database).read(device)
    if head is None or head.seq == 0 or is_begun(database):
        return
    raise LostOutboxError(
        f"{database} is gone or empty, and {head.seq} records were sealed in this folder: some may be lost",
        f"{database} 不见了或是空的，而这个文件夹里封存过 {head.seq} 条记录：待发的可能已丢失",
        _LOOK_FOR_IT,
    )


def is_begun(database: Path) -> bool:
    """Whether anything was ever stored: a file of no length is no database yet."""
    return database.is_file() and database.stat().st_size > 0


def _named(path: Path) -> NamedHead:
    return msgspec.json.decode(path.read_bytes(), type=NamedHead)
