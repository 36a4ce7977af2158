"""Sums over visits by subject, peers and month: added to as visits arrive, and read for one subject or for all."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, select, text, update

from ingest_server.authenticity.counting import CountedVisit, Period
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.tally import Tally
from ingest_server.store.key_rows import MOST_KEYS, with_keys
from ingest_server.store.schema import tallies
from ingest_server.store.scope import Everything, Scope, of_agency

# How counts by weight are stored.
WEIGHTS_TYPE: Final = np.dtype("<i4")


class Key(NamedTuple):
    """Whose visits, of which agency, alike to which, in which month (UTC, ``2026-09``)."""

    kind: Kind
    subject: str
    agency: str
    stratum: str
    month: str


def deltas(changes: Iterable[tuple[CountedVisit, int]]) -> dict[Key, Tally]:
    """What visits change, each added (1) or taken away (-1)."""
    found: defaultdict[Key, Tally] = defaultdict(Tally.empty)
    for visit, times in changes:
        for key in _keys(visit):
            found[key].add(visit.count, times)
    return found


def add_tallies(connection: Connection, changes: Mapping[Key, Tally]) -> None:
    """Add to what is kept; a row that comes to no visit is removed."""
    if connection.dialect.name == "postgresql":
        # Two that add to one row at once would lose one of them. SQLite has one writer at a time anyway.
        connection.execute(text("LOCK TABLE tallies IN SHARE ROW EXCLUSIVE MODE"))
    keys = sorted(changes)
    for start in range(0, len(keys), MOST_KEYS):
        chunk = keys[start : start + MOST_KEYS]
        kept = dict(_kept(connection, chunk))
        merged = {key: kept[key].merge(changes[key]) if key in kept else changes[key] for key in chunk}
        _write(connection, merged, kept)


def tallies_of(
    connection: Connection, scope: Scope, kind: Kind, subject: str, period: Period
) -> list[tuple[Key, Tally]]:
    """What is kept of one subject and a period, as far as its reader may see."""
    where = and_(tallies.c.kind == kind, tallies.c.subject == subject, tallies.c.month.between(*period))
    query = select(tallies).where(where, of_agency(scope, tallies.c.agency)).order_by(*_KEY)
    return [_read(row) for row in connection.execute(query)]


def tallies_of_district(
    connection: Connection, scope: Scope, agencies: Collection[str], period: Period
) -> list[tuple[Key, Tally]]:
    """What is kept of a district's agencies and a period; nothing for whoever does not see them all."""
    if not isinstance(scope, Everything):
        return []
    where = and_(tallies.c.kind == Kind.AGENCY, tallies.c.subject.in_(agencies), tallies.c.month.between(*period))
    return [_read(row) for row in connection.execute(select(tallies).where(where).order_by(*_KEY))]


def tallies_of_agency(connection: Connection, agency: str) -> Iterator[tuple[Key, Tally]]:
    """All that is kept of one agency's visits, whoever they are of."""
    for row in connection.execute(select(tallies).where(tallies.c.agency == agency)):
        yield _read(row)


def drop_tallies(connection: Connection, agency: str) -> None:
    """Forget an agency's sums."""
    connection.execute(delete(tallies).where(tallies.c.agency == agency))


def tallied_agencies(connection: Connection) -> list[str]:
    """Agencies that anything is kept of."""
    return list(connection.execute(select(tallies.c.agency).distinct()).scalars())


_KEY: Final = (tallies.c.kind, tallies.c.subject, tallies.c.agency, tallies.c.stratum, tallies.c.month)
_SAME: Final[ColumnElement[bool]] = and_(*(column == bindparam(f"of_{column.name}") for column in _KEY))


def _keys(visit: CountedVisit) -> Iterator[Key]:
    subjects = {
        Kind.CAREGIVER: visit.caregiver,
        Kind.AGENCY: visit.agency,
        Kind.RECIPIENT: visit.recipient,
        Kind.DEVICE: visit.device,
    }
    return (Key(kind, subject, visit.agency, visit.stratum, visit.month) for kind, subject in subjects.items())


def _kept(connection: Connection, keys: list[Key]) -> Iterator[tuple[Key, Tally]]:
    for row in connection.execute(with_keys(connection, select(tallies), _KEY, keys)):
        yield _read(row)


def _write(connection: Connection, merged: Mapping[Key, Tally], kept: Mapping[Key, Tally]) -> None:
    fresh = [_row(key, tally) for key, tally in merged.items() if key not in kept and tally.visits]
    moved = [_named(key) | _values(tally) for key, tally in merged.items() if key in kept and tally.visits]
    gone = [_named(key) for key, tally in merged.items() if key in kept and not tally.visits]
    if fresh:
        connection.execute(insert(tallies), fresh)
    if moved:
        connection.execute(update(tallies).where(_SAME).values({name: bindparam(name) for name in _VALUES}), moved)
    if gone:
        connection.execute(delete(tallies).where(_SAME), gone)


_VALUES: Final = ("visits", "at_risk_fen", "weights", "sums")


def _row(key: Key, tally: Tally) -> dict[str, object]:
    return key._asdict() | _values(tally)


def _named(key: Key) -> dict[str, object]:
    return {f"of_{name}": value for name, value in key._asdict().items()}


def _values(tally: Tally) -> dict[str, object]:
    sums = {name: value for name, value in sorted(tally.sums.items()) if value}
    return {
        "visits": tally.visits,
        "at_risk_fen": tally.sums["at_risk"],
        "weights": tally.weights.astype(WEIGHTS_TYPE).tobytes(),
        "sums": msgspec.msgpack.encode(sums),
    }


def _read(row: Row[Any]) -> tuple[Key, Tally]:
    weights = np.frombuffer(row.weights, WEIGHTS_TYPE).astype(np.int64)
    key = Key(Kind(row.kind), row.subject, row.agency, row.stratum, row.month)
    return key, Tally(weights, Counter(msgspec.msgpack.decode(row.sums, type=dict[str, int])))
