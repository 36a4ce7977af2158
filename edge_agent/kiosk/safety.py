"""Around every request: other sites' forms are refused, and every answer carries the security headers.

The page is served to this machine alone, but a browser on it may be led to another site, which may point its own name
at 127.0.0.1 (DNS rebinding): hence the hosts that are answered to.
"""

from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
CONTENT_SECURITY_POLICY: Final = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
))  # fmt: skip
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Safety:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = _refused(Request(scope))
        answer = self._app if refused is None else PlainTextResponse(refused, 403)
        await answer(scope, receive, send_safely)


def _refused(request: Request) -> str | None:
    host = request.headers.get("host", "")
    if _without_port(host) not in HOSTS:
        return "这个地址不对外服务 / this address is served to this device alone"
    from_us = request.headers.get("sec-fetch-site") == "same-origin" or _origin(request) == host
    if request.method == "POST" and not from_us:
        return "表单不是本设备的 / the form is not this device's own"
    return None


def _origin(request: Request) -> str:
    return request.headers.get("origin", "").partition("://")[2]


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
