"""Counting and timing requests for Prometheus, by route template: no visit, person or address is in a metric."""

import time

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 1.0, 4.0)


def request_seconds(registry: CollectorRegistry) -> Histogram:
    """The histogram that :class:`Measuring` fills."""
    name, about = "carewitness_web_request_seconds", "Seconds to the end of answers, by route, method and status."
    return Histogram(name, about, ["route", "method", "status"], registry=registry, buckets=_BUCKETS_S)


class Measuring:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, seconds: Histogram) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started_s, sent_s = 500, time.perf_counter(), 0.0

        async def send_and_note(message: Message) -> None:
            nonlocal status, sent_s
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            sent_s = time.perf_counter()

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            # Paths and methods of nobody's route are a stranger's to choose: they are counted under one name.
            route = getattr(scope.get("route"), "path", None)
            method = scope["method"] if route else "other"
            labels = (route or "other", method, str(status))
            # What is done behind an answer that is out, nobody waits for.
            self._seconds.labels(*labels).observe((sent_s or time.perf_counter()) - started_s)
