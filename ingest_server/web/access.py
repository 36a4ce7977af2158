"""Who asks, and what they may see. Every route but the open ones hangs on one of these two dependencies."""

from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from ingest_server.store import sessions
from ingest_server.store.accounts import Account, Role
from ingest_server.store.scope import Everything, Nothing, OneAgency, Scope
from ingest_server.store.sessions import Kind
from ingest_server.store.trail import Actor
from ingest_server.web.errors import NoEvidenceError, NotLoggedInError
from ingest_server.web.parts import GivenParts, Parts

COOKIE = "carewitness"


class Viewer(Struct, frozen=True):
    """Somebody who is logged in."""

    name: str
    role: Role
    scope: Scope

    @property
    def account(self) -> Account:
        """Who this is, and of which agency."""
        return Account(self.name, self.role, self.scope.agency if isinstance(self.scope, OneAgency) else None)

    @property
    def sees_evidence(self) -> bool:
        """Whether there is anything that this viewer may see of visits."""
        return not isinstance(self.scope, Nothing)


def viewer(request: Request, parts: GivenParts) -> Viewer:
    """The viewer, by bearer token or else by cookie.

    Raises:
        NotLoggedInError: neither opens a session.
    """
    presented = _presented(request)
    account = None if presented is None else _account(parts, *presented)
    if account is None:
        raise NotLoggedInError
    found = Viewer(account.name, account.role, _scope(account))
    request.state.viewer = found
    request.state.actor = Actor(account.name, account.role, account.agency)
    return found


AnyViewer = Annotated[Viewer, Depends(viewer)]


def evidence_viewer(found: AnyViewer) -> Viewer:
    """A viewer whose role sees evidence.

    Raises:
        NoEvidenceError: it does not.
    """
    if not found.sees_evidence:
        raise NoEvidenceError
    return found


EvidenceViewer = Annotated[Viewer, Depends(evidence_viewer)]


def _presented(request: Request) -> tuple[str, Kind] | None:
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        return (secret.strip(), Kind.TOKEN) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(COOKIE)
    return None if cookie is None else (cookie, Kind.SESSION)


def _account(parts: Parts, secret: str, kind: Kind) -> Account | None:
    now_ms = parts.now_ms()
    with parts.database.reading() as connection:
        account = sessions.account_of(connection, secret, kind, now_ms)
        stale = account is not None and sessions.needs_touch(connection, secret, now_ms)
    if stale:
        with parts.database.writing() as connection:
            sessions.touch(connection, secret, now_ms)
    return account


def _scope(account: Account) -> Scope:
    match account:
        case Account(role=Role.AUDITOR):
            return Everything()
        case Account(role=Role.SUPERVISOR, agency=str(agency)):
            return OneAgency(agency)
        case _:
            return Nothing()
