"""The outbox: sealed records in the order of their chain, each kept until the server's receipt names it.

Sealing, the chain's head, the visit's journal and the end of its being under way are one transaction: a crash can
neither skip a ``seq``, nor use one twice, nor seal a visit twice. The head outlives the records, so the chain goes on
after the outbox has run empty.
"""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct
from sqlite_utils import Database

from edge_agent.device_store import DeviceStore
from edge_agent.errors import OutboxError
from edge_agent.journal import ClosedJournal
from edge_agent.open_visits import OpenVisits, forget
from visit_record.chain import next_link
from visit_record.receipts import Receipt
from visit_record.record import ChainLink
from visit_record.sealing import digest_of


class ChainHead(Struct, frozen=True):
    """The last record that this device sealed; ``seq`` 0 and no digest before the first."""

    seq: int
    digest: str | None


class WaitingRecord(Struct, frozen=True):
    """A sealed record without a receipt; ``digest`` is the SHA-256 of its bytes."""

    seq: int
    digest: str
    sealed: bytes


class Outbox:
    """The outbox of one device. Any thread and any process may use the file; each call is one transaction."""

    def __init__(self, path: Path, device: str, busy_timeout_s: float = 5.0) -> None:
        """Open the outbox, made on first use; a locked file is waited for ``busy_timeout_s`` seconds.

        Raises:
            OutboxError: the file cannot be used, or is another device's.
        """
        self._store = DeviceStore(path, busy_timeout_s)
        self._device = device
        self.visits = OpenVisits(self._store)
        try:
            self._claim(path)
        except OutboxError:
            self.close()
            raise

    def append(self, seal: Callable[[ChainLink], bytes], journal: ClosedJournal | None = None) -> WaitingRecord:
        """Seal the next record of the chain and store it with its journal.

        ``seal`` is given the record's place in the chain and returns the sealed bytes; what it raises passes through,
        and then nothing was stored and the place is still free.

        Raises:
            OutboxError: nothing was stored.
        """
        with self._store.transaction() as db:
            head = _head(db)
            link = next_link(head.seq, head.digest)
            sealed = seal(link)
            record = WaitingRecord(link.seq, digest_of(sealed), sealed)
            db.execute("INSERT INTO outbox (seq, digest, sealed) VALUES (?, ?, ?)", (link.seq, record.digest, sealed))
            db.execute("UPDATE chain SET last_seq = ?, last_digest = ?", (link.seq, record.digest))
            if journal is not None:
                _store_journal(db, link.seq, journal)
                forget(db, journal.visit)
        return record

    def pending(self, limit: int, after_seq: int = 0) -> list[WaitingRecord]:
        """At most ``limit`` waiting records beyond ``after_seq``, in the order of the chain.

        Raises:
            OutboxError: the file cannot be read.
        """
        query = "SELECT seq, digest, sealed FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._store.reading() as db:
            return [WaitingRecord(*row) for row in db.execute(query, (after_seq, limit)).fetchall()]

    def accept(self, receipt: Receipt) -> bool:
        """Delete the one record that a receipt names; ``False`` if no waiting record has that device, seq and digest.

        The caller has checked the receipt's signature.

        Raises:
            OutboxError: nothing was deleted.
        """
        return self.accept_all([receipt])[0]

    def accept_all(self, receipts: Sequence[Receipt]) -> list[bool]:
        """As :meth:`accept` for each, in one transaction: one wait for the disk instead of many.

        Raises:
            OutboxError: nothing was deleted.
        """
        with self._store.transaction() as db:
            return [self._delete(db, receipt) for receipt in receipts]

    def count(self) -> int:
        """How many records wait.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def head(self) -> ChainHead:
        """The end of the chain, waiting or not.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            return _head(db)

    def journal(self, visit: str) -> bytes | None:
        """The stored journal's lines of one visit.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            row = db.execute("SELECT lines_zlib FROM journals WHERE visit = ?", (visit,)).fetchone()
        return None if row is None else zlib.decompress(row[0])

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _delete(self, db: Database, receipt: Receipt) -> bool:
        if receipt.device != self._device:
            return False
        named = (receipt.seq, receipt.digest)
        return bool(db.execute("DELETE FROM outbox WHERE seq = ? AND digest = ?", named).rowcount)

    def _claim(self, path: Path) -> None:
        with self._store.transaction() as db:
            db.execute("INSERT OR IGNORE INTO chain (id, device, last_seq) VALUES (1, ?, 0)", (self._device,))
            owner = db.execute("SELECT device FROM chain").fetchone()[0]
        if owner != self._device:
            raise OutboxError(f"the outbox {path} belongs to device {owner}, not {self._device}; check the folder")


def _head(db: Database) -> ChainHead:
    return ChainHead(*db.execute("SELECT last_seq, last_digest FROM chain").fetchone())


def _store_journal(db: Database, seq: int, journal: ClosedJournal) -> None:
    row = (journal.visit, seq, journal.commitment, zlib.compress(journal.lines))
    db.execute("INSERT INTO journals (visit, seq, commitment, lines_zlib) VALUES (?, ?, ?, ?)", row)
