"""Refusals and failures: pages for people, RFC 9457 problem documents for programs, never a traceback."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote, urlencode

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from ingest_server.errors import (
    AlteredRecordError,
    SaidError,
    StoreError,
    UnreadableVerdictError,
)
from ingest_server.web.errors import (
    BusyError,
    NotFoundError,
    NotLoggedInError,
    PasswordFirstError,
    TooLargeError,
    WebError,
)
from ingest_server.web.given_back import CHOSEN, given_back
from ingest_server.web.headers import add_security_headers
from ingest_server.web.refused import status_of
from ingest_server.web.rendering import page
from ingest_server.words.bilingual import Words

PROBLEM_TYPE = "application/problem+json"
STORE_DOWN = Words("数据库暂时不可用，请稍后再试。", "The store cannot be read just now; try again in a minute.")
ALTERED = Words(
    "这条记录在数据库中已与收到时不同，不能作为证据显示；请从备份恢复，并查明原因。",
    "This record is no longer what was received, so it is no evidence; restore it from a backup, and find out why.",
)
UNREADABLE = Words(
    "这条记录的评分无法读取，已记入日志；记录本身仍在账本中。",
    "The verdict on this record cannot be read, and the log says why; the record itself is still in the ledger.",
)
_OF_STATUS = {told.status: told.words for told in (NotFoundError, TooLargeError)}
BROKEN = Words("服务器出错了，已记入日志。", "Something broke at our side; it is in the log.")
log = structlog.get_logger()


class Problem(Struct, frozen=True):
    """A problem document (RFC 9457). ``detail`` says what can be done, ``detail_zh`` the same in Chinese."""

    title: str
    status: int
    detail: str
    detail_zh: str
    type: str = "about:blank"


def handle_refusals(app: FastAPI) -> None:
    """Give the app its answers to everything that can go wrong."""
    app.add_exception_handler(WebError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SaidError, _not_so)
    app.add_exception_handler(AlteredRecordError, _altered)
    app.add_exception_handler(UnreadableVerdictError, _unreadable)
    app.add_exception_handler(StoreError, _store_down)
    app.add_exception_handler(Exception, _broken)


def refusal(request: Request, status: int, words: Words) -> Response:
    """The refusal in the form that its reader understands."""
    if not _wants_page(request):
        return _problem(status, words)
    return page(request, "refusal.html", status, status_code=status, phrase=HTTPStatus(status).phrase, words=words)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, WebError)
    if isinstance(error, NotLoggedInError) and _wants_page(request):
        if request.method == "POST":
            form = await request.form()
            others = given_back(_route(request), _texts(form))
            shown = {"note": form.get("note", ""), "others": others, "back": _page_of_form(request, form)}
            return page(request, "expired.html", error.status, **shown)
        return RedirectResponse(f"/login?next={quote(_came_for(request))}", status_code=303)
    if isinstance(error, PasswordFirstError) and _wants_page(request):
        return RedirectResponse("/me", status_code=303)
    answer = refusal(request, error.status, error.words)
    if isinstance(error, NotLoggedInError):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, BusyError):
        answer.headers["Retry-After"] = "30"
    return answer


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    words = _OF_STATUS.get(error.status_code, Words("请求被拒绝。", f"{phrase}."))
    answer = refusal(request, error.status_code, words)
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # The input itself is not repeated: it may be somebody's password in the wrong field.
    names = ", ".join(sorted({_field(found["loc"]) for found in error.errors()}))
    words = Words(f"参数有误：{names}。", f"Not as this address wants it: {names}.")
    return refusal(request, 400 if _wants_page(request) else 422, words)


def _field(place: Sequence[object]) -> str:
    """The name of a field or parameter by its place in a request.

    What follows it are numbers of a list, or the types that were tried, which tell a reader nothing.
    """
    _, *inner = place
    return next((str(one) for one in inner if isinstance(one, str)), str(place[0]))


async def _not_so(request: Request, error: Exception) -> Response:
    assert isinstance(error, SaidError)
    return refusal(request, status_of(error), Words(*error.said))


async def _store_down(request: Request, error: Exception) -> Response:
    log.error("store failed under a request", route=request.url.path, detail=str(error))
    answer = refusal(request, 503, STORE_DOWN)
    answer.headers["Retry-After"] = "30"
    return answer


async def _altered(request: Request, error: Exception) -> Response:
    log.error("stored record was altered", detail=str(error))
    return refusal(request, 500, ALTERED)


async def _unreadable(request: Request, error: Exception) -> Response:
    log.error("verdict cannot be read", detail=str(error))
    return refusal(request, 500, UNREADABLE)


async def _broken(request: Request, error: Exception) -> Response:
    log.error("request failed", route=request.url.path, exc_info=error)
    answer = refusal(request, 500, BROKEN)
    # This answer is made outside the middleware that adds them to every other.
    add_security_headers(answer.headers)
    return answer


def _problem(status: int, words: Words) -> Response:
    body = Problem(HTTPStatus(status).phrase, status, words.en, words.zh)
    return Response(msgspec.json.encode(body), status, media_type=PROBLEM_TYPE)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/metrics", "/healthz"))


def _page_of_form(request: Request, form: FormData) -> str:
    """Where a form is found again: its own address leads whoever opens it to the page that it stands on.

    One about one of several, which its address ends with, stands on their list.
    """
    chosen = urlencode([(name, told) for name, told in _texts(form) if name in CHOSEN])
    if chosen:
        return f"{request.url.path}?{chosen}"
    of_one = _route(request).endswith("}")
    return request.url.path.rpartition("/")[0] if of_one else _came_for(request)


def _route(request: Request) -> str:
    path: str = getattr(request.scope.get("route"), "path", "")
    return path


def _texts(form: FormData) -> list[tuple[str, str]]:
    return [(name, told) for name, told in form.multi_items() if isinstance(told, str)]


def _came_for(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
