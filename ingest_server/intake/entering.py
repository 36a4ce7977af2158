"""Entering records that were read: chain, ledger, verdicts and sums, one transaction a batch, by one writer.

Idempotent: a record that arrives again gets its first receipt again and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from sqlalchemy import Connection

from ingest_server.authenticity.counting import Counting
from ingest_server.intake.reading import Read, ReadNote, Taken
from ingest_server.ledger.chain_view import ChainView, neighbourhood
from ingest_server.store.counted import counted, enter_counts
from ingest_server.store.database import Database
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.records import LedgerPlace, NewEntry, chain_entries, enter, known_receipts, restate
from ingest_server.store.trail_leaves import enter_trail
from ingest_server.store.visit_notes import NewNote, enter_notes
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

    def enter(self, batch: Sequence[Taken]) -> list[Receipt]:
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

    def _enter_new(self, connection: Connection, new: Sequence[Taken]) -> dict[str, Receipt]:
        links = [(one.opened.said.iss, one.opened.said.chain, one.opened.digest) for one in new]
        around = {place for device, link, _ in links for place in neighbourhood(device, link.seq)}
        view = ChainView(chain_entries(connection, around))
        for link in links:
            view.add(*link)
        ledger, now_ms, states = Ledger(connection), self._now_ms(), view.states()
        places = {one.opened.digest: LedgerPlace(ledger.append(one.opened.sealed), now_ms) for one in new}
        enter_trail(connection, ledger)
        ledger.flush()
        stand = {digest: (places[digest], states[digest]) for digest in places}
        visits = [one for one in new if isinstance(one, Read)]
        notes = [one for one in new if isinstance(one, ReadNote)]
        enter(connection, (_entry(one, *stand[one.opened.digest]) for one in visits))
        enter_notes(connection, (NewNote(one.opened, *stand[one.opened.digest]) for one in notes))
        restate(connection, view.changed())
        weighed = [(one.opened.digest, one.opened.record, one.verdict) for one in visits]
        enter_counts(connection, counted(connection, weighed, self._counting))
        return {one.opened.digest: _receipt(one, places[one.opened.digest]) for one in new}

    def _count(self, batch: Sequence[Taken], new: Sequence[Taken]) -> None:
        self._tally.accepted(len(new))
        self._tally.repeated(len(batch) - len(new))
        once = Counter(one.opened.digest for one in new)
        for digest in Counter(one.opened.digest for one in batch) - once:
            log.info("record repeated", reason="repeated", digest=digest)


def _receipt(one: Taken, place: LedgerPlace) -> Receipt:
    said = one.opened.said
    return Receipt(said.iss, said.chain.seq, one.opened.digest, place.log_index, place.received_at_ms)


def _entry(one: Read, place: LedgerPlace, state: LinkState) -> NewEntry:
    return NewEntry(one.opened, place, state, one.verdict, one.shadow)
