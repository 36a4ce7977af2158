"""Changing accounts, from a page or a program: an administrator those of all, everybody their own."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Struct
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from ingest_server.errors import RefusedChangeError
from ingest_server.store.accounts import (
    ONE_TIME_MS,
    Account,
    Proven,
    authenticate,
    choose_password,
    enter_account,
    holds,
    reset_password,
    set_disabled,
)
from ingest_server.store.attempts import Pair, admit, forget
from ingest_server.store.passwords import MOST_PASSWORD, PasswordHash, check_password, hashed, one_time_password
from ingest_server.store.people import Person, find_person
from ingest_server.store.sessions import end_all, end_one, is_open
from ingest_server.vocabulary import Role
from ingest_server.web.address import address_of
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError, NotLoggedInError, TooManyAttemptsError

MOST_VERSION: Final = 2**31 - 1
SessionId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
# What is typed may be longer than what is taken: it is refused in words.
TypedName = Annotated[str, Field(max_length=200)]
TypedPassword = Annotated[str, Field(max_length=2 * MOST_PASSWORD)]


class PersonAct(StrEnum):
    """What an administrator does about an account."""

    DISABLE = "disable"
    ENABLE = "enable"
    RESET_PASSWORD = "reset_password"
    END_ALL = "end_all"
    END_ONE = "end_one"


class PersonAsked(BaseModel):
    """A person to be entered; ``new_agency`` says that an agency which nothing names yet is no slip."""

    model_config = {"extra": "forbid"}

    name: TypedName
    role: Role
    agency: TypedName | None = None
    new_agency: bool = False


class PersonActAsked(BaseModel):
    """What is to be done about an account; ``seen_version`` is the version of it that was looked at."""

    model_config = {"extra": "forbid"}

    act: PersonAct
    seen_version: Annotated[int, Field(ge=0, le=MOST_VERSION)]
    session: SessionId | None = None


class OwnActAsked(BaseModel):
    """One of one's own sessions or tokens to be ended, or without its id all the others."""

    model_config = {"extra": "forbid"}

    session: SessionId | None = None


class PasswordAsked(BaseModel):
    """A password to be changed for another by whoever has it."""

    model_config = {"extra": "forbid"}

    old: TypedPassword
    new: TypedPassword


class Given(Struct, frozen=True):
    """A one-time password, and what is kept of it: made before the transaction that it would hold up."""

    password: str
    kept: PasswordHash


class PersonAnswer(Struct, frozen=True):
    """An account as it is; ``one_time_password`` is told this once, where one was given."""

    person: Person
    one_time_password: str | None = None


def add_person(managing: Doing, asked: PersonAsked) -> PersonAnswer:
    """Enter a person, with a password that they change at their first log-in.

    Raises:
        RefusedChangeError: the name is taken or malformed, the agency does not go with the role, or nothing names it.
    """
    account = Account(asked.name.strip(), asked.role, (asked.agency or "").strip() or None)
    parts, given = managing.parts, _given()
    did = " ".join(filter(None, ("add", account.name, account.role, account.agency)))
    with managing.entered(did) as connection:
        until_ms = parts.now_ms() + ONE_TIME_MS
        enter_account(connection, account, given.kept, until_ms, new_agency=asked.new_agency)
        return PersonAnswer(_read(connection, account.name, parts.now_ms()), given.password)


def change_person(managing: Doing, name: str, asked: PersonActAsked) -> PersonAnswer:
    """Do something about an account.

    Raises:
        NotFoundError: there is nobody of that name.
        RefusedChangeError: it may not be done, or somebody else changed the account meanwhile.
    """
    parts = managing.parts
    managing.tries(asked.act)
    if asked.act is PersonAct.RESET_PASSWORD and name == managing.viewer.name:
        raise RefusedChangeError("change your own password on the page about yourself", "请在「我的」页修改自己的密码")
    given = _given() if asked.act is PersonAct.RESET_PASSWORD else None
    with managing.entered(asked.act) as connection:
        _read(connection, name, parts.now_ms())
        if given is None:
            _do(connection, name, asked)
        else:
            reset_password(connection, name, given.kept, parts.now_ms() + ONE_TIME_MS, asked.seen_version)
        return PersonAnswer(_read(connection, name, parts.now_ms()), None if given is None else given.password)


def end_own(managing: Doing, asked: OwnActAsked) -> Person:
    """End one of one's own sessions or tokens, or all the others; what is left.

    Raises:
        RefusedChangeError: it is over already.
    """
    viewer, parts = managing.viewer, managing.parts
    did = "end_others" if asked.session is None else "end_one"
    with managing.entered(did) as connection:
        if asked.session is None:
            end_all(connection, viewer.name, keep=viewer.secret_hash)
        else:
            end_one(connection, viewer.name, asked.session)
        return _read(connection, viewer.name, parts.now_ms())


def change_own_password(managing: Doing, asked: PasswordAsked) -> Person:
    """Choose another password; every other log-in of theirs is over.

    Raises:
        RefusedChangeError: the old one is wrong, or was reset meanwhile; or the new one is too short or no other.
        NotLoggedInError: the session was ended meanwhile.
        TooManyAttemptsError: it was tried too often: whoever found an open desk must not guess its owner's password.
    """
    viewer, parts = managing.viewer, managing.parts
    managing.tries("password")
    check_password(asked.new)
    if asked.new == asked.old:
        raise RefusedChangeError("the new password is the old one; choose another", "新密码与原密码相同，请另选一个")
    proven, chosen = _proven(managing, asked.old), hashed(asked.new)
    with managing.entered("password") as connection:
        # Asked again below: here for the account's row, which is taken before its sessions.
        holds(connection, proven)
        # Whoever took an account over is shown the door by its reset, in the middle of this too.
        if not is_open(connection, viewer.secret_hash):
            raise NotLoggedInError
        choose_password(connection, proven, chosen, keep=viewer.secret_hash)
        return _read(connection, viewer.name, parts.now_ms())


def _given() -> Given:
    password = one_time_password()
    return Given(password, hashed(password))


def _proven(managing: Doing, password: str) -> Proven:
    viewer, parts = managing.viewer, managing.parts
    pair = Pair(viewer.name, address_of(managing.request))
    with parts.database.writing() as connection:
        admitted = admit(connection, pair, parts.now_ms())
    if not admitted:
        raise TooManyAttemptsError
    with parts.database.reading() as connection:
        known = authenticate(connection, viewer.name, password, parts.now_ms())
    if known is None:
        raise RefusedChangeError("the old password is wrong", "原密码不对")
    with parts.database.writing() as connection:
        forget(connection, pair)
    return known


def _do(connection: Connection, name: str, asked: PersonActAsked) -> None:
    match asked.act:
        case PersonAct.DISABLE | PersonAct.ENABLE:
            disabled = asked.act is PersonAct.DISABLE
            set_disabled(connection, name, disabled=disabled, seen_version=asked.seen_version)
        case PersonAct.END_ALL:
            end_all(connection, name)
        case PersonAct.END_ONE:
            end_one(connection, name, _session_named(asked))


def _session_named(asked: PersonActAsked) -> str:
    if asked.session is None:
        raise RefusedChangeError("say which session or token is to end", "请说明要结束哪一个会话或令牌")
    return asked.session


def _read(connection: Connection, name: str, now_ms: int) -> Person:
    found = find_person(connection, name, now_ms)
    if found is None:
        raise NotFoundError
    return found
