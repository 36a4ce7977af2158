"""The web application of the screen, over one desk."""

from datetime import tzinfo

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from edge_agent.errors import DeskError, Refusal
from edge_agent.kiosk import deeds, following, mirror, mishaps, pages, past
from edge_agent.kiosk.given import give, glanced
from edge_agent.kiosk.safety import Safety
from edge_agent.ports import Desk


def kiosk_app(desk: Desk, zone: tzinfo) -> FastAPI:
    """The application; ``zone`` is that of the clock on the wall."""
    app = FastAPI(title="Carewitness", openapi_url=None, docs_url=None, redoc_url=None)
    give(app, desk, zone)
    for router in (pages.router, deeds.router, past.router, following.router, mishaps.router, mirror.routes()):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=mishaps.STATIC))
    app.add_exception_handler(DeskError, _refused)
    app.add_exception_handler(RequestValidationError, _unread)
    app.add_exception_handler(HTTPException, mishaps.nowhere)
    app.add_middleware(mishaps.Mishaps)
    app.add_middleware(Safety)
    return app


def _refused(request: Request, error: Exception) -> Response:
    return glanced(request).refused(error.refusal if isinstance(error, DeskError) else Refusal.NOT_NOW)


def _unread(request: Request, _error: Exception) -> Response:
    return glanced(request).standing(422, problem=Refusal.NOT_NOW)
