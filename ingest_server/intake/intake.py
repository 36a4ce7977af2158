"""Taking records in: open, check, chain, enter in the ledger, score, store, receipt. In batches, each one transaction.

Idempotent: a record that arrives again gets its first receipt again and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ingest_server.authenticity.counting import Counting
from ingest_server.ledger.chain_view import ChainView, neighbourhood
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.counted import counted, enter_counts
from ingest_server.store.database import Database
from ingest_server.store.devices import EnrolledKey, keys_by_kid
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.records import LedgerPlace, NewEntry, chain_entries, enter, known_places, restate
from ingest_server.store.trail_leaves import enter_trail
from visit_record.chain import LinkState
from visit_record.errors import ForeignRecordError, RefusedError
from visit_record.receipts import Receipt, sign_receipt
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord, open_record
from visit_record.topics import Kind, Topic, parse_topic

Weigh = Callable[[VisitRecord], Verdict]
# What rules that are tried out say beside a verdict; ``None`` where there are none.
Shadow = Callable[[VisitRecord, Verdict], Verdict | None]
Enrolled = Callable[[str], EnrolledKey | None]
DEFECT = "defect"
log = structlog.get_logger()


class Arrival(Struct, frozen=True):
    """Bytes from the broker, and the topic they came on."""

    topic: str
    payload: bytes


class Reply(Struct, frozen=True):
    """A signed receipt, and where it goes."""

    topic: str
    receipt: bytes


class _Read(Struct, frozen=True):
    """A record whose signature and sender hold, and what it weighs."""

    opened: OpenedRecord
    verdict: Verdict
    shadow: Verdict | None


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


class Intake:
    """The way of a record from the wire to its receipt."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part chosen elsewhere
        self,
        database: Database,
        receipt_key: Ed25519PrivateKey,
        weigh: Weigh,
        now_ms: Callable[[], int],
        tally: Tally,
        counting: Counting,
        shadow: Shadow = lambda _record, _verdict: None,
    ) -> None:
        self._database = database
        self._receipt_key = receipt_key
        self._weigh = weigh
        self._shadow = shadow
        self._now_ms = now_ms
        self._tally = tally
        self._counting = counting

    def take(self, arrivals: Sequence[Arrival]) -> list[Reply]:
        """Enter what is good, refuse what is not, and receipt all that is stored.

        Raises:
            StoreError: the database failed; nothing of the batch was stored, and it may be taken again.
        """
        with self._database.reading() as connection:
            # Asked anew for each batch, so that a revoked key signs nothing more; once a key, of one device or of all.
            enrolled = cache(lambda kid: keys_by_kid(connection, [kid]).get(kid))
            read = [found for arrival in arrivals if (found := self._read(arrival, enrolled)) is not None]
        return self._enter(read) if read else []

    def _read(self, arrival: Arrival, enrolled: Enrolled) -> _Read | None:
        try:
            opened = _opened(arrival, enrolled)
            verdict = self._weigh(opened.record)
            # Asked once here, where a defect stops nobody else's record; counted with its level when it is entered.
            self._counting(opened.record, verdict, None)
            return _Read(opened, verdict, self._shadow(opened.record, verdict))
        except RefusedError as refusal:
            self._tally.refused(refusal.reason)
            log.warning("record refused", reason=refusal.reason, detail=str(refusal), topic=arrival.topic[:200])
        except SQLAlchemyError:
            # The key could not be looked up: that is the database's trouble, and the whole batch is kept for it.
            raise
        except Exception:
            # A defect of ours, brought out by one record: it must not stop everybody else's. The device gets no
            # receipt, so it keeps the record and sends it again to a server that is mended.
            self._tally.refused(DEFECT)
            log.exception("record not understood", reason=DEFECT, topic=arrival.topic[:200])
        return None

    def _enter(self, batch: Sequence[_Read]) -> list[Reply]:
        read = {one.opened.digest: one for one in batch}
        with self._database.writing() as connection:
            places = known_places(connection, read)
            new = [one for digest, one in read.items() if digest not in places]
            places |= self._enter_new(connection, new)
        self._count(batch, new)
        return [self._reply(one.opened, places[one.opened.digest]) for one in batch]

    def _enter_new(self, connection: Connection, new: Sequence[_Read]) -> dict[str, LedgerPlace]:
        records = [one.opened.record for one in new]
        around = {place for record in records for place in neighbourhood(record.iss, record.chain.seq)}
        view = ChainView(chain_entries(connection, around))
        for one in new:
            view.add(one.opened.record.iss, one.opened.record.chain, one.opened.digest)
        ledger, now_ms, states = Ledger(connection), self._now_ms(), view.states()
        places = {one.opened.digest: LedgerPlace(ledger.append(one.opened.sealed), now_ms) for one in new}
        if new:
            enter_trail(connection, ledger)
        ledger.flush()
        enter(connection, (_entry(one, places[one.opened.digest], states[one.opened.digest]) for one in new))
        restate(connection, view.changed())
        weighed = [(one.opened.digest, one.opened.record, one.verdict) for one in new]
        enter_counts(connection, counted(connection, weighed, self._counting))
        return places

    def _count(self, batch: Sequence[_Read], new: Sequence[_Read]) -> None:
        self._tally.accepted(len(new))
        self._tally.repeated(len(batch) - len(new))
        once = Counter(one.opened.digest for one in new)
        for digest in Counter(one.opened.digest for one in batch) - once:
            log.info("record repeated", reason="repeated", digest=digest)

    def _reply(self, opened: OpenedRecord, place: LedgerPlace) -> Reply:
        record = opened.record
        receipt = Receipt(record.iss, record.chain.seq, opened.digest, place.log_index, place.received_at_ms)
        return Reply(str(Topic(record.agency, record.iss, Kind.RECEIPT)), sign_receipt(receipt, self._receipt_key))


def _opened(arrival: Arrival, enrolled: Enrolled) -> OpenedRecord:
    topic = parse_topic(arrival.topic)
    opened = open_record(arrival.payload, lambda kid: signer.key if (signer := enrolled(kid)) else None)
    # A device must not speak for another one, whatever a lax broker lets it publish.
    signer = enrolled(opened.kid)
    owned = Topic(signer.agency, signer.device, Kind.RECORD) if signer else None
    claimed = Topic(opened.record.agency, opened.record.iss, Kind.RECORD)
    if claimed != owned or claimed != topic:
        raise ForeignRecordError(f"signed by the device of {owned}, says {claimed}, came on {topic}")
    return opened


def _entry(one: _Read, place: LedgerPlace, state: LinkState) -> NewEntry:
    return NewEntry(one.opened, place, state, one.verdict, one.shadow)
