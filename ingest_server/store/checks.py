"""Looking again whether a stored record is what was received: each thing that is checked, by itself.

A reader who trusts nobody does the same outside, from the sealed record and the proof that the API gives.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from ingest_server.errors import AlteredRecordError
from ingest_server.store.devices import keys_of
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.opening import opened_again
from ingest_server.store.proofs import inclusion_of
from ingest_server.store.schema import records, visits
from ingest_server.store.scope import Scope, visible
from visit_record.sealing import digest_of


class Checked(StrEnum):
    """What is looked at."""

    DIGEST = "digest"
    SIGNATURE = "signature"
    BEFORE = "before"
    AFTER = "after"
    LEDGER = "ledger"
    ROOT = "root"


class Check(Struct, frozen=True):
    """One thing that was looked at, and by what; ``holds`` is ``None`` where there is nothing yet to hold it to."""

    what: Checked
    holds: bool | None
    by: str


class CheckedRecord(Struct, frozen=True):
    """A record, and everything that was looked at just now."""

    visit: str
    digest: str
    checked_at_ms: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing that could be held to anything failed."""
        return all(check.holds is not False for check in self.checks)


def check_record(
    connection: Connection, scope: Scope, visit: str, digest: str | None, now_ms: int
) -> CheckedRecord | None:
    """Look at a visit's first record again, or at the one of ``digest``; ``None`` where there is none to see."""
    query = select(records, visits.c.visit).join_from(visits, records).where(visits.c.visit == visit, visible(scope))
    if digest is not None:
        query = query.where(visits.c.digest == digest)
    row = connection.execute(query.order_by(records.c.log_index)).first()
    return None if row is None else CheckedRecord(visit, row.digest, now_ms, tuple(_checks(connection, row)))


def _checks(connection: Connection, row: Row[tuple[object, ...]]) -> Iterator[Check]:
    found = digest_of(row.sealed)
    yield Check(Checked.DIGEST, found == row.digest, found)
    yield _signature(connection, row)
    yield from _links(connection, row)
    yield from _ledger(connection, row)


def _signature(connection: Connection, row: Row[tuple[object, ...]]) -> Check:
    try:
        opened = opened_again(row.sealed, row.digest, keys_of(connection, row.device))
    except AlteredRecordError as failure:
        return Check(Checked.SIGNATURE, holds=False, by=str(failure.__cause__ or failure))
    return Check(Checked.SIGNATURE, holds=True, by=opened.kid)


def _links(connection: Connection, row: Row[tuple[object, ...]]) -> Iterator[Check]:
    """One record stands on each side, whose digest, or whose ``prev``, is as it should be."""
    before = [one.digest for one in _beside(connection, row.device, row.seq - 1)]
    after = [one.prev for one in _beside(connection, row.device, row.seq + 1)]
    first = row.prev is None if row.seq == 1 else None
    yield Check(Checked.BEFORE, before == [row.prev] if before else first, row.prev or "")
    yield Check(Checked.AFTER, after == [row.digest] if after else None, str(row.seq + 1))


def _beside(connection: Connection, device: str, seq: int) -> list[Row[tuple[str, str]]]:
    of_device = (records.c.device == device) & (records.c.seq == seq)
    return list(connection.execute(select(records.c.digest, records.c.prev).where(of_device)))


def _ledger(connection: Connection, row: Row[tuple[object, ...]]) -> Iterator[Check]:
    yield Check(Checked.LEDGER, Ledger(connection).holds(row.sealed, row.log_index), str(row.log_index))
    proof = inclusion_of(connection, row.log_index, row.sealed)
    yield Check(Checked.ROOT, proof.holds, f"{proof.tree_size}:{proof.root_hash.hex()}")
