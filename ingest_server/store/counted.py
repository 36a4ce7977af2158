"""Counting visits into the tallies: as they arrive, and again when they are weighed anew or their peers change.

Of several records of one visit the first in the ledger counts alone, lest a fork be billed, doubted and seen twice.

What a visit was counted as is kept, so that exactly that is taken away: sums that were kept up to date are the same as
sums computed afresh, bit for bit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from ingest_server.authenticity.counting import CountedVisit, Counting
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.daily import add_daily, daily_deltas
from ingest_server.store.devices import keys_of
from ingest_server.store.opening import opened_again
from ingest_server.store.recipients import levels_of
from ingest_server.store.schema import counted_visits, records, verdicts, visits
from ingest_server.store.summaries import standing_verdict, stored_verdict
from ingest_server.store.tallies import add_tallies, deltas
from visit_record.first_use import known
from visit_record.record import VisitRecord

# Visits that are read at once: their records are some kilobytes each.
_CHUNK: Final = 500

Weighed = tuple[str, VisitRecord, Verdict]
Counts = dict[str, CountedVisit]


def counted(connection: Connection, weighed: Sequence[Weighed], counting: Counting) -> Counts:
    """What visits add, by the digest of their record, at the levels that the registry has now.

    Only first records add anything; all are to be in the store already.
    """
    firsts = _first_records(connection, [digest for digest, _, _ in weighed])
    weighed = [one for one in weighed if one[0] in firsts]
    levels = levels_of(connection, {record.who.recipient for _, record, _ in weighed})
    return {digest: counting(record, verdict, levels.get(record.who.recipient)) for digest, record, verdict in weighed}


def enter_counts(connection: Connection, counts: Counts) -> None:
    """Count visits for the first time."""
    keep_counts(connection, counts)
    _add(connection, [(visit, 1) for visit in counts.values()])


def keep_counts(connection: Connection, counts: Counts) -> None:
    """Keep what visits were counted as, without adding it to anything."""
    rows = [
        {"digest": digest, "recipient": visit.recipient, "counted": msgspec.msgpack.encode(visit)}
        for digest, visit in counts.items()
    ]
    if rows:
        connection.execute(insert(counted_visits), rows)
        _price(connection, counts)


def recount(connection: Connection, digests: Collection[str], counting: Counting) -> int:
    """Count visits again by their standing verdicts and today's registry; how many count for something else now.

    To be called in the transaction that let other verdicts stand, or stored other levels. A visit that was never
    counted is now, unless another record of it is.

    Raises:
        AlteredRecordError: a stored record is no longer what was received.
        UnreadableVerdictError: a verdict cannot be read.
    """
    ids, changed = sorted(digests), 0
    for start in range(0, len(ids), _CHUNK):
        changed += _recount(connection, ids[start : start + _CHUNK], counting)
    return changed


def digests_of_recipients(connection: Connection, recipients: Collection[str]) -> list[str]:
    """The records of the recipients' counted visits."""
    column, ids = counted_visits.c.recipient, sorted(recipients)
    found: list[str] = []
    for start in range(0, len(ids), _CHUNK):
        query = select(counted_visits.c.digest).where(column.in_(ids[start : start + _CHUNK]))
        found += connection.execute(query).scalars()
    return found


def weighed_visits(connection: Connection, where: ColumnElement[bool]) -> Iterator[list[Weighed]]:
    """Stored visits with their standing verdicts, in the order of their digests, some hundred at a time.

    Raises:
        AlteredRecordError: a stored record is no longer what was received.
        UnreadableVerdictError: a verdict cannot be read.
    """
    keys: dict[str, Mapping[str, Any]] = {}
    after = ""
    while rows := _rows(connection, where, after):
        chunk = []
        for row in rows:
            if row.device not in keys:
                keys[row.device] = keys_of(connection, row.device)
            opened = opened_again(row.sealed, row.digest, keys[row.device])
            chunk.append((row.digest, opened.record, stored_verdict(row.digest, row.verdict)))
        yield chunk
        after = rows[-1].digest


def _first_records(connection: Connection, digests: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(digests), _CHUNK):
        query = select(visits.c.digest).join_from(visits, records).where(_first_of_its_visit())
        found |= set(connection.execute(query.where(visits.c.digest.in_(digests[start : start + _CHUNK]))).scalars())
    return found


def _first_of_its_visit() -> ColumnElement[bool]:
    # Within an agency: another one's device must not be able to take a visit out of this one's sums by naming its id.
    other, entered = visits.alias("other"), records.alias("entered")
    earlier = select(other.c.digest).join_from(other, entered, other.c.digest == entered.c.digest)
    earlier = earlier.where(other.c.visit == visits.c.visit, other.c.agency == visits.c.agency)
    return ~earlier.where(entered.c.log_index < records.c.log_index).correlate(visits, records).exists()


def _rows(connection: Connection, where: ColumnElement[bool], after: str) -> Sequence[Any]:
    columns = (records.c.digest, records.c.device, records.c.sealed, verdicts.c.verdict)
    query = select(*columns).join_from(visits, records).outerjoin(verdicts, standing_verdict())
    return connection.execute(query.where(where, visits.c.digest > after).order_by(visits.c.digest).limit(_CHUNK)).all()


def _recount(connection: Connection, digests: list[str], counting: Counting) -> int:
    stored = select(counted_visits.c.digest, counted_visits.c.counted).where(counted_visits.c.digest.in_(digests))
    before = {
        digest: msgspec.msgpack.decode(was, type=known(CountedVisit)) for digest, was in connection.execute(stored)
    }
    after: Counts = {}
    for chunk in weighed_visits(connection, visits.c.digest.in_(digests)):
        after |= counted(connection, chunk, counting)
    new = {digest: visit for digest, visit in after.items() if digest not in before}
    moved = {digest: visit for digest, visit in after.items() if digest in before and before[digest] != visit}
    keep_counts(connection, new)
    _replace(connection, moved)
    taken = [(before[digest], -1) for digest in moved]
    _add(connection, [*taken, *((visit, 1) for visit in (new | moved).values())])
    return len(new) + len(moved)


def _add(connection: Connection, changes: Sequence[tuple[CountedVisit, int]]) -> None:
    add_tallies(connection, deltas(changes))
    add_daily(connection, daily_deltas(changes))


def _replace(connection: Connection, moved: Counts) -> None:
    rows = [{"of": digest, "now": msgspec.msgpack.encode(visit)} for digest, visit in moved.items()]
    if rows:
        where = counted_visits.c.digest == bindparam("of")
        connection.execute(update(counted_visits).where(where).values(counted=bindparam("now")), rows)
        _price(connection, moved)


def _price(connection: Connection, counts: Counts) -> None:
    """What is at risk and settled at each visit stands beside it too: the queue is ordered by the one."""
    rows = [
        {"of": digest, "at_risk": visit.count.sums.get("at_risk", 0), "settled": visit.settled_fen}
        for digest, visit in counts.items()
    ]
    priced = update(visits).where(visits.c.digest == bindparam("of"))
    connection.execute(priced.values(at_risk_fen=bindparam("at_risk"), settled_fen=bindparam("settled")), rows)
