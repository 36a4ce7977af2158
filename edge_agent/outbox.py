"""The outbox: sealed records in the order of their chain, each kept until the server's receipt names it.

Sealing, the chain's head, the visit's journal and the end of its being under way are one transaction: a crash can
neither skip a ``seq``, nor use one twice, nor seal a visit twice. The head outlives the records, so the chain goes on
after the outbox has run empty.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from msgspec import Struct
from sqlite_utils import Database

from edge_agent.chain_head import ChainHead, HeadFile
from edge_agent.device_store import DeviceStore
from edge_agent.disk_reserve import DiskReserve
from edge_agent.errors import DiskFullError, OutboxError
from edge_agent.journal import ClosedJournal
from edge_agent.open_visits import OpenVisits, forget
from edge_agent.stored_journals import StoredJournals, store_journal
from visit_record.bilingual import Words
from visit_record.chain import next_link
from visit_record.receipts import Receipt
from visit_record.record import ChainLink
from visit_record.sealing import digest_of


class WaitingRecord(Struct, frozen=True):
    """A sealed record without a receipt; ``digest`` is the SHA-256 of its bytes."""

    seq: int
    digest: str
    sealed: bytes


# Stores what else is to be kept of a record, in its transaction.
Keep = Callable[[Database, WaitingRecord], None]


def nothing_else(_db: Database, _record: WaitingRecord) -> None:
    """Nothing else is kept of a record."""


class Outbox:
    """The outbox of one device.

    Any thread may use the file, and any process unless one opened it alone; each call is one transaction.
    """

    def __init__(self, path: Path, device: str, busy_timeout_s: float = 5.0, *, alone: bool = False) -> None:
        """Open the outbox, made on first use; a locked file is waited for ``busy_timeout_s`` seconds.

        ``alone``, it needs no room on the disk to be read, and no other program can use it meanwhile.

        Raises:
            OutboxError: the file cannot be used, or is another device's.
        """
        self.store = DeviceStore(path, busy_timeout_s, alone=alone)
        self._device = device
        self._head_file = HeadFile.beside(path)
        self.reserve = DiskReserve.beside(path)
        self.visits = OpenVisits(self.store)
        self.journals = StoredJournals(self.store)
        try:
            self._claim(path)
        except OutboxError:
            self.close()
            raise

    def append(
        self,
        seal: Callable[[ChainLink], bytes],
        journal: ClosedJournal | None = None,
        keep: Keep = nothing_else,
        *,
        may_use_reserve: bool = True,
    ) -> WaitingRecord:
        """Seal the next record of the chain and store it with its journal; on a full disk, in the space held for that.

        Only what cannot be had again ``may_use_reserve``: a visit's record; whoever writes a note still has its words.
        ``seal`` is given the record's place in the chain and returns the sealed bytes, ``keep`` stores in the same
        transaction what else is to be kept of it; what they raise passes through, and then nothing was stored and the
        place is still free.

        Raises:
            OutboxError: nothing was stored.
        """
        try:
            return self._append(seal, journal, keep)
        except DiskFullError:
            if not may_use_reserve or not self.reserve.give_up():
                raise
            return self._append(seal, journal, keep)

    def _append(self, seal: Callable[[ChainLink], bytes], journal: ClosedJournal | None, keep: Keep) -> WaitingRecord:
        # Settled later, it would take the mark of whoever seals next.
        with self.store.transaction(stored=self._head_file.settle) as db:
            head = _head(db)
            link = next_link(head.seq, head.digest)
            sealed = seal(link)
            record = WaitingRecord(link.seq, digest_of(sealed), sealed)
            db.execute("INSERT INTO outbox (seq, digest, sealed) VALUES (?, ?, ?)", (link.seq, record.digest, sealed))
            db.execute("UPDATE chain SET last_seq = ?, last_digest = ?", (link.seq, record.digest))
            if journal is not None:
                store_journal(db, link.seq, journal)
                forget(db, journal.visit)
            keep(db, record)
            self._head_file.announce(self._device, ChainHead(link.seq, record.digest))
        return record

    def pending(self, limit: int, after_seq: int = 0) -> list[WaitingRecord]:
        """At most ``limit`` waiting records beyond ``after_seq``, in the order of the chain.

        Raises:
            OutboxError: the file cannot be read.
        """
        query = "SELECT seq, digest, sealed FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
        with self.store.reading() as db:
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
        with self.store.transaction() as db:
            return [self._delete(db, receipt) for receipt in receipts]

    def count(self) -> int:
        """How many records wait.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self.store.reading() as db:
            return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def head(self) -> ChainHead:
        """The end of the chain, waiting or not.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self.store.reading() as db:
            return _head(db)

    def journal(self, visit: str) -> bytes | None:
        """The stored journal's lines of one visit.

        Raises:
            OutboxError: the file cannot be read.
        """
        return self.journals.lines(visit)

    def check(self) -> None:
        """Read all of it.

        Raises:
            DamagedOutboxError: it is damaged.
        """
        self.store.check()

    def close(self) -> None:
        """Close the file."""
        self.store.close()

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
        gone = bool(db.execute("DELETE FROM outbox WHERE seq = ? AND digest = ?", named).rowcount)
        if gone:
            # For those who look back: that a record is here no more does not tell that it arrived.
            db.execute("INSERT OR IGNORE INTO past_received (seq) VALUES (?)", (receipt.seq,))
        return gone

    def _claim(self, path: Path) -> None:
        # Within the transaction nobody else announces anything.
        with self.store.transaction() as db:
            known = self._head_file.read(self._device)
            first = known or ChainHead(0, None)
            row = (self._device, first.seq, first.digest)
            db.execute("INSERT OR IGNORE INTO chain (id, device, last_seq, last_digest) VALUES (1, ?, ?, ?)", row)
            owner = db.execute("SELECT device FROM chain").fetchone()[0]
            if owner != self._device:
                raise OutboxError(
                    f"the outbox {path} belongs to device {owner}, not {self._device}",
                    f"{path} 属于设备 {owner}，不是 {self._device}",
                    Words("核对文件夹", "check the folder"),
                )
            self._go_on(db, known)

    def _go_on(self, db: Database, known: ChainHead | None) -> None:
        """After the later of two ends: a database that is behind has lost records whose places were used."""
        stored = _head(db)
        if known is None or known.seq < stored.seq:
            self._head_file.write(self._device, stored)
        elif known.seq > stored.seq and not self._head_file.take_back(stored):
            structlog.get_logger().error("records_lost", stored_seq=stored.seq, last_seq=known.seq)
            db.execute("UPDATE chain SET last_seq = ?, last_digest = ?", (known.seq, known.digest))
        self._head_file.settle()


def _head(db: Database) -> ChainHead:
    return ChainHead(*db.execute("SELECT last_seq, last_digest FROM chain").fetchone())
