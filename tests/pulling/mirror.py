"""A mirror of models on loopback, over real HTTP, that behaves as well or as badly as it is told.

with Mirror({"a.onnx": content}, cut_after=[1000]) as mirror:
    Pull(mirror.url)...
"""

import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType


@dataclass
class Mirror:
    """Serves ``files`` by name; ``asked`` is the Range header of each request, in order."""

    files: Mapping[str, bytes]
    knows_ranges: bool = True
    cut_after: list[int] = field(default_factory=list)
    """Bytes after which the next connections are cut, one each; those after them are whole."""
    status: int = 200
    leads_to: str | None = None
    hides_length: bool = False
    shifts_range: int = 0
    silent_s: float = 0.0
    """How long it says nothing before the body."""
    tls: ssl.SSLContext | None = None
    asked: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Mirror":
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.headers.get("Range"))
        content = self.files.get(handler.path.rpartition("/")[2])
        if self.leads_to is not None:
            handler.send_response(302)
            handler.send_header("Location", self.leads_to)
            handler.end_headers()
        elif content is None or self.status != 200:
            handler.send_error(404 if content is None else self.status)
        else:
            self._send(handler, content)

    def _send(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        start = self._start(handler)
        handler.send_response(206 if start else 200)
        if start:
            told = start + self.shifts_range
            handler.send_header("Content-Range", f"bytes {told}-{len(content) - 1}/{len(content)}")
        if not self.hides_length:
            handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        time.sleep(self.silent_s)
        body = content[start:]
        handler.wfile.write(body[: self.cut_after.pop(0)] if self.cut_after else body)

    def _start(self, handler: BaseHTTPRequestHandler) -> int:
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        return int(wanted[1]) if wanted and self.knows_ranges else 0
