"""Around every request: other sites' forms are refused, and every answer carries the security headers."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest_server.web.errors import CrossSiteError
from ingest_server.web.headers import add_security_headers
from ingest_server.web.problems import refusal

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


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
                add_security_headers(MutableHeaders(scope=message))
            await send(message)

        request = Request(scope)
        if _from_another_site(request):
            refused = refusal(request, CrossSiteError.status, CrossSiteError.words)
            await refused(scope, receive, send_safely)
        else:
            await self._app(scope, receive, send_safely)


def _from_another_site(request: Request) -> bool:
    """Whether a request that changes something lacks proof of coming from our own page (OWASP: Fetch Metadata, Origin).

    A bearer token is proof enough: no browser attaches one by itself.
    """
    if request.method in _SAFE_METHODS or "authorization" in request.headers:
        return False
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from != "same-origin"
    # The scheme is left out: a proxy that ends TLS shows us http.
    return urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host")
