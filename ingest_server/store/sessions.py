"""Sessions of browsers and tokens of programs: opaque secrets, of which only the SHA-256 is stored."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import ConflictingChangeError
from ingest_server.local_days import DAY_MS, HOUR_MS
from ingest_server.store.accounts import Account, find_account, nobody_called
from ingest_server.store.schema import sessions, users
from ingest_server.vocabulary import Role

IDLE_MS = 30 * 60_000
SESSION_MS = 12 * HOUR_MS
# Of a hash that is of no use to whoever reads it; enough to tell one person's sessions apart.
MARK = 16
# A page is often followed by another; only the first of a minute is worth a write.
_TOUCH_MS = 60_000


class Kind(StrEnum):
    """What a secret opens."""

    SESSION = "session"
    TOKEN = "token"

    @property
    def prefix(self) -> str:
        """How its secrets begin, so that neither can pass for the other."""
        return {Kind.SESSION: "cws_", Kind.TOKEN: "cwt_"}[self]


class Opened(Struct, frozen=True):
    """What a secret opened: whose account, and within which limits.

    ``secret_hash`` tells this session from the others; ``password_is_one_time`` while it must be changed first;
    ``seen_at_ms`` is when it was last noted to be in use.
    """

    account: Account
    secret_hash: str
    read_only: bool
    password_is_one_time: bool
    seen_at_ms: int

    def needs_touch(self, now_ms: int) -> bool:
        """Whether the session was last seen long enough ago for :func:`touch` to be worth a write."""
        return self.seen_at_ms <= now_ms - _TOUCH_MS


class OpenSession(Struct, frozen=True):
    """A session or token that is good still; ``id`` names it among its owner's, and opens nothing."""

    id: str
    kind: Kind
    read_only: bool
    created_at_ms: int
    seen_at_ms: int
    expires_at_ms: int


def open_session(connection: Connection, name: str, now_ms: int) -> str:
    """A new secret for a browser; sessions that are over are swept away.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    connection.execute(delete(sessions).where(sessions.c.expires_at_ms <= now_ms))
    return _issue(connection, Kind.SESSION, name, now_ms, SESSION_MS)


def issue_token(connection: Connection, name: str, now_ms: int, days: int, *, read_only: bool = False) -> str:
    """A new secret for a program; it has no idle limit. One that is ``read_only`` takes no step in anybody's name.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    return _issue(connection, Kind.TOKEN, name, now_ms, days * DAY_MS, read_only=read_only)


def opened_by(connection: Connection, secret: str, kind: Kind, now_ms: int) -> Opened | None:
    """What a secret opens; ``None`` if it is unknown, over, idle too long, of another kind, or somebody disabled's."""
    if not secret.startswith(kind.prefix):
        return None
    row = connection.execute(_OPENED, {"hash": hash_of(secret), "now_ms": now_ms}).one_or_none()
    if row is None or row.kind != kind:
        return None
    account = Account(row.name, Role(row.role), row.agency)
    return Opened(account, row.token_hash, row.read_only, row.one_time_until_ms is not None, row.seen_at_ms)


def open_sessions(connection: Connection, names: Sequence[str], now_ms: int) -> dict[str, list[OpenSession]]:
    """What is open of people, by their names, the latest seen first."""
    query = select(sessions).where(sessions.c.user.in_(names), _good(now_ms))
    found: defaultdict[str, list[OpenSession]] = defaultdict(list)
    for row in connection.execute(query.order_by(sessions.c.seen_at_ms.desc(), sessions.c.token_hash)):
        mark, kind = row.token_hash[:MARK], Kind(row.kind)
        opened = OpenSession(mark, kind, row.read_only, row.created_at_ms, row.seen_at_ms, row.expires_at_ms)
        found[row.user].append(opened)
    return found


def is_open(connection: Connection, secret_hash: str) -> bool:
    """Whether a session or token that opened something a moment ago was not ended since."""
    # Locked, so that what ends it waits for what is being written in its name.
    found = connection.execute(select(sessions.c.user).where(sessions.c.token_hash == secret_hash).with_for_update())
    return found.first() is not None


def touch(connection: Connection, secret: str, now_ms: int) -> None:
    """Note that a session is in use."""
    connection.execute(update(sessions).where(sessions.c.token_hash == hash_of(secret)).values(seen_at_ms=now_ms))


def end_session(connection: Connection, secret: str) -> None:
    """Revoke one session or token."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == hash_of(secret)))


def end_one(connection: Connection, name: str, session: str) -> None:
    """Revoke one session or token of a person, by its id.

    Raises:
        ConflictingChangeError: there is none such any more.
    """
    theirs = and_(sessions.c.user == name, sessions.c.token_hash.startswith(session, autoescape=True))
    if connection.execute(delete(sessions).where(theirs)).rowcount == 0:
        raise ConflictingChangeError("this session or token is over already", "该会话或令牌已经结束")


def end_all(connection: Connection, name: str, keep: str | None = None) -> int:
    """Revoke every session and token of a person, but the one whose secret's hash is ``keep``; how many.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    if find_account(connection, name) is None:
        raise nobody_called(name)
    theirs = delete(sessions).where(sessions.c.user == name)
    return connection.execute(theirs if keep is None else theirs.where(sessions.c.token_hash != keep)).rowcount


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _good(now_ms: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition on a session that opens something still."""
    awake = or_(sessions.c.kind == Kind.TOKEN, sessions.c.seen_at_ms > now_ms - IDLE_MS)
    return and_(sessions.c.expires_at_ms > now_ms, awake)


# Every request asks this first: it is made once, and only filled in.
_OPENED: Final = (
    select(sessions, users)
    .join_from(sessions, users)
    .where(
        sessions.c.token_hash == bindparam("hash"),
        _good(bindparam("now_ms", type_=BigInteger)),
        users.c.disabled.is_(False),
    )
)


def _issue(  # noqa: PLR0913 - each is a column
    connection: Connection, kind: Kind, name: str, now_ms: int, lifetime_ms: int, *, read_only: bool = False
) -> str:
    secret = kind.prefix + secrets.token_urlsafe(32)
    times = {"created_at_ms": now_ms, "seen_at_ms": now_ms, "expires_at_ms": now_ms + lifetime_ms}
    row = {"token_hash": hash_of(secret), "user": name, "kind": kind, "read_only": read_only}
    try:
        connection.execute(insert(sessions), row | times)
    except IntegrityError as cause:
        raise nobody_called(name) from cause
    return secret
