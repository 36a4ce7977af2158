"""What goes wrong unforeseen: a page in both languages that leads back by itself, and a line in the log without values.

A screen without a back button must never end on a browser's own words.
"""

import traceback
from typing import Final

import structlog
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_agent.kiosk.screens import alone
from visit_record.bilingual import Words

LEADS_BACK_AFTER_S: Final = 5
_FAILED: Final = Words(
    "屏幕出错了，服务不受影响，马上返回", "The screen failed. Care is not affected; it goes back at once"
)
_NOWHERE: Final = Words("没有这个页面，马上返回", "There is no such page; it goes back at once")


class Mishaps:
    """ASGI middleware: whatever the application raises is told, and answered by a page of our own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:
            structlog.get_logger().error("screen_failed", error=type(error).__name__, where=_where(error))
            if begun:
                raise
            await _page(500, _FAILED)(scope, receive, send)


def nowhere(_request: Request, error: Exception) -> Response:
    """An address that leads nowhere, or that is asked for in another way."""
    return _page(error.status_code if isinstance(error, HTTPException) else 404, _NOWHERE)


def _page(status: int, said: Words) -> HTMLResponse:
    return HTMLResponse(alone("mishap", said=said, goes_after_s=LEADS_BACK_AFTER_S), status)


def _where(error: Exception) -> str:
    """The innermost line, without the words of the error, which may quote what somebody typed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno}"
