"""Around every request: what somebody did is in the audit trail before the answer leaves, or there is no answer.

Entered is what was asked by somebody whom the server knows by then, refusals and failures too, and every password that
was looked at; a decision is entered in its own transaction (:mod:`.doing`). What strangers ask is refused without a
look at any evidence, and is in the log alone: they must not be able to fill the disk.
"""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_server.web.entries import entry_of
from ingest_server.web.parts import Parts
from ingest_server.web.problems import STORE_DOWN, refusal
from ingest_server.web.trail_writer import TrailWriter

BROKEN = 500


class Trailing:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._writer = TrailWriter(parts.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, entered = Request(scope), True

        async def send_entered(message: Message) -> None:
            nonlocal entered
            if message["type"] == "http.response.start":
                entered = await self._entered(request, message["status"])
            if entered:
                await send(message)

        try:
            await self._app(scope, receive, send_entered)
        except Exception:
            # The answer to this is made outside; it holds no evidence.
            await self._entered(request, BROKEN)
            raise
        if not entered:
            await refusal(request, 503, STORE_DOWN)(scope, receive, send)

    async def _entered(self, request: Request, status: int) -> bool:
        """Whether what is to be entered, if anything still is, could be."""
        actor = getattr(request.state, "actor", None)
        if actor is None or getattr(request.state, "entered", False):
            return True
        return await self._writer.enter(entry_of(request, actor, status, self._parts.now_ms()))
