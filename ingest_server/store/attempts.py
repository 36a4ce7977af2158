"""Slowing down guessed passwords.

Failed attempts are kept by name and address: after :data:`MOST_FAILURES` within :data:`WINDOW_MS` no further password
of that pair is even looked at, whichever process is asked, before a restart or after. A stranger cannot lock somebody
out, since their own address counts. However names are varied, argon2's cost bounds how many attempts are kept.
"""

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select

from ingest_server.store.schema import login_attempts

MOST_FAILURES = 5
WINDOW_MS = 5 * 60_000


class Pair(Struct, frozen=True):
    """Who tries, and from where: a name as it was typed, cut to what a name may have at most, and an IP address."""

    name: str
    address: str


def admit(connection: Connection, pair: Pair, now_ms: int) -> bool:
    """Whether a log-in may be tried; counts it as failed until :func:`forget` says otherwise.

    Counting first, in the transaction that asked, keeps attempts that run at the same time from all slipping under
    the limit; where a database has several writers at once, as many as those may.
    """
    connection.execute(delete(login_attempts).where(login_attempts.c.at_ms <= now_ms - WINDOW_MS))
    tried = select(func.count()).select_from(login_attempts).where(_of(pair))
    if connection.execute(tried).scalar_one() >= MOST_FAILURES:
        return False
    connection.execute(insert(login_attempts), {"name": pair.name, "address": pair.address, "at_ms": now_ms})
    return True


def forget(connection: Connection, pair: Pair) -> None:
    """A log-in succeeded."""
    connection.execute(delete(login_attempts).where(_of(pair)))


def _of(pair: Pair) -> ColumnElement[bool]:
    return and_(login_attempts.c.name == pair.name, login_attempts.c.address == pair.address)
