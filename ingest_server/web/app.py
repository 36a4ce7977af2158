"""The web side of the server, put together."""

from functools import partial

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from ingest_server.web import (
    api,
    api_authenticity,
    api_cases,
    api_devices,
    api_edits,
    api_evv,
    api_notes,
    api_overview,
    api_people,
    api_query,
    api_queue,
    api_rules,
    api_saved,
    api_subjects,
    api_trail,
    api_visit,
    language,
    login,
    operations,
    pages_cases,
    pages_devices,
    pages_edits,
    pages_evv,
    pages_notes,
    pages_overview,
    pages_people,
    pages_query,
    pages_queue,
    pages_rules,
    pages_saved,
    pages_several,
    pages_subjects,
    pages_trail,
    pages_visit,
)
from ingest_server.web.answers import openapi
from ingest_server.web.body_limit import BodyLimit
from ingest_server.web.etags import ETags
from ingest_server.web.figures import Figures, IntakeConnected
from ingest_server.web.lifespan import serving
from ingest_server.web.measuring import Measuring, request_seconds
from ingest_server.web.parts import Parts
from ingest_server.web.problems import handle_refusals
from ingest_server.web.safety import Safety
from ingest_server.web.trailing import Trailing


def create_app(parts: Parts, figures: Figures) -> FastAPI:
    """The app over one database.

    Args:
        parts: what its routes work with; the database is already current.
        figures: where the app keeps its own, and what ``/metrics`` shows.
    """
    app = _without_routes()
    app.state.parts = parts
    app.state.registry = figures.shown
    _add_routes(app)
    handle_refusals(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(ETags)
    app.add_middleware(Trailing, parts=parts)
    app.add_middleware(Safety)
    # Added last and so outermost: what is refused is measured too.
    app.add_middleware(Measuring, seconds=request_seconds(figures.kept))
    figures.shown.register(IntakeConnected(parts.intake_connected))
    return app


def _without_routes() -> FastAPI:
    app = FastAPI(
        title="Carewitness",
        version="1",
        description="What devices witnessed of home-care visits, and how the server weighs it. People decide.",
        # FastAPI's own documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        lifespan=serving,
    )
    app.openapi = partial(openapi, app)  # type: ignore[method-assign]
    return app


def _add_routes(app: FastAPI) -> None:
    for router in (
        operations.router,
        login.router,
        language.router,
        pages_queue.router,
        pages_visit.router,
        # Before the cases, whose numbers "new" is none of.
        pages_several.router,
        pages_cases.router,
        pages_overview.router,
        pages_edits.router,
        pages_notes.router,
        pages_evv.files,
        pages_evv.router,
        # Before the views, of which "saved" is none.
        pages_saved.router,
        pages_query.files,
        pages_query.router,
        pages_subjects.router,
        pages_rules.router,
        api.evidence,
        api_queue.router,
        api_visit.router,
        api_authenticity.router,
        api_subjects.router,
        api.ledger,
        api_rules.router,
        api_cases.router,
        api_overview.router,
        api_edits.router,
        api_notes.router,
        api_evv.router,
        api_evv.described,
        # Before the other: `visits.csv` would be a view's name there.
        api_query.files,
        api_query.router,
        api_saved.router,
        api_trail.router,
        pages_trail.router,
        api_people.router,
        api_people.own,
        pages_people.router,
        pages_people.own,
        api_devices.router,
        pages_devices.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("ingest_server.web", "static")]), name="static")
