"""Around every request: what is larger than anything that is sent here is not read, and its sender is told."""

from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_server.web.errors import TooLargeError
from ingest_server.web.problems import refusal

# A form with a note is the largest thing that anybody sends here: Chinese takes nine bytes a character in it.
MOST_BODY_BYTES: Final = 65_536


class BodyLimit:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, taken = Request(scope), 0
        if _declared(request) > MOST_BODY_BYTES:
            await refusal(request, TooLargeError.status, TooLargeError.words)(scope, receive, send)
            return

        async def receive_bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BODY_BYTES:
                # Whoever reads a form lets no other exception through.
                raise HTTPException(TooLargeError.status)
            return message

        await self._app(scope, receive_bounded, send)


def _declared(request: Request) -> int:
    told = request.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0
