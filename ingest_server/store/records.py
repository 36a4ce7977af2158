"""Received records: looked up by digest and by place in their chain, and entered with their visit and verdict."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from ingest_server.ledger.chain_view import ChainEntry
from ingest_server.scoring.observed import missing_senses
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.key_rows import with_keys
from ingest_server.store.raised import keep_raised, raise_again, raised_rows
from ingest_server.store.schema import records, visits
from ingest_server.store.verdicts import Given, Purpose, give, standing
from visit_record.chain import LinkState
from visit_record.note_sealing import Opened
from visit_record.receipts import Receipt
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord
from visit_record.vocabulary import Modality, NotObservedReason

# SQLite allows 32,766 variables in one statement.
_CHUNK = 5_000
# Why a sense saw nothing that is the device's own; the others are a person's choice, or the room's.
OUT_OF_ORDER: Final = frozenset({NotObservedReason.SENSOR_FAULT, NotObservedReason.SENSOR_ABSENT})


class LedgerPlace(msgspec.Struct, frozen=True):
    """Where a record stands in the ledger, and when it came."""

    log_index: int
    received_at_ms: int


class NewEntry(msgspec.Struct, frozen=True):
    """A record that is entered for the first time; ``shadow`` is its verdict under rules that are tried out."""

    opened: OpenedRecord
    place: LedgerPlace
    link_state: LinkState
    verdict: Verdict
    shadow: Verdict | None = None


def known_receipts(connection: Connection, digests: Iterable[str]) -> dict[str, Receipt]:
    """What the receipts of those records say that are stored already, by digest."""
    found: dict[str, Receipt] = {}
    columns = (records.c.device, records.c.seq, records.c.digest, records.c.log_index, records.c.received_at_ms)
    for chunk in _chunks(sorted(digests)):
        rows = connection.execute(select(*columns).where(records.c.digest.in_(chunk)))
        found |= {row.digest: Receipt(*row) for row in rows}
    return found


def chain_entries(connection: Connection, places: Collection[tuple[str, int]]) -> Iterator[ChainEntry]:
    """Stored records at the given (device, seq) places."""
    columns = (records.c.device, records.c.seq, records.c.digest, records.c.prev, records.c.link_state)
    for chunk in _chunks(sorted(places)):
        query = with_keys(connection, select(*columns), (records.c.device, records.c.seq), chunk)
        for device, seq, digest, prev, state in connection.execute(query):
            yield ChainEntry(device, seq, digest, prev, LinkState(state))


def enter(connection: Connection, entries: Iterable[NewEntry]) -> None:
    """Insert new records with their visits and verdicts."""
    entries = list(entries)
    if entries:
        rows = [record_row(entry.opened, entry.place, entry.link_state) for entry in entries]
        connection.execute(insert(records), rows)
        connection.execute(insert(visits), [_visit_row(entry) for entry in entries])
        give(connection, (given for entry in entries for given in _given(entry)))
        keep_raised(connection, (row for entry in entries for row in _raised(entry)))


def restate(connection: Connection, states: Iterable[tuple[str, LinkState]]) -> None:
    """Move stored records to another link state: a gap that closed, a fork that came to light."""
    states = list(states)
    rows = [{"of": digest, "state": state} for digest, state in states]
    if rows:
        where = records.c.digest == bindparam("of")
        connection.execute(update(records).where(where).values(link_state=bindparam("state")), rows)
        raise_again(connection, [digest for digest, _ in states])


def record_row(opened: Opened, place: LedgerPlace, link_state: LinkState) -> dict[str, object]:
    """What is kept of any link of a chain: the record of a visit, or a note."""
    return {
        "digest": opened.digest,
        "log_index": place.log_index,
        "device": opened.said.iss,
        "seq": opened.said.chain.seq,
        "prev": opened.said.chain.prev,
        "link_state": link_state,
        "received_at_ms": place.received_at_ms,
        "sealed": opened.sealed,
    }


def _visit_row(entry: NewEntry) -> dict[str, object]:
    record, verdict = entry.opened.record, entry.verdict
    return {
        "digest": entry.opened.digest,
        "visit": record.jti,
        "agency": record.agency,
        "device": record.iss,
        "caregiver": record.who.caregiver,
        "recipient": record.who.recipient,
        "check_in_ms": record.span.check_in_ms,
        "check_out_ms": record.span.check_out_ms,
        "duration_s": record.span.duration_s,
        "without": _out_of_order(record),
        "clock": record.clock.source,
        "handled": False,
        "wakes_at_ms": 0,
        **standing(verdict),
    }


def _raised(entry: NewEntry) -> Iterator[dict[str, object]]:
    return raised_rows(_visit_row(entry), entry.verdict.exceptions, entry.link_state)


def _out_of_order(record: VisitRecord) -> dict[Modality, NotObservedReason]:
    return {sense: why for sense, why in missing_senses(record).items() if why in OUT_OF_ORDER}


def _given(entry: NewEntry) -> Iterator[Given]:
    digest, at_ms = entry.opened.digest, entry.place.received_at_ms
    yield Given(digest, entry.verdict, at_ms, Purpose.LIVE)
    if entry.shadow is not None:
        yield Given(digest, entry.shadow, at_ms, Purpose.SHADOW)


def _chunks(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
