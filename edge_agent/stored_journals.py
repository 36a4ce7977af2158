"""The journals of sealed visits: each is kept while its record waits, and then until its time or its space is up."""

import zlib

import msgspec
import structlog
from msgspec import Struct
from sqlite_utils import Database

from edge_agent.ages import SEEN_BEFORE
from edge_agent.device_store import DeviceStore
from edge_agent.journal import ClosedJournal
from visit_record.visit_id import began_at_ms

# A check-in is shorter, with hardly an exception.
_STEP = 4_096
_SENT = "seq NOT IN (SELECT seq FROM outbox)"


class StoredJournals:
    """Any thread may call; each call is one transaction."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def lines(self, visit: str) -> bytes | None:
        """The lines of one visit's journal.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            row = db.execute("SELECT lines_zlib FROM journals WHERE visit = ?", (visit,)).fetchone()
        return None if row is None else zlib.decompress(row[0])

    def count(self) -> int:
        """How many there are.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            return int(db.execute("SELECT count(*) FROM journals").fetchone()[0])

    def latest_check_in_ms(self) -> int:
        """When the last of the visits began that are stored (UTC milliseconds); 0 where there is none.

        Raises:
            OutboxError: the file cannot be read.
        """
        # Visit ids begin with the time of check-in, so that they sort by it.
        with self._store.reading() as db:
            latest = db.execute("SELECT max(visit) FROM journals").fetchone()[0]
        return 0 if latest is None else began_at_ms(latest)

    def oldest_waiting_ms(self) -> int | None:
        """When the visit began whose record waits longest (UTC milliseconds); ``None`` where none waits.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            query = "SELECT visit FROM journals WHERE seq IN (SELECT seq FROM outbox) ORDER BY seq LIMIT 1"
            row = db.execute(query).fetchone()
        return None if row is None else began_at_ms(row[0])

    def named(self) -> set[str]:
        """The ids of everybody whom a journal's check-in names, and of their orders; a damaged one is told.

        Raises:
            OutboxError: the file cannot be read.
        """
        found: set[str] = set()
        with self._store.reading() as db:
            # One at a time: together they are hundreds of megabytes.
            for visit, packed in db.execute("SELECT visit, lines_zlib FROM journals"):
                try:
                    found |= named_in(_first_line(packed))
                except zlib.error as damage:
                    structlog.get_logger().error("journal_unreadable", visit=visit, reason=str(damage))
        return found

    def drop_before(self, at_ms: int) -> int:
        """Delete those that were first seen before a moment (UTC) and have been received; how many.

        Raises:
            OutboxError: nothing was deleted.
        """
        with self._store.transaction() as db:
            gone = db.execute(f"DELETE FROM journals WHERE {_SENT} AND visit IN ({SEEN_BEFORE})", (at_ms,))
            return int(gone.rowcount)

    def drop_oldest(self, count: int) -> int:
        """Delete at most ``count`` of those that have been received, in the order of the chain; how many.

        Raises:
            OutboxError: nothing was deleted.
        """
        chosen = f"SELECT visit FROM journals WHERE {_SENT} ORDER BY seq LIMIT ?"
        with self._store.transaction() as db:
            return int(db.execute(f"DELETE FROM journals WHERE visit IN ({chosen})", (count,)).rowcount)

    def room(self) -> int:
        """Bytes within the file that are free for what comes.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            pages = db.execute("PRAGMA freelist_count").fetchone()[0]
            return int(pages) * int(db.execute("PRAGMA page_size").fetchone()[0])


def _first_line(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    lines = unpacking.decompress(packed, _STEP)
    while b"\n" not in lines and unpacking.unconsumed_tail:
        lines += unpacking.decompress(unpacking.unconsumed_tail, _STEP)
    return lines.partition(b"\n")[0]


class _Order(Struct):
    order: str


class _CheckIn(Struct):
    """As much of a check-in, the first line of each journal, as names somebody."""

    caregiver: str
    recipient: str
    order: _Order | None = None


def named_in(check_in_line: bytes) -> set[str]:
    """Whom a check-in names, and their order, whatever else a version wrote into it."""
    try:
        check_in = msgspec.json.decode(check_in_line, type=_CheckIn)
    except msgspec.MsgspecError:
        # Of a version that begins its journals otherwise: nobody is known to be named in it.
        return set()
    return {check_in.caregiver, check_in.recipient} | ({check_in.order.order} if check_in.order else set())


def store_journal(db: Database, seq: int, journal: ClosedJournal) -> None:
    """Store a journal: within the transaction that stores its record."""
    row = (journal.visit, seq, journal.commitment, journal.lines_zlib)
    db.execute("INSERT INTO journals (visit, seq, commitment, lines_zlib) VALUES (?, ?, ?, ?)", row)
