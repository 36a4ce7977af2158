"""People who may log in, their roles, and what an administrator changes of them.

A role and an agency are for good: what the trail says somebody did, they did as what they were. Who is to be something
else has their account disabled and is entered anew.

Whatever changes somebody takes their row first, and their sessions after it: two orders would wait for each other, and
a log-in that holds the row would open a session behind the back of what just ended all.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingest_server.errors import ConflictingChangeError, EnrolmentError, RefusedChangeError
from ingest_server.store.agencies import require_named_agency
from ingest_server.store.passwords import PasswordHash, fits
from ingest_server.store.schema import saved_queries, sessions, users
from ingest_server.vocabulary import Role
from visit_record.record import IDENTIFIER

ONE_TIME_MS = 3 * 86_400_000


class Account(Struct, frozen=True):
    """A person; ``agency`` is that of a supervisor, and ``None`` for the others."""

    name: str
    role: Role
    agency: str | None


class Proven(Struct, frozen=True):
    """Somebody who gave their password; ``password_hash`` is what it was held against."""

    account: Account
    password_hash: PasswordHash


def enter_account(
    connection: Connection,
    account: Account,
    secret: PasswordHash,
    one_time_until_ms: int | None = None,
    *,
    new_agency: bool = False,
) -> None:
    """Enter a person whom somebody asks to be entered: an agency that nothing names is to be said to be new.

    Raises:
        UnnamedAgencyError: nothing names the agency, others are known, and nobody said that it is new.
        RefusedChangeError: as :func:`add_account` refuses.
    """
    _check(account)
    if account.agency is not None and not new_agency:
        require_named_agency(connection, account.agency)
    add_account(connection, account, secret, one_time_until_ms)


def add_account(
    connection: Connection, account: Account, secret: PasswordHash, one_time_until_ms: int | None = None
) -> None:
    """Enter a person; with ``one_time_until_ms`` the password must be changed at the first log-in, before then.

    Raises:
        RefusedChangeError: name or agency is malformed, or the agency does not go with the role.
        ConflictingChangeError: the name is taken, in whichever case.
    """
    _check(account)
    row = {"name": account.name, "role": account.role, "agency": account.agency}
    opens = {"password_hash": secret, "one_time_until_ms": one_time_until_ms}
    # In a trail, ADM1 passes for adm1.
    alike = connection.execute(select(users.c.name).where(func.lower(users.c.name) == account.name.lower())).scalar()
    if alike is not None:
        raise _taken(alike)
    try:
        connection.execute(insert(users), row | opens)
    except IntegrityError as cause:
        raise _taken(account.name) from cause


def _taken(name: str) -> ConflictingChangeError:
    return ConflictingChangeError(
        f"there is a user {name} already; choose another name", f"已有用户 {name}，请换一个登录名"
    )


def accounts(connection: Connection) -> list[Account]:
    """Everybody, by name."""
    return [_account(row) for row in connection.execute(select(users).order_by(users.c.name))]


def remove_account(connection: Connection, name: str) -> None:
    """Remove a person, every session and token of theirs, and the queries that they kept for themselves.

    Raises:
        EnrolmentError: there is nobody of that name.
        RefusedChangeError: nobody else could administer this server.
    """
    _keep_an_administrator(connection, name)
    if connection.execute(select(users.c.name).where(users.c.name == name).with_for_update()).first() is None:
        raise nobody_called(name)
    connection.execute(delete(sessions).where(sessions.c.user == name))
    connection.execute(delete(saved_queries).where(saved_queries.c.owner == name, ~saved_queries.c.shared))
    connection.execute(delete(users).where(users.c.name == name))


def find_account(connection: Connection, name: str) -> Account | None:
    """The person of a name, ``None`` where there is nobody."""
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def authenticate(connection: Connection, name: str, password: str, now_ms: int) -> Proven | None:
    """The person, if the password is theirs and still opens anything.

    An unknown name costs as much time as a wrong password, so that nobody learns who has an account by timing. It takes
    long by design: whatever is then written upon it asks :func:`holds` first, in its own transaction.
    """
    row = connection.execute(select(users).where(users.c.name == name[:65])).one_or_none()
    known = fits(None if row is None else row.password_hash, password)
    if row is None or not known or row.disabled:
        return None
    over = row.one_time_until_ms is not None and row.one_time_until_ms <= now_ms
    return None if over else Proven(_account(row), PasswordHash(row.password_hash))


def holds(connection: Connection, proven: Proven) -> bool:
    """Whether that password opens the account still: it may have been reset, or the person disabled, since."""
    same = (users.c.name == proven.account.name, users.c.password_hash == proven.password_hash)
    # Locked, so that a reset that comes now finds what is about to be opened, and ends it.
    found = connection.execute(select(users.c.name).where(*same, users.c.disabled.is_(False)).with_for_update())
    return found.first() is not None


def set_disabled(connection: Connection, name: str, *, disabled: bool, seen_version: int | None = None) -> None:
    """Let a person in no more, ending every session and token of theirs, or let them in again.

    Raises:
        EnrolmentError: there is nobody of that name.
        RefusedChangeError: nobody else could administer this server.
        ConflictingChangeError: they are so already, or were changed since ``seen_version``.
    """
    if _is_disabled(connection, name) == disabled:
        raise ConflictingChangeError(f"{name} is so already", f"{name} 已是此状态")
    if disabled:
        _keep_an_administrator(connection, name)
    _change(connection, name, seen_version, disabled=disabled)
    if disabled:
        connection.execute(delete(sessions).where(sessions.c.user == name))


def reset_password(
    connection: Connection, name: str, secret: PasswordHash, until_ms: int | None, seen_version: int | None = None
) -> None:
    """Give a person another password, ending every session and token of theirs: whoever took them over is out.

    With ``until_ms`` it is good until then, and opens nothing before it is changed.

    Raises:
        EnrolmentError: there is nobody of that name.
        ConflictingChangeError: they were changed since ``seen_version``.
    """
    _change(connection, name, seen_version, password_hash=secret, one_time_until_ms=until_ms)
    connection.execute(delete(sessions).where(sessions.c.user == name))


def choose_password(connection: Connection, proven: Proven, secret: PasswordHash, keep: str) -> None:
    """Keep the password that somebody chose for themselves, ending their other log-ins; tokens stay.

    ``keep`` is the hash of the session's secret that goes on. The account's version stays: it tells administrators of
    each other, and whoever took an account over must not keep one from resetting it by changing it again and again.

    Raises:
        ConflictingChangeError: the account has another password by now, or is disabled.
    """
    if not holds(connection, proven):
        raise ConflictingChangeError(
            "your password was reset or changed meanwhile, so nothing was changed; log in with the new one",
            "密码刚刚已被重置或更换，此次未改动；请用新密码登录",
        )
    name = proven.account.name
    values = {"password_hash": secret, "one_time_until_ms": None}
    connection.execute(update(users).where(users.c.name == name).values(**values))
    others = (sessions.c.user == name, sessions.c.kind == "session", sessions.c.token_hash != keep)
    connection.execute(delete(sessions).where(*others))


def nobody_called(name: str) -> EnrolmentError:
    """What is raised for a name that nobody has."""
    return EnrolmentError(f"there is no user {name}; `ingest-server users list` shows all")


def _change(connection: Connection, name: str, seen_version: int | None, **values: object) -> None:
    where = [users.c.name == name]
    if seen_version is not None:
        where.append(users.c.version == seen_version)
    changed = connection.execute(update(users).where(*where).values(version=users.c.version + 1, **values))
    if changed.rowcount:
        return
    if find_account(connection, name) is None:
        raise nobody_called(name)
    raise ConflictingChangeError(
        "somebody else changed this account since it was shown; look again", "他人已先改动此账户，请看过再改"
    )


def _is_disabled(connection: Connection, name: str) -> bool:
    found: bool | None = connection.execute(select(users.c.disabled).where(users.c.name == name)).scalar()
    if found is None:
        raise nobody_called(name)
    return found


def _keep_an_administrator(connection: Connection, name: str) -> None:
    """Refuse to lock out the last administrator who has shown that they can log in."""
    able = (users.c.role == Role.ADMINISTRATOR, users.c.disabled.is_(False), users.c.one_time_until_ms.is_(None))
    # Locked, so that two who disable each other at once do not both find the other still there.
    names = set(
        connection.execute(select(users.c.name).where(*able).order_by(users.c.name).with_for_update()).scalars()
    )
    if names == {name}:
        raise RefusedChangeError(
            f"{name} is the last administrator who can log in; enter another first, and let them log in once",
            f"{name} 是最后一位能登录的管理员；请先增加另一位，并让其登录一次",
        )


def _check(account: Account) -> None:
    if not IDENTIFIER.fullmatch(account.name):
        raise RefusedChangeError(
            f"{account.name[:80]!r} is no user name: at most 64 letters, digits, and . _ - after the first",
            "登录名须为至多 64 个字母、数字及（首位之后的）. _ -",
        )
    if (account.role is Role.SUPERVISOR) != (account.agency is not None):
        raise RefusedChangeError(
            "a supervisor needs an agency, and nobody else may have one",
            "机构主管须有机构，其他角色不得有机构",
        )
    if account.agency is not None and not IDENTIFIER.fullmatch(account.agency):
        raise RefusedChangeError(
            f"{account.agency[:80]!r} is no agency's id: letters, digits, and . _ - after the first",
            "机构编号须为字母、数字及（首位之后的）. _ -",
        )


def _account(row: Row[Any]) -> Account:
    return Account(row.name, Role(row.role), row.agency)
