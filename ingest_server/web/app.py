"""The web side of the server, put together."""

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.staticfiles import StaticFiles

from ingest_server.errors import ServerError
from ingest_server.scoring.calibration import Calibration
from ingest_server.store.database import Database
from ingest_server.web import api, api_rules, authenticity, login, operations, pages, pages_rules, subjects
from ingest_server.web.answers import openapi
from ingest_server.web.censuses import Censuses, Start, in_background
from ingest_server.web.measuring import Measuring, request_seconds, tell_intake
from ingest_server.web.parts import Parts
from ingest_server.web.problems import handle_refusals
from ingest_server.web.safety import Safety
from ingest_server.web.throttle import Throttle

# A log-in form is the largest thing that anybody sends here.
MOST_BODY_BYTES = 16_384


def create_app(  # noqa: PLR0913 - each is a part chosen elsewhere
    database: Database,
    *,
    now_ms: Callable[[], int],
    registry: CollectorRegistry,
    server_key: Ed25519PrivateKey,
    intake_connected: Callable[[], bool],
    calibration: Calibration,
    time_zone: str = "Asia/Shanghai",
    ledger_origin: str = "carewitness/ledger",
    start: Start = in_background,
) -> FastAPI:
    """The app over one database.

    Args:
        database: the store, already current.
        now_ms: the clock, UTC milliseconds.
        registry: what ``/metrics`` shows; the app adds its own figures.
        server_key: signs checkpoints, as it signs receipts.
        intake_connected: whether records can arrive; else ``/healthz`` says so.
        calibration: the table by which new visits are weighed, for those who want to know.
        time_zone: IANA zone of the screens.
        ledger_origin: the ledger's name in its checkpoints (C2SP tlog-checkpoint, "origin").
        start: runs what need not keep a reader waiting.

    Raises:
        ServerError: there is no such time zone.
    """
    app = FastAPI(
        title="Carewitness",
        version="1",
        description="What devices witnessed of home-care visits, and how the server weighs it. People decide.",
        # FastAPI's own documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.parts = Parts(
        database,
        now_ms,
        server_key,
        ledger_origin,
        _zone(time_zone),
        Throttle(),
        intake_connected,
        Censuses(database, now_ms, start),
        calibration,
    )
    app.state.registry = registry
    tell_intake(registry, intake_connected)
    for router in (
        operations.router,
        login.router,
        pages.router,
        subjects.router,
        pages_rules.router,
        api.evidence,
        authenticity.router,
        api.ledger,
        api_rules.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("ingest_server.web", "static")]), name="static")
    handle_refusals(app)
    app.add_middleware(Safety)
    app.add_middleware(Measuring, seconds=request_seconds(registry))
    app.openapi = partial(openapi, app)  # type: ignore[method-assign]
    return app


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise ServerError(f"no time zone {name!r}; write an IANA name such as Asia/Shanghai") from cause
