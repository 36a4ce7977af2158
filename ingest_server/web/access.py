"""Who asks, and what they may see. Every route but the open ones hangs on one of these dependencies."""

from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from ingest_server.store import sessions
from ingest_server.store.accounts import Account
from ingest_server.store.scope import Everything, Nothing, OneAgency, Scope
from ingest_server.store.sessions import Kind, Opened
from ingest_server.store.trail import Actor
from ingest_server.vocabulary import Role
from ingest_server.web.errors import (
    NoEvidenceError,
    NotAdministratorError,
    NotLoggedInError,
    PasswordFirstError,
    ReadOnlyTokenError,
)
from ingest_server.web.own_path import first_page
from ingest_server.web.parts import GivenParts, Parts

COOKIE = "carewitness"
_LOOKING = {"GET", "HEAD"}


class Viewer(Struct, frozen=True):
    """Somebody who is logged in, by the session or token whose secret has ``secret_hash``."""

    name: str
    role: Role
    scope: Scope
    secret_hash: str

    @property
    def account(self) -> Account:
        """Who this is, and of which agency."""
        return Account(self.name, self.role, self.scope.agency if isinstance(self.scope, OneAgency) else None)

    @property
    def sees_evidence(self) -> bool:
        """Whether there is anything that this viewer may see of visits."""
        return not isinstance(self.scope, Nothing)

    @property
    def home(self) -> str:
        """Their first page."""
        return first_page(self.role)

    @property
    def of_fund(self) -> bool:
        """Whether this viewer decides for the fund."""
        return self.role is Role.AUDITOR

    @property
    def administers(self) -> bool:
        """Whether people and devices are theirs to manage."""
        return self.role is Role.ADMINISTRATOR

    @property
    def fleet(self) -> Scope:
        """Whose devices they see as devices: an administrator everybody's, though nothing of what these witnessed."""
        return Everything() if self.administers else self.scope


def own_viewer(request: Request, parts: GivenParts) -> Viewer:
    """The viewer, by bearer token or else by cookie, on the pages about themselves.

    Raises:
        NotLoggedInError: neither opens a session.
        ReadOnlyTokenError: the token only looks, and a change is asked for.
    """
    presented = _presented(request)
    opened = None if presented is None else _opened(parts, *presented)
    if opened is None:
        raise NotLoggedInError
    account = opened.account
    found = Viewer(account.name, account.role, _scope(account), opened.secret_hash)
    request.state.viewer = found
    request.state.actor = Actor(account.name, account.role, account.agency)
    request.state.password_is_one_time = opened.password_is_one_time
    if opened.read_only and request.method not in _LOOKING:
        raise ReadOnlyTokenError
    return found


OwnViewer = Annotated[Viewer, Depends(own_viewer)]


async def viewer(request: Request, found: OwnViewer) -> Viewer:
    """The viewer, on every other page.

    Raises:
        PasswordFirstError: their password was given to them, and is known to whoever gave it.
    """
    if request.state.password_is_one_time:
        raise PasswordFirstError
    return found


AnyViewer = Annotated[Viewer, Depends(viewer)]


async def evidence_viewer(found: AnyViewer) -> Viewer:
    """A viewer whose role sees evidence.

    Raises:
        NoEvidenceError: it does not.
    """
    if not found.sees_evidence:
        raise NoEvidenceError
    return found


EvidenceViewer = Annotated[Viewer, Depends(evidence_viewer)]


async def administrator(found: AnyViewer) -> Viewer:
    """A viewer who manages people and devices.

    Raises:
        NotAdministratorError: it is not their role.
    """
    if not found.administers:
        raise NotAdministratorError
    return found


Administrator = Annotated[Viewer, Depends(administrator)]


def _presented(request: Request) -> tuple[str, Kind] | None:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        return (secret.strip(), Kind.TOKEN) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(COOKIE)
    return None if cookie is None else (cookie, Kind.SESSION)


def _opened(parts: Parts, secret: str, kind: Kind) -> Opened | None:
    now_ms = parts.now_ms()
    with parts.database.reading() as connection:
        opened = sessions.opened_by(connection, secret, kind, now_ms)
    if opened is not None and opened.needs_touch(now_ms):
        with parts.database.writing() as connection:
            sessions.touch(connection, secret, now_ms)
    return opened


def _scope(account: Account) -> Scope:
    match account:
        case Account(role=Role.AUDITOR):
            return Everything()
        case Account(role=Role.SUPERVISOR, agency=str(agency)):
            return OneAgency(agency)
        case _:
            return Nothing()
