"""Logging in and out."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from ingest_server.store.accounts import Account, Proven, authenticate, holds
from ingest_server.store.attempts import Pair, admit, forget
from ingest_server.store.sessions import SESSION_MS, Kind, end_session, open_session, opened_by
from ingest_server.store.trail import actor_named
from ingest_server.web.access import COOKIE
from ingest_server.web.address import address_of
from ingest_server.web.errors import TooManyAttemptsError
from ingest_server.web.own_path import first_page, own_path
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.rendering import page
from ingest_server.words.bilingual import Words

WRONG = Words("用户名或密码不对。", "The name or the password is wrong.")

router = APIRouter(include_in_schema=False)
log = structlog.get_logger()
Typed = Annotated[str, Form()]


@router.get("/login")
def login_form(request: Request, next: Annotated[str, Query()] = "/") -> Response:
    """The form."""
    return page(request, "login.html", name="", next=own_path(next), refused=None)


@router.post("/login")
def log_in(
    request: Request,
    parts: GivenParts,
    name: Typed = "",
    password: Typed = "",
    next: Typed = "/",
) -> Response:
    """Open a session, or show the form again with what was typed and why."""
    pair = Pair(name[:65], address_of(request))
    told = log.bind(name=name[:64], address=pair.address)
    if not _admitted(parts, pair):
        told.warning("log-in throttled")
        return _again(request, name, next, TooManyAttemptsError.status, TooManyAttemptsError.words)
    proven = _proven(request, parts, name, password)
    secret = None if proven is None else _opened(parts, proven, pair)
    if proven is None or secret is None:
        told.warning("log-in refused")
        return _again(request, name, next, 401, WRONG)
    told.info("logged in")
    return _with_cookie(request, RedirectResponse(_led_to(proven.account, next), status_code=303), secret)


@router.post("/logout")
def log_out(request: Request, parts: GivenParts) -> Response:
    """End the session."""
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        with parts.database.writing() as connection:
            opened = opened_by(connection, secret, Kind.SESSION, parts.now_ms())
            if opened is not None:
                request.state.actor = actor_named(connection, opened.account.name)
            end_session(connection, secret)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=_over_tls(request))
    return answer


def _admitted(parts: Parts, pair: Pair) -> bool:
    with parts.database.writing() as connection:
        return admit(connection, pair, parts.now_ms())


def _proven(request: Request, parts: Parts, name: str, password: str) -> Proven | None:
    with parts.database.reading() as connection:
        request.state.actor = actor_named(connection, name[:64])
        return authenticate(connection, name, password, parts.now_ms())


def _opened(parts: Parts, proven: Proven, pair: Pair) -> str | None:
    """The secret of a new session; ``None`` where the password was reset, or the person disabled, in between."""
    with parts.database.writing() as connection:
        if not holds(connection, proven):
            return None
        forget(connection, pair)
        return open_session(connection, proven.account.name, parts.now_ms())


def _led_to(account: Account, next_path: str) -> str:
    """Where somebody came to, or their first page."""
    path = own_path(next_path)
    return first_page(account.role) if path == "/" else path


def _again(request: Request, name: str, next_path: str, status: int, refused: Words) -> Response:
    return page(request, "login.html", status, name=name[:64], next=own_path(next_path), refused=refused)


def _with_cookie(request: Request, answer: Response, secret: str) -> Response:
    answer.set_cookie(
        COOKIE, secret, max_age=SESSION_MS // 1000, httponly=True, samesite="strict", secure=_over_tls(request)
    )
    return answer


def _over_tls(request: Request) -> bool:
    return request.url.scheme == "https"
