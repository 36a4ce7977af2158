"""Taking records in: open, check, chain, enter in the ledger, score, store, receipt. In batches, each one transaction.

Idempotent: a record that arrives again gets its first receipt again and changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from ingest_server.intake.chain_view import ChainView, neighbourhood
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.database import Database
from ingest_server.store.devices import EnrolledKey, active_keys
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.records import NewEntry, chain_entries, enter, known_log_indexes, restate
from visit_record.errors import ForeignRecordError, RefusedError
from visit_record.receipts import Receipt, sign_receipt
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord, open_record
from visit_record.topics import Kind, Topic, parse_topic

Weigh = Callable[[VisitRecord], Verdict]
log = structlog.get_logger()


class Arrival(Struct, frozen=True):
    """Bytes from the broker, and the topic they came on."""

    topic: str
    payload: bytes


class Reply(Struct, frozen=True):
    """A signed receipt, and where it goes."""

    topic: str
    receipt: bytes


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

    def __init__(
        self, database: Database, receipt_key: Ed25519PrivateKey, weigh: Weigh, now_ms: Callable[[], int], tally: Tally
    ) -> None:
        self._database = database
        self._receipt_key = receipt_key
        self._weigh = weigh
        self._now_ms = now_ms
        self._tally = tally
        self._keys: Mapping[str, EnrolledKey] = {}

    def take(self, arrivals: Sequence[Arrival]) -> list[Reply]:
        """Enter what is good, refuse what is not, and receipt all that is stored.

        Raises:
            StoreError: the database failed; nothing of the batch was stored, and it may be taken again.
        """
        with self._database.reading() as connection:
            self._keys = active_keys(connection)
        opened = [found for arrival in arrivals if (found := self._open(arrival)) is not None]
        return [self._reply(receipt, agency) for receipt, agency in self._enter(opened)] if opened else []

    def _open(self, arrival: Arrival) -> OpenedRecord | None:
        try:
            topic = parse_topic(arrival.topic)
            opened = open_record(arrival.payload, self._key_of)
            self._check_sender(opened, topic)
        except RefusedError as refusal:
            self._tally.refused(refusal.reason)
            log.warning("record refused", reason=refusal.reason, detail=str(refusal), topic=arrival.topic[:200])
            return None
        return opened

    def _key_of(self, kid: str) -> Ed25519PublicKey | None:
        enrolled = self._keys.get(kid)
        return enrolled.key if enrolled else None

    def _check_sender(self, opened: OpenedRecord, topic: Topic) -> None:
        # A device must not speak for another one, whatever a lax broker lets it publish.
        enrolled = self._keys[opened.kid]
        claimed = Topic(opened.record.agency, opened.record.iss, Kind.RECORD)
        if claimed != Topic(enrolled.agency, enrolled.device, Kind.RECORD) or claimed != topic:
            raise ForeignRecordError(
                f"signed by {enrolled.device} of {enrolled.agency}, says {claimed}, came on {topic}"
            )

    def _enter(self, batch: Sequence[OpenedRecord]) -> list[tuple[Receipt, str]]:
        unique = {opened.digest: opened for opened in batch}
        now_ms = self._now_ms()
        with self._database.writing() as connection:
            log_indexes = known_log_indexes(connection, unique)
            new = [opened for digest, opened in unique.items() if digest not in log_indexes]
            places = {place for opened in new for place in neighbourhood(opened.record.iss, opened.record.chain.seq)}
            view = _linked(ChainView(chain_entries(connection, places)), new)
            ledger = Ledger(connection)
            log_indexes |= {opened.digest: ledger.append(opened.sealed) for opened in new}
            ledger.flush()
            states = view.states()
            enter(
                connection,
                (
                    NewEntry(
                        opened, log_indexes[opened.digest], states[opened.digest], now_ms, self._weigh(opened.record)
                    )
                    for opened in new
                ),
            )
            restate(connection, view.changed())
        self._tally.accepted(len(new))
        self._tally.repeated(len(batch) - len(new))
        return [(_receipt(opened, log_indexes[opened.digest], now_ms), opened.record.agency) for opened in batch]

    def _reply(self, receipt: Receipt, agency: str) -> Reply:
        return Reply(str(Topic(agency, receipt.device, Kind.RECEIPT)), sign_receipt(receipt, self._receipt_key))


def _linked(view: ChainView, new: Iterable[OpenedRecord]) -> ChainView:
    for opened in new:
        view.add(opened.record.iss, opened.record.chain, opened.digest)
    return view


def _receipt(opened: OpenedRecord, log_index: int, now_ms: int) -> Receipt:
    return Receipt(opened.record.iss, opened.record.chain.seq, opened.digest, log_index, now_ms)
