"""Around every request: what somebody did is in the audit trail before the answer leaves, or there is no answer.

Entered is whatever was asked by somebody known, refusals too, and every password that was looked at. What strangers ask
is refused without a look at any evidence, and is in the log alone: they must not be able to fill the disk.
"""

from typing import Final

import structlog
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_server.errors import StoreError
from ingest_server.store.trail import Actor, Deed, Entry, enter
from ingest_server.web.parts import Parts
from ingest_server.web.problems import STORE_DOWN, refusal

_OF_ROUTE: Final = {"/login": Deed.LOG_IN, "/logout": Deed.LOG_OUT}
_READS: Final = {"GET", "HEAD"}
MOST_ABOUT, MOST_ADDRESS = 512, 64
log = structlog.get_logger()


class Trailing:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, entered = Request(scope), True

        async def send_entered(message: Message) -> None:
            nonlocal entered
            if message["type"] == "http.response.start":
                entered = await run_in_threadpool(self._entered, request, message["status"])
            if entered:
                await send(message)

        await self._app(scope, receive, send_entered)
        if not entered:
            await refusal(request, 503, STORE_DOWN)(scope, receive, send)

    def _entered(self, request: Request, status: int) -> bool:
        """Whether what is to be entered, if anything, could be."""
        actor = getattr(request.state, "actor", None)
        if actor is None:
            return True
        try:
            with self._parts.database.writing() as connection:
                enter(connection, _entry(request, actor, status, self._parts.now_ms()))
        except StoreError as failure:
            log.error("audit trail failed under a request", route=request.url.path, detail=str(failure))
            return False
        return True


def _entry(request: Request, actor: Actor, status: int, now_ms: int) -> Entry:
    route = getattr(request.scope.get("route"), "path", "")
    query = f"?{request.url.query}" if request.url.query else ""
    return Entry(
        at_ms=now_ms,
        actor=actor.name,
        role=actor.role,
        agency=actor.agency,
        deed=_OF_ROUTE.get(route) or (Deed.READ if request.method in _READS else Deed.DECIDE),
        route=route,
        about=(request.url.path + query)[:MOST_ABOUT],
        status=status,
        address=(request.client.host if request.client else "")[:MOST_ADDRESS],
    )
