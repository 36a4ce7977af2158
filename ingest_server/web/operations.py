"""What machines ask without logging in: whether this server works, and how much it does. Nothing personal."""

from typing import Any, Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ingest_server.store.ledger_nodes import Ledger
from ingest_server.web.errors import IntakeDisconnectedError
from ingest_server.web.parts import GivenParts

router = APIRouter(tags=["operations"])
# The document's own word for what asks for no log-in.
OPEN: Final[dict[str, Any]] = {"security": []}


@router.get("/healthz", response_class=PlainTextResponse, openapi_extra=OPEN)
def healthz(parts: GivenParts) -> Response:
    """``ok`` while the store answers and records can arrive, else 503."""
    with parts.database.reading() as connection:
        Ledger(connection)
    if not parts.intake_connected():
        raise IntakeDisconnectedError
    return PlainTextResponse("ok\n")


@router.get("/metrics", response_class=PlainTextResponse, openapi_extra=OPEN)
def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    registry: CollectorRegistry = request.app.state.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
