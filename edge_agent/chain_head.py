"""The end of a device's chain, once more beside the database: a damaged one must not let a ``seq`` be used twice.

Two records under one ``seq`` are a fork, which says that a key was cloned. So the file is written before the database
commits: it may name a record that was never stored, and is never behind one that was.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from edge_agent.disk_reserve import NO_ROOM
from edge_agent.errors import DamagedOutboxError, DiskFullError, OutboxError
from edge_agent.whole_files import write_whole
from visit_record.record import Identifier, Sha256Hex


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

    @classmethod
    def beside(cls, database: Path) -> "HeadFile":
        """The file that belongs to a database."""
        return cls(database.with_suffix(".head.json"))

    def read(self, device: str) -> ChainHead | None:
        """The end of the device's chain; ``None`` where nothing was ever written.

        Raises:
            DamagedOutboxError: it is another device's, or cannot be read.
        """
        try:
            named = msgspec.json.decode(self.path.read_bytes(), type=NamedHead)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as cause:
            raise DamagedOutboxError(f"{self.path} does not say where the chain ends: {cause}") from cause
        if named.device != device:
            raise DamagedOutboxError(f"{self.path} belongs to device {named.device}, not {device}; check the folder")
        return ChainHead(named.seq, named.digest)

    def write(self, device: str, seq: int, digest: str | None) -> None:
        """Say durably where the chain ends; the old content or the new, whenever the power goes.

        Raises:
            OutboxError: it could not be written.
        """
        try:
            write_whole(self.path, msgspec.json.encode(NamedHead(seq, digest, device)))
        except OSError as cause:
            kind = DiskFullError if cause.errno in NO_ROOM else OutboxError
            raise kind(f"cannot write {self.path}: {cause.strerror}; free some space, nothing was lost") from cause
