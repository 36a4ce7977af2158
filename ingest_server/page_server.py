"""The pages and the API over a store, and what serves them in one process."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from ingest_server.charts.apart import Apart
from ingest_server.clock import now_ms
from ingest_server.counting_choice import chosen_counting
from ingest_server.errors import AddressInUseError
from ingest_server.local_days import zone_named
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database
from ingest_server.web.app import create_app
from ingest_server.web.censuses import Censuses
from ingest_server.web.drawings import Drawings
from ingest_server.web.figures import Figures
from ingest_server.web.parts import Parts
from ingest_server.web.watch import watch_over

# People read for longer than uvicorn's five seconds, and proxies keep connections for a minute: whoever clicks in the
# moment in which the server hangs up gets no answer.
KEPT_ALIVE_S = 75
# Told to end, the answers that are under way are given; whoever has not asked to the end by then, or has not taken the
# file that is being sent, is broken off: else anybody who asks by halves keeps the server from ending.
PATIENCE_S: Final = 20


def page_server(
    settings: ServerSettings,
    database: Database,
    key: Ed25519PrivateKey,
    figures: Figures,
    intake_connected: Callable[[], bool],
) -> uvicorn.Server:
    """Serves the pages once it is run; what takes long is begun beside everything else.

    Raises:
        ServerError: the time zone is none, or the tariff or a calibration cannot be read.
    """
    app = app_over(settings, database, key, figures, intake_connected)
    for kept in (app.state.parts.censuses, app.state.parts.watch, app.state.parts.drawings):
        kept.warm()
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            # Unasked, these headers let anybody on this machine choose the address that log-ins are throttled by.
            proxy_headers=settings.behind_proxy,
            timeout_keep_alive=KEPT_ALIVE_S,
            timeout_graceful_shutdown=PATIENCE_S,
        )
    )


def app_over(
    settings: ServerSettings,
    database: Database,
    key: Ed25519PrivateKey,
    figures: Figures,
    intake_connected: Callable[[], bool],
) -> FastAPI:
    """The pages and the API over a store; nothing of it is read before somebody asks.

    Raises:
        ServerError: the time zone is none, or the tariff or a calibration cannot be read.
    """
    apart = Apart()
    parts = Parts(
        database=database,
        now_ms=now_ms,
        server_key=key,
        intake_connected=intake_connected,
        calibration=shipped_calibration(EVIDENCE_IDS),
        censuses=Censuses(database, now_ms),
        zone=zone_named(settings.time_zone),
        watch=watch_over(database, now_ms),
        drawings=Drawings(apart.drawn, end=apart.close),
        tariff=chosen_counting(settings.data_dir).tariff,
    )
    return create_app(parts, figures)


@contextmanager
def listening(host: str, port: int, count: int = 1) -> Iterator[list[socket.socket]]:
    """A socket for each process that serves pages, until the block ends; the system deals connections out among them.

    Raises:
        AddressInUseError: another program listens there, or there is no such address here.
    """
    # Sockets that share their port would share it with a second server of this user's as well: ask for it alone first.
    with _bound(host, port, shared=False) as alone:
        if count == 1:
            yield [alone]
            return
    with ExitStack() as stack:
        yield [stack.enter_context(_bound(host, port, shared=True)) for _ in range(count)]


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off for such sockets alone: it would hold the
    # body of every answer back until its head is acknowledged, for which a client may take 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
    except OSError as cause:
        bound.close()
        raise AddressInUseError(f"cannot listen on {host}:{port}: {cause.strerror}; choose another port") from cause
    return bound
