"""People who may log in, their roles, and their passwords."""

from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import EnrolmentError
from ingest_server.store.schema import saved_queries, sessions, users
from visit_record.record import IDENTIFIER

LEAST_PASSWORD = 10
# Hashing takes as long as its input is large; nobody types more than this.
MOST_PASSWORD = 512


class Role(StrEnum):
    """What somebody is here for."""

    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Account(Struct, frozen=True):
    """A person; ``agency`` is that of a supervisor, and ``None`` for the others."""

    name: str
    role: Role
    agency: str | None


def add_account(connection: Connection, account: Account, password: str) -> None:
    """Enter a person.

    Raises:
        EnrolmentError: the name is taken or malformed, the agency does not go with the role, or the password is short.
    """
    _check(account, password)
    row = {"name": account.name, "role": account.role, "agency": account.agency}
    try:
        connection.execute(insert(users), row | {"password_hash": PasswordHasher().hash(password)})
    except IntegrityError as cause:
        raise EnrolmentError(f"there is a user {account.name} already; choose another name") from cause


def accounts(connection: Connection) -> list[Account]:
    """Everybody, by name."""
    query = select(users.c.name, users.c.role, users.c.agency).order_by(users.c.name)
    return [Account(name, Role(role), agency) for name, role, agency in connection.execute(query)]


def remove_account(connection: Connection, name: str) -> None:
    """Remove a person, every session and token of theirs, and the queries that they kept for themselves.

    Raises:
        EnrolmentError: there is nobody of that name.
    """
    connection.execute(delete(sessions).where(sessions.c.user == name))
    connection.execute(delete(saved_queries).where(saved_queries.c.owner == name, ~saved_queries.c.shared))
    if connection.execute(delete(users).where(users.c.name == name)).rowcount == 0:
        raise EnrolmentError(f"there is no user {name}; `ingest-server users list` shows all")


def find_account(connection: Connection, name: str) -> Account | None:
    """The person of a name, ``None`` where there is nobody."""
    query = select(users.c.name, users.c.role, users.c.agency).where(users.c.name == name)
    row = connection.execute(query).one_or_none()
    return None if row is None else Account(row.name, Role(row.role), row.agency)


def authenticate(connection: Connection, name: str, password: str) -> Account | None:
    """The person, if the password is theirs.

    An unknown name costs as much time as a wrong password, so that nobody learns who has an account by timing.
    """
    row = connection.execute(select(users).where(users.c.name == name[:65])).one_or_none()
    known = _fits(_decoy_hash() if row is None else row.password_hash, password)
    return Account(row.name, Role(row.role), row.agency) if row is not None and known else None


def _check(account: Account, password: str) -> None:
    if not IDENTIFIER.fullmatch(account.name):
        raise EnrolmentError(
            f"{account.name[:80]!r} is no user name: at most 64 letters, digits, and . _ - after the first"
        )
    if (account.role is Role.SUPERVISOR) != (account.agency is not None):
        raise EnrolmentError("a supervisor needs --agency, and nobody else may have one")
    if account.agency is not None and not IDENTIFIER.fullmatch(account.agency):
        raise EnrolmentError(f"{account.agency[:80]!r} is no agency's id: letters, digits, and . _ - after the first")
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise EnrolmentError(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
    if not password.isprintable():
        raise EnrolmentError("a password has characters that can be typed, in UTF-8; these bytes are not")


def _fits(password_hash: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password[: MOST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy_hash() -> str:
    return PasswordHasher().hash("nobody has this password")
