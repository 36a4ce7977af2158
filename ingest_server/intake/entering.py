"""Entering records that were read: chain, ledger, verdicts and sums, one transaction a batch, by one writer.

Idempotent: a record that arrives again gets its first receipt again and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from sqlalchemy import Connection

from ingest_server.authenticity.counting import Counting
from ingest_server.intake.reading import Read
from ingest_server.ledger.chain_view import ChainView, neighbourhood
from ingest_server.store.counted import counted, enter_counts
from ingest_server.store.database import Database
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.records import LedgerPlace, NewEntry, chain_entries, enter, known_receipts, restate
from ingest_server.store.trail_leaves import enter_trail
from visit_record.chain import LinkState
from visit_record.receipts import Receipt

log = structlog.get_logger()


class Tally(Protocol):
    """Counts what became of arrivals."""

    def accepted(self, count: int) -> None:
        """New records stored."""
        ...

    def repeated(self, count: int) -> None:
        """Records that were stored before."""
        ...

    def refused(self, reason: str) -> None:
        """One arrival refused."""
        ...


class Entering:
    """The one writer of records."""

    def __init__(self, database: Database, now_ms: Callable[[], int], tally: Tally, counting: Counting) -> None:
        self._database = database
        self._now_ms = now_ms
        self._tally = tally
        self._counting = counting

    def enter(self, batch: Sequence[Read]) -> list[Receipt]:
        """Enter what is new of records that were read, in one transaction; what each one's receipt is to say.

        The trail goes into the ledger with it, also with a batch of nothing.

        Raises:
            StoreError: the database failed; nothing of the batch was stored, and it may be entered again.
        """
        read = {one.opened.digest: one for one in batch}
        with self._database.writing() as connection:
            receipts = known_receipts(connection, read)
            new = [one for digest, one in read.items() if digest not in receipts]
            receipts |= self._enter_new(connection, new)
        self._count(batch, new)
        return [receipts[one.opened.digest] for one in batch]

    def _enter_new(self, connection: Connection, new: Sequence[Read]) -> dict[str, Receipt]:
        records = [one.opened.record for one in new]
        around = {place for record in records for place in neighbourhood(record.iss, record.chain.seq)}
        view = ChainView(chain_entries(connection, around))
        for one in new:
            view.add(one.opened.record.iss, one.opened.record.chain, one.opened.digest)
        ledger, now_ms, states = Ledger(connection), self._now_ms(), view.states()
        places = {one.opened.digest: LedgerPlace(ledger.append(one.opened.sealed), now_ms) for one in new}
        enter_trail(connection, ledger)
        ledger.flush()
        enter(connection, (_entry(one, places[one.opened.digest], states[one.opened.digest]) for one in new))
        restate(connection, view.changed())
        weighed = [(one.opened.digest, one.opened.record, one.verdict) for one in new]
        enter_counts(connection, counted(connection, weighed, self._counting))
        return {one.opened.digest: _receipt(one, places[one.opened.digest]) for one in new}

    def _count(self, batch: Sequence[Read], new: Sequence[Read]) -> None:
        self._tally.accepted(len(new))
        self._tally.repeated(len(batch) - len(new))
        once = Counter(one.opened.digest for one in new)
        for digest in Counter(one.opened.digest for one in batch) - once:
            log.info("record repeated", reason="repeated", digest=digest)


def _receipt(one: Read, place: LedgerPlace) -> Receipt:
    record = one.opened.record
    return Receipt(record.iss, record.chain.seq, one.opened.digest, place.log_index, place.received_at_ms)


def _entry(one: Read, place: LedgerPlace, state: LinkState) -> NewEntry:
    return NewEntry(one.opened, place, state, one.verdict, one.shadow)
