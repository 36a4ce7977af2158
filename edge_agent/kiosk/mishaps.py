"""What goes wrong unforeseen: a page in both languages that leads back by itself, and a line in the log without values.

A screen without a back button must never end on a browser's own words.
"""

import traceback
from pathlib import Path
from typing import Final

import structlog
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_agent.kiosk.screens import alone
from visit_record.bilingual import Words

STATIC: Final = Path(__file__).parent / "static"
LEADS_BACK_AFTER_S: Final = 5
# A device that goes is back within seconds.
ASKED_AGAIN_AFTER_S: Final = 3
_FAILED: Final = Words(
    "屏幕出错了，服务不受影响，马上返回", "The screen failed. Care is not affected; it goes back at once"
)
_NOWHERE: Final = Words("没有这个页面，马上返回", "There is no such page; it goes back at once")
# Said to whoever only waits too: the page asks again every few seconds, and must not take back what it said of a form.
_GONE: Final = Words(
    "屏幕和设备断开了，正在等它回来；服务照常。刚才按的、写的不一定收到了：恢复后请看一看，没有的请再按、再写一次",
    "The screen has lost the device and waits for it; care goes on. What was touched or written just now may not have "
    "arrived: look for it then, and where it does not stand there touch or write it again",
)

router = APIRouter()


@router.get("/worker.js")
def worker() -> Response:
    """A service worker (W3C Service Workers), which answers in the place of a device that is gone.

    A form that is sent in that moment would end on the browser's own page, and stay there: a browser asks again for
    what it was to show, never for what it was to send.
    """
    style = Markup((STATIC / "kiosk.css").read_text("utf-8"))
    page = alone("mishap.html", said=_GONE, goes_after_s=ASKED_AGAIN_AFTER_S, style=style)
    return Response(alone("worker.js", page=page), media_type="text/javascript")


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
    return HTMLResponse(alone("mishap.html", said=said, goes_after_s=LEADS_BACK_AFTER_S, style=None), status)


def _where(error: Exception) -> str:
    """The innermost line, without the words of the error, which may quote what somebody typed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno}"
