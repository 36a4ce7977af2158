"""Past visits and the notes about them, in the device's database, each row sealed at rest.

A visit is remembered in the transaction that seals its record, a note in the one that seals the note. Whose a row is
stands inside its seal; rows are told apart by visit and by number in the chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlite_utils import Database

from edge_agent.ages import SEEN_BEFORE
from edge_agent.device_store import DeviceStore
from edge_agent.errors import VaultError
from edge_agent.outbox import Outbox, WaitingRecord
from edge_agent.past_visit import PastVisit, told_of
from edge_agent.rest_seal import RestSeal
from visit_record.first_use import known
from visit_record.note import VisitNote
from visit_record.note_sealing import open_note
from visit_record.sealing import open_record

T = TypeVar("T")
PURPOSE = "past"
_SEQS = "SELECT seq FROM past_visits UNION ALL SELECT seq FROM past_notes"
_STANDS = "SELECT seq, 'received' FROM past_received UNION ALL SELECT seq, 'waiting' FROM outbox"
_SENT = "seq NOT IN (SELECT seq FROM outbox)"


class Delivery(StrEnum):
    """How what was sealed stands with the server."""

    WAITING = "waiting"
    RECEIVED = "received"
    LOST = "lost"
    """Neither is it here nor is there a receipt of it: the database was damaged."""


class KeptNote(Struct, frozen=True):
    """A note, and whether the server has it."""

    note: VisitNote
    delivery: Delivery


class KeptVisit(Struct, frozen=True):
    """A past visit, its notes, the first one first, and whether the server has its record."""

    said: PastVisit
    delivery: Delivery
    notes: tuple[KeptNote, ...]


@dataclass(frozen=True)
class PastVisits:
    """Any thread may call; each call is one transaction."""

    store: DeviceStore
    seal: RestSeal

    @classmethod
    def of(cls, outbox: Outbox, key: Ed25519PrivateKey) -> "PastVisits":
        """Those of one device."""
        return cls(outbox.store, RestSeal(PURPOSE, key))

    def keep(self, db: Database, record: WaitingRecord) -> None:
        """Remember the visit of a record that is being sealed: within that transaction."""
        own = self.seal.key.public_key()
        said = told_of(open_record(record.sealed, lambda _kid: own).record, record.digest)
        sealed = self.seal.seal(msgspec.msgpack.encode(said), said.visit)
        db.execute("INSERT INTO past_visits (visit, seq, sealed) VALUES (?, ?, ?)", (said.visit, said.seq, sealed))

    def keep_note(self, db: Database, record: WaitingRecord) -> None:
        """Remember a note that is being sealed: within that transaction."""
        own = self.seal.key.public_key()
        note = open_note(record.sealed, lambda _kid: own).note
        row = (record.seq, note.about.visit, self.seal.seal(msgspec.msgpack.encode(note), _place(record.seq)))
        db.execute("INSERT INTO past_notes (seq, visit, sealed) VALUES (?, ?, ?)", row)

    def of_caregiver(self, caregiver: str) -> list[KeptVisit]:
        """Somebody's own visits, newest first.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self.store.reading() as db:
            stands = {int(seq): Delivery(word) for seq, word in db.execute(_STANDS).fetchall()}
            rows = db.execute("SELECT visit, seq, sealed FROM past_visits ORDER BY seq DESC").fetchall()
            noted = db.execute("SELECT visit, seq, sealed FROM past_notes ORDER BY seq").fetchall()
        notes = [KeptNote(note, stands.get(note.chain.seq, Delivery.LOST)) for note in self._notes(noted)]
        return [
            KeptVisit(
                said,
                stands.get(said.seq, Delivery.LOST),
                tuple(one for one in notes if one.note.about.visit == said.visit),
            )
            for said in self._visits(rows)
            if said.caregiver == caregiver
        ]

    def named(self) -> set[str]:
        """Everybody whom past visits and the notes about them name, and their orders.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self.store.reading() as db:
            rows = db.execute("SELECT visit, seq, sealed FROM past_visits").fetchall()
            noted = db.execute("SELECT visit, seq, sealed FROM past_notes").fetchall()
        found = {note.caregiver for note in self._notes(noted)}
        for said in self._visits(rows):
            found |= {said.caregiver, said.recipient} | ({said.order.order} if said.order else set())
        return found

    def last_of_orders(self) -> dict[tuple[str, int], PastVisit]:
        """The visit that was sealed last for each order, as far as this device remembers.

        By the order's id and its planned start (UTC milliseconds): whoever writes orders by hand may call one of each
        day the same.

        Raises:
            OutboxError: the file cannot be read.
        """
        with self.store.reading() as db:
            rows = db.execute("SELECT visit, seq, sealed FROM past_visits ORDER BY seq").fetchall()
        ordered = ((said.order, said) for said in self._visits(rows))
        return {(order.order, order.planned_start_ms): said for order, said in ordered if order is not None}

    def drop_before(self, at_ms: int) -> int:
        """Delete what was first seen before a moment (UTC milliseconds) and waits no more, with its notes; how many.

        Raises:
            OutboxError: nothing was deleted.
        """
        with self.store.transaction() as db:
            aged = f"{_SENT} AND visit IN ({SEEN_BEFORE})"
            gone = db.execute(f"DELETE FROM past_visits WHERE {aged}", (at_ms,)).rowcount
            db.execute(f"DELETE FROM past_notes WHERE {_SENT} AND visit NOT IN (SELECT visit FROM past_visits)")
            db.execute(f"DELETE FROM past_received WHERE seq NOT IN ({_SEQS})")
        return int(gone)

    def _visits(self, rows: list[tuple[str, int, bytes]]) -> Iterator[PastVisit]:
        for visit, _, sealed in rows:
            said = self._opened(sealed, visit, PastVisit)
            if said is not None:
                yield said

    def _notes(self, rows: list[tuple[str, int, bytes]]) -> Iterator[VisitNote]:
        for _, seq, sealed in rows:
            note = self._opened(sealed, _place(seq), VisitNote)
            if note is not None:
                yield note

    def _opened(self, sealed: bytes, place: str, kind: type[T]) -> T | None:
        """One row that cannot be read hides no other, nor does one that another version of this program wrote."""
        try:
            return msgspec.msgpack.decode(self.seal.open(sealed, place), type=known(kind))
        except VaultError as error:
            reason = str(error)
        except msgspec.DecodeError:
            # Its own words quote what stands in the row.
            reason = f"no {kind.__name__} of this version"
        structlog.get_logger().error("past_unreadable", reason=reason)
        return None


def _place(seq: int) -> str:
    return f"note {seq}"
