"""Saved queries: questions that people keep by a name, for themselves or for those of their own role and agency.

What is kept is the question alone; whoever asks it sees what their own scope shows.
"""

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import QueryError
from ingest_server.store.accounts import Account
from ingest_server.store.schema import saved_queries
from visit_record.readable import is_readable

MOST_NAME, MOST_SAVED = 40, 100


class SavedQuery(Struct, frozen=True):
    """A question that was saved: its view and the query of its address, whose, and whether others like them see it."""

    id: int
    name: str
    owner: str
    shared: bool
    view: str
    query: str
    changed_at_ms: int


class Kept(Struct, frozen=True):
    """What somebody wants to keep."""

    name: str
    view: str
    query: str
    shared: bool


def saved_for(connection: Connection, reader: Account) -> list[SavedQuery]:
    """A reader's own, and what those of the same role and agency share; by name."""
    query = select(saved_queries).where(_readable(reader)).order_by(saved_queries.c.name, saved_queries.c.id)
    return [_saved(row) for row in connection.execute(query)]


def find_saved(connection: Connection, reader: Account, number: int) -> SavedQuery | None:
    """One of them; ``None`` where there is none to see."""
    row = connection.execute(select(saved_queries).where(_readable(reader), saved_queries.c.id == number)).one_or_none()
    return None if row is None else _saved(row)


def save(connection: Connection, owner: Account, kept: Kept, now_ms: int) -> SavedQuery:
    """Keep a question.

    Raises:
        QueryError: its name is none, or taken, or the owner has too many.
    """
    own = connection.execute(select(func.count()).select_from(saved_queries).where(_own(owner))).scalar_one()
    if own >= MOST_SAVED:
        raise QueryError(
            f"you keep {MOST_SAVED} queries already, which is the most; delete one of yours that is needed no more",
            f"您已存有 {MOST_SAVED} 个查询，达到上限；请先删除一个不再需要的",
        )
    row = {"owner": owner.name, "role": owner.role, "agency": owner.agency, "changed_at_ms": now_ms}
    row |= {"name": _named(kept.name), "view": kept.view, "query": kept.query, "shared": kept.shared}
    try:
        number = connection.execute(insert(saved_queries).returning(saved_queries.c.id), row).scalar_one()
    except IntegrityError as cause:
        raise _taken(kept.name) from cause
    return SavedQuery(number, str(row["name"]), owner.name, kept.shared, kept.view, kept.query, now_ms)


def change(connection: Connection, owner: Account, number: int, kept: Kept, now_ms: int) -> SavedQuery | None:
    """Give one of the owner's another name, question or readers; ``None`` where there is none of theirs.

    Raises:
        QueryError: its name is none, or taken.
    """
    values = {"name": _named(kept.name), "view": kept.view, "query": kept.query, "shared": kept.shared}
    changed = update(saved_queries).where(_own(owner), saved_queries.c.id == number)
    try:
        found = connection.execute(changed.values(**values, changed_at_ms=now_ms)).rowcount
    except IntegrityError as cause:
        raise _taken(kept.name) from cause
    return find_saved(connection, owner, number) if found else None


def forget(connection: Connection, owner: Account, number: int) -> bool:
    """Delete one of the owner's; whether there was one."""
    return bool(connection.execute(delete(saved_queries).where(_own(owner), saved_queries.c.id == number)).rowcount)


def _like(reader: Account) -> ColumnElement[bool]:
    # Somebody of the name who came later, for another agency, does not inherit what was kept before.
    return and_(saved_queries.c.role == reader.role, saved_queries.c.agency.is_not_distinct_from(reader.agency))


def _own(owner: Account) -> ColumnElement[bool]:
    return and_(_like(owner), saved_queries.c.owner == owner.name)


def _readable(reader: Account) -> ColumnElement[bool]:
    return and_(_like(reader), or_(saved_queries.c.shared, saved_queries.c.owner == reader.name))


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MOST_NAME or not is_readable(name):
        raise QueryError(
            f"give it a name of at most {MOST_NAME} characters that can be seen", f"请取名，至多 {MOST_NAME} 个可见字符"
        )
    return name


def _taken(name: str) -> QueryError:
    return QueryError(f"you keep one named {name.strip()} already; choose another name", "您已有同名查询，请另取名")


def _saved(row: Row[tuple[object, ...]]) -> SavedQuery:
    return SavedQuery(row.id, row.name, row.owner, row.shared, row.view, row.query, row.changed_at_ms)
