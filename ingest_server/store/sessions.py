"""Sessions of browsers and tokens of programs: opaque secrets, of which only the SHA-256 is stored."""

import hashlib
import secrets
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import EnrolmentError
from ingest_server.store.accounts import Account, Role
from ingest_server.store.schema import sessions, users

IDLE_MS = 30 * 60_000
SESSION_MS = 12 * 3_600_000
DAY_MS = 86_400_000
# A page is often followed by another; only the first of a minute is worth a write.
_TOUCH_MS = 60_000


class Kind(StrEnum):
    """What a secret opens; it is the secret's own prefix, so that neither can pass for the other."""

    SESSION = "cws_"
    TOKEN = "cwt_"


def open_session(connection: Connection, name: str, now_ms: int) -> str:
    """A new secret for a browser; sessions that are over are swept away.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    connection.execute(delete(sessions).where(sessions.c.expires_at_ms <= now_ms))
    return _issue(connection, Kind.SESSION, name, now_ms, SESSION_MS)


def issue_token(connection: Connection, name: str, now_ms: int, days: int) -> str:
    """A new secret for a program; it has no idle limit.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    return _issue(connection, Kind.TOKEN, name, now_ms, days * DAY_MS)


def account_of(connection: Connection, secret: str, kind: Kind, now_ms: int) -> Account | None:
    """Whose secret it is; ``None`` if it is unknown, over, idle too long, or of the other kind."""
    if not secret.startswith(kind):
        return None
    query = select(users.c.name, users.c.role, users.c.agency).join_from(sessions, users)
    query = query.where(sessions.c.token_hash == _hash(secret), sessions.c.expires_at_ms > now_ms)
    if kind is Kind.SESSION:
        query = query.where(sessions.c.seen_at_ms > now_ms - IDLE_MS)
    row = connection.execute(query).one_or_none()
    return None if row is None else Account(row.name, Role(row.role), row.agency)


def needs_touch(connection: Connection, secret: str, now_ms: int) -> bool:
    """Whether the session was last seen long enough ago for :func:`touch` to be worth a write."""
    query = select(sessions.c.seen_at_ms).where(sessions.c.token_hash == _hash(secret))
    seen_at_ms: int | None = connection.execute(query).scalar()
    return seen_at_ms is not None and seen_at_ms <= now_ms - _TOUCH_MS


def touch(connection: Connection, secret: str, now_ms: int) -> None:
    """Note that a session is in use."""
    connection.execute(update(sessions).where(sessions.c.token_hash == _hash(secret)).values(seen_at_ms=now_ms))


def end_session(connection: Connection, secret: str) -> None:
    """Revoke one session or token."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(secret)))


def end_all(connection: Connection, name: str) -> int:
    """Revoke every session and token of a person; how many.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    if connection.execute(select(users.c.name).where(users.c.name == name)).first() is None:
        raise EnrolmentError(f"there is no user {name}; `ingest-server users list` shows all")
    return connection.execute(delete(sessions).where(sessions.c.user == name)).rowcount


def _issue(connection: Connection, kind: Kind, name: str, now_ms: int, lifetime_ms: int) -> str:
    secret = kind + secrets.token_urlsafe(32)
    times = {"created_at_ms": now_ms, "seen_at_ms": now_ms, "expires_at_ms": now_ms + lifetime_ms}
    try:
        connection.execute(insert(sessions), {"token_hash": _hash(secret), "user": name} | times)
    except IntegrityError as cause:
        raise EnrolmentError(f"there is no user {name}; `ingest-server users list` shows all") from cause
    return secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
