"""The audit trail: who logged in, looked at evidence or decided, refused attempts too. Append-only.

Each entry's digest is SHA-256 over the digest before it and the entry as JSON: who owns the database can end the trail
early or write it anew from some place on, but cannot take one entry out of its middle unseen.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, literal_column, select, text, true

from ingest_server.errors import AlteredTrailError
from ingest_server.store.accounts import find_account
from ingest_server.store.schema import trail
from ingest_server.store.scope import Everything, Nothing, OneAgency, Scope
from ingest_server.vocabulary import Deed, Role

BEFORE_ALL = "0" * 64
# No user has a name with brackets.
NOBODY = "(nobody)"
FIRST_REFUSAL = 400
# Said to the database as the index of refusals says it: for a value that it is handed it would not look there.
_REFUSED = trail.c.status >= literal_column(str(FIRST_REFUSAL))
_AT_A_TIME = 1_000


# What an administrator may know of: who came and went, what became of accounts and devices, and no evidence.
OF_NO_EVIDENCE = (Deed.LOG_IN, Deed.LOG_OUT, Deed.MANAGE)


class Actor(Struct, frozen=True):
    """Who does something; ``role`` and ``agency`` are their own, ``None`` for a name that nobody has."""

    name: str
    role: Role | None = None
    agency: str | None = None


class Entry(Struct, frozen=True):
    """One deed.

    ``role`` and ``agency`` are the actor's own; ``route`` is the address as a template, ``about`` as it was asked for;
    ``status`` is what the server answered, 400 and above a refusal.
    """

    at_ms: int
    actor: str
    role: Role | None
    agency: str | None
    deed: Deed
    route: str
    about: str
    status: int
    address: str

    @property
    def refused(self) -> bool:
        """Whether the server refused it."""
        return self.status >= FIRST_REFUSAL


class StoredEntry(Struct, frozen=True):
    """An entry with its place in the trail."""

    id: int
    entry: Entry
    digest: str


class TrailFilter(Struct, frozen=True):
    """Which entries are wanted; ``None`` wants all. ``before`` is the id before which they lie, newest first."""

    actor: str | None = None
    deed: Deed | None = None
    refused: bool | None = None
    before: int | None = None


def actor_named(connection: Connection, name: str) -> Actor:
    """Whom a typed name is of; one that nobody has is not kept: it may be a password in the wrong field."""
    found = find_account(connection, name)
    return Actor(NOBODY) if found is None else Actor(found.name, found.role, found.agency)


def enter(connection: Connection, *entries: Entry) -> None:
    """Append entries, in their order."""
    if connection.dialect.name == "postgresql":
        # Two at once would name one entry as the one before. SQLite has one writer at a time anyway.
        connection.execute(text("LOCK TABLE trail IN SHARE ROW EXCLUSIVE MODE"))
    query = select(trail.c.digest).order_by(trail.c.id.desc()).limit(1)
    prev = connection.execute(query).scalar() or BEFORE_ALL
    connection.execute(insert(trail), list(_chained(prev, entries)))


def entries(connection: Connection, scope: Scope, wanted: TrailFilter, limit: int) -> list[StoredEntry]:
    """What of the trail a scope sees, newest first."""
    query = select(trail).where(visible_entries(scope), _matching(wanted)).order_by(trail.c.id.desc()).limit(limit)
    return [StoredEntry(row.id, _entry(row), row.digest) for row in connection.execute(query)]


def check_trail(connection: Connection) -> int:
    """Follow the chain from its beginning; how many entries it has.

    Raises:
        AlteredTrailError: an entry is not what was entered, or one before it is gone.
    """
    prev, count = BEFORE_ALL, 0
    for row in _all(connection):
        if (row.prev, row.digest) != (prev, _digest(prev, _entry(row))):
            raise AlteredTrailError(
                f"the audit trail does not hold at entry {row.id}: it was altered, or the one before it taken out; "
                "compare it with a backup"
            )
        prev, count = row.digest, count + 1
    return count


def _chained(prev: str, entries: Iterable[Entry]) -> Iterator[dict[str, object]]:
    for told in entries:
        # PostgreSQL keeps no NUL in a text: an address with one would take the entries of others with it.
        entry = replace(told, about=told.about.replace("\0", "\N{REPLACEMENT CHARACTER}"))
        digest = _digest(prev, entry)
        yield msgspec.structs.asdict(entry) | {"prev": prev, "digest": digest}
        prev = digest


def _all(connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
    last = 0
    while rows := connection.execute(
        select(trail).where(trail.c.id > last).order_by(trail.c.id).limit(_AT_A_TIME)
    ).all():
        yield from rows
        last = rows[-1].id


def visible_entries(scope: Scope) -> ColumnElement[bool]:
    """The condition by which a scope sees an entry."""
    match scope:
        case Everything():
            return true()
        case OneAgency(agency):
            return trail.c.agency == agency
        case Nothing():
            return trail.c.deed.in_(OF_NO_EVIDENCE)


def _matching(wanted: TrailFilter) -> ColumnElement[bool]:
    asked = ((trail.c.actor, wanted.actor), (trail.c.deed, wanted.deed))
    conditions = [column == value for column, value in asked if value is not None]
    if wanted.before is not None:
        conditions.append(trail.c.id < wanted.before)
    if wanted.refused is not None:
        conditions.append(_REFUSED if wanted.refused else ~_REFUSED)
    return and_(true(), *conditions)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    role = None if row.role is None else Role(row.role)
    return Entry(row.at_ms, row.actor, role, row.agency, Deed(row.deed), row.route, row.about, row.status, row.address)


def _digest(prev: str, entry: Entry) -> str:
    return hashlib.sha256(prev.encode() + msgspec.json.encode(entry)).hexdigest()
