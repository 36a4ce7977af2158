"""One file over HTTP, from a byte on (RFC 9110, 14): urllib, because a device needs no more for this."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from edge_agent.errors import PullError
from edge_agent.pulling.address import host_of, is_this_machine, require_safe
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

PIECE_BYTES = 64 * 1024
_PARTIAL = 206
_CONTENT_RANGE = re.compile(r"bytes (?P<start>\d{1,15})-\d{1,15}/(?P<total>\d{1,15}|\*)")


class LineBrokenError(Exception):
    """The connection broke or fell silent; what had arrived is good as far as it goes."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Answer:
    """Bytes that begin at ``start``, 0 where a server knows nothing of ranges; ``total`` of the file, if it is told."""

    start: int
    total: int | None
    pieces: Iterator[bytes]


@contextmanager
def ask(address: str, start: int, silence_s: float) -> Iterator[Answer]:
    """Ask for a file from byte ``start`` on; ``silence_s`` is how long the server may say nothing.

    Raises:
        PullError: the host cannot be reached, refuses, or leads on to an address that is not safe.
        LineBrokenError: the connection broke on the way, while iterating as well.
    """
    asked = Request(address, headers={"User-Agent": "carewitness"} | _range(start))
    require_safe(address)
    with _response(asked, silence_s) as response:
        yield Answer(*_extent_of(response), _pieces(response))


def _range(start: int) -> dict[str, str]:
    return {"Range": f"bytes={start}-"} if start else {}


_LINE_AND_ADDRESS = Words("核对网络和地址", "check the line and the address")


@contextmanager
def _response(asked: Request, silence_s: float) -> Iterator[HTTPResponse]:
    host = host_of(asked.full_url)
    try:
        response = _opener(host).open(asked, timeout=silence_s)
    except HTTPError as cause:
        cause.close()
        raise PullError(
            f"{host_of(cause.url)} answers {cause.code} {cause.reason}",
            f"{host_of(cause.url)} 没有给文件，答复 {cause.code}",
            Words("核对地址", "check the address"),
        ) from cause
    except (URLError, OSError, HTTPException) as cause:
        why = _reason(cause)
        raise PullError(
            f"{host} cannot be reached ({why.en})", f"连不上 {host}（{why.zh}）", _LINE_AND_ADDRESS
        ) from cause
    with response:
        yield response


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read1(PIECE_BYTES):
            yield piece
    except (OSError, HTTPException) as cause:
        raise LineBrokenError(_reason(cause)) from cause


def _extent_of(response: HTTPResponse) -> tuple[int, int | None]:
    """Where the bytes begin, and how long the whole file is."""
    if response.status != _PARTIAL:
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdecimal() else None
    told = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if told is None:
        raise PullError(
            f"{host_of(response.url)} sends a part of the file and does not say which",
            f"{host_of(response.url)} 只给文件的一部分，又没有说是哪一部分",
        )
    return int(told["start"]), None if told["total"] == "*" else int(told["total"])


def _opener(host: str) -> OpenerDirector:
    # A proxy is for what lies outside.
    proxies = [ProxyHandler({})] if is_this_machine(host) else []
    return build_opener(_SafeRedirects(), *proxies)


class _SafeRedirects(HTTPRedirectHandler):
    """Follows where a server leads on, but never from HTTPS to less, nor to plain HTTP elsewhere."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        require_safe(newurl)
        if req.type == "https" and not newurl.startswith("https:"):
            raise PullError(
                f"{host_of(req.full_url)} leads on to {host_of(newurl)} without https, which is refused",
                f"{host_of(req.full_url)} 转到不用 https 的 {host_of(newurl)}，不予下载",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _reason(cause: BaseException) -> Words:
    """The inmost reason."""
    inner = cause.reason if isinstance(cause, URLError) else cause
    if isinstance(inner, ssl.SSLError):
        # It counts in numbers of its own.
        return Words("TLS 握手失败，详情见英文", inner.strerror or str(inner))
    if isinstance(inner, OSError):
        return Words(why_zh(inner), inner.strerror or str(inner) or type(inner).__name__)
    return Words("详情见英文", str(inner) or type(inner).__name__)
