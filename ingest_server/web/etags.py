"""Around the API's reads: a program that asks again for what it has is told so, and sent nothing (RFC 9110, 8.8.3).

Files are sent as they come, without a tag: they are large, and nobody asks for one twice.
"""

from hashlib import sha256
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOT_MODIFIED: Final = 304
# An answer may be kept by whoever asked, and is asked for again before it is used.
KEPT: Final = "private, no-cache"


class ETags:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []
        content: list[bytes] = []

        async def gather(message: Message) -> None:
            if message["type"] == "http.response.start" and not _is_a_file(Headers(raw=message["headers"])):
                begun.append(message)
                return
            if not begun:
                await send(message)
                return
            content.append(message.get("body", b""))
            if not message.get("more_body", False):
                await _answer(begun[0], b"".join(content), Headers(scope=scope), send)

        await self._app(scope, receive, gather)


def _is_a_file(headers: Headers) -> bool:
    return "content-disposition" in headers or "content-length" not in headers


async def _answer(start: Message, body: bytes, asked: Headers, send: Send) -> None:
    if start["status"] == 200:
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = MutableHeaders(raw=start["headers"])
        headers["ETag"], headers["Cache-Control"] = tag, KEPT
        if _has(asked.get("if-none-match", ""), tag):
            del headers["Content-Length"], headers["Content-Type"]
            start, body = {**start, "status": NOT_MODIFIED}, b""
        start = {**start, "headers": headers.raw}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _has(named: str, tag: str) -> bool:
    """Whether a list of tags names one; the mark of a weak one tells nothing here."""
    return named.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in named.split(",")}
