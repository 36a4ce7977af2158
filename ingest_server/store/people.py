"""The people of this server as an administrator looks over them: who may log in, what is open of theirs, who came."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, select

from ingest_server.store.schema import trail, users
from ingest_server.store.sessions import Kind, OpenSession, open_sessions
from ingest_server.store.trail import FIRST_REFUSAL
from ingest_server.vocabulary import Deed, Role


class Person(Struct, frozen=True):
    """An account, and what is open of it.

    ``one_time_until_ms`` is until when the password that they were given opens a session, ``None`` once they chose
    their own. ``logged_in_at_ms`` is the last time that the trail knows of. ``version`` is what a change names as seen.
    """

    name: str
    role: Role
    agency: str | None
    disabled: bool
    one_time_until_ms: int | None
    logged_in_at_ms: int | None
    version: int
    sessions: tuple[OpenSession, ...]

    def open_of(self, kind: Kind) -> int:
        """How many sessions or tokens are open."""
        return sum(one.kind is kind for one in self.sessions)


def people_page(connection: Connection, now_ms: int, after: str | None, limit: int) -> list[Person]:
    """Accounts by name, those after one."""
    query = _accounts().order_by(users.c.name).limit(limit)
    rows = connection.execute(query if after is None else query.where(users.c.name > after)).all()
    return _people(connection, rows, now_ms)


def find_person(connection: Connection, name: str, now_ms: int) -> Person | None:
    """One of them, ``None`` where there is nobody of that name."""
    rows = connection.execute(_accounts().where(users.c.name == name)).all()
    return next(iter(_people(connection, rows, now_ms)), None)


def _accounts() -> Select[tuple[object, ...]]:
    return select(users, _last_log_in().label("logged_in_at_ms"))


def _last_log_in() -> ColumnElement[int]:
    of_theirs = (trail.c.deed == Deed.LOG_IN, trail.c.actor == users.c.name, trail.c.status < FIRST_REFUSAL)
    return select(trail.c.at_ms).where(*of_theirs).order_by(trail.c.id.desc()).limit(1).scalar_subquery()


def _people(connection: Connection, rows: Sequence[Row[tuple[object, ...]]], now_ms: int) -> list[Person]:
    opened = open_sessions(connection, [row.name for row in rows], now_ms)
    return [_person(row, opened.get(row.name, ())) for row in rows]


def _person(row: Row[tuple[object, ...]], opened: Sequence[OpenSession]) -> Person:
    return Person(
        name=row.name,
        role=Role(row.role),
        agency=row.agency,
        disabled=row.disabled,
        one_time_until_ms=row.one_time_until_ms,
        logged_in_at_ms=row.logged_in_at_ms,
        version=row.version,
        sessions=tuple(opened),
    )
