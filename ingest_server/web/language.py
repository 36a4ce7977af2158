"""The switch in the corner of every page: in which language this browser is shown its pages."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from ingest_server.web.own_path import own_path
from ingest_server.web.tongue import Tongue

COOKIE: Final = "carewitness-language"
_YEAR_S: Final = 365 * 86_400

router = APIRouter(include_in_schema=False)


@router.post("/language")
def choose_language(to: Annotated[Tongue, Form()], next: Annotated[str, Form()] = "/") -> RedirectResponse:
    """Show this browser its pages in a language from now on, beginning with the one that it came from."""
    answer = RedirectResponse(own_path(next), status_code=303)
    answer.set_cookie(COOKIE, to.value, max_age=_YEAR_S, httponly=True, samesite="strict")
    return answer


def tongue_of(request: Request) -> Tongue:
    """The language that a browser chose; both where it chose none, or one that we do not speak."""
    chosen = request.cookies.get(COOKIE, "")
    return Tongue(chosen) if chosen in set(Tongue) else Tongue.BOTH


def way_back(request: Request) -> str | None:
    """The page to come back to; ``None`` where it answers a form, whose typed text would be lost on the way."""
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else None
