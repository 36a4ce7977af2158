"""The server's parts, chosen and joined in one place; tests hand in others by the same doors."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from ingest_server.clock import now_ms
from ingest_server.counting_choice import chosen_counting
from ingest_server.data_dir import server_key
from ingest_server.errors import AddressInUseError, ServerError
from ingest_server.intake.intake import Intake, Reply
from ingest_server.intake.live_rules import LiveRules
from ingest_server.intake.mqtt import IntakeSubscription
from ingest_server.intake.reading import Arrival
from ingest_server.intake.tally import PrometheusTally
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.settings import ServerSettings
from ingest_server.shipped import enter_shipped_rules, with_a_way_out
from ingest_server.store.database import Database
from ingest_server.web.app import create_app
from ingest_server.web.censuses import Censuses
from ingest_server.web.drawings import Drawings
from ingest_server.web.parts import Parts
from ingest_server.web.watch import watch_over
from visit_record.catalogue import service_items

log = structlog.get_logger()

# People read for longer than uvicorn's five seconds, and proxies keep connections for a minute: whoever clicks in the
# moment in which the server hangs up gets no answer.
KEPT_ALIVE_S = 75


def serve(settings: ServerSettings) -> None:
    """Take records in and serve pages until told to stop.

    Raises:
        ServerError: the database, the broker or the address is not to be had, the time zone is none, or intake failed.
        RulesError: the live rules cannot be used; it says what puts those that ship in force.
        KeyFileError: the server's key is unreadable.
    """
    key = server_key(settings.data_dir)
    database = Database(settings.database_url)
    database.require_current()
    enter_shipped_rules(database)
    registry = CollectorRegistry()
    subscription = _subscription(settings, database, key, registry)
    app = app_over(settings, database, key, registry, lambda: subscription.connected)
    for kept in (app.state.parts.censuses, app.state.parts.watch, app.state.parts.drawings):
        kept.warm()
    with listening(settings.host, settings.port) as listener:
        pages = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                # Unasked, these headers let anybody on this machine choose the address that log-ins are throttled by.
                proxy_headers=settings.behind_proxy,
                timeout_keep_alive=KEPT_ALIVE_S,
            )
        )
        subscription.connect()
        log.info("serving", address=f"http://{settings.host}:{settings.port}", broker=settings.broker_url)
        _run_together(subscription, pages, listener)
    database.close()


def _subscription(
    settings: ServerSettings, database: Database, key: Ed25519PrivateKey, registry: CollectorRegistry
) -> IntakeSubscription:
    tally, counting = PrometheusTally(registry), chosen_counting(settings.data_dir)
    with with_a_way_out(database):
        live = LiveRules(database, shipped_calibration(EVIDENCE_IDS), service_items(), now_ms, tally)
    intake = Intake(database, key, live.weigh, now_ms, tally, counting, live.shadow)

    def take(arrivals: list[Arrival]) -> list[Reply]:
        live.refresh()
        return intake.take(arrivals)

    return IntakeSubscription(settings.broker_url, settings.client_id, take)


def app_over(
    settings: ServerSettings,
    database: Database,
    key: Ed25519PrivateKey,
    registry: CollectorRegistry,
    intake_connected: Callable[[], bool],
) -> FastAPI:
    """The pages and the API over a store; nothing of it is read before somebody asks.

    Raises:
        ServerError: the time zone is none, or the tariff or a calibration cannot be read.
    """
    parts = Parts(
        database=database,
        now_ms=now_ms,
        server_key=key,
        intake_connected=intake_connected,
        calibration=shipped_calibration(EVIDENCE_IDS),
        censuses=Censuses(database, now_ms),
        zone=_zone(settings.time_zone),
        watch=watch_over(database, now_ms),
        drawings=Drawings(now_ms),
        tariff=chosen_counting(settings.data_dir).tariff,
    )
    return create_app(parts, registry)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise ServerError(f"no time zone {name!r}; write an IANA name such as Asia/Shanghai") from cause


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket of the pages, until the block ends.

    Raises:
        AddressInUseError: another program listens there, or there is no such address here.
    """
    # The protocol is named because asyncio turns Nagle's algorithm off for such sockets alone: it would hold the
    # body of every answer back until its head is acknowledged, for which a client may take 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as cause:
            raise AddressInUseError(f"cannot listen on {host}:{port}: {cause.strerror}; choose another port") from cause
        yield listener


def _run_together(subscription: IntakeSubscription, pages: uvicorn.Server, listener: socket.socket) -> None:
    failures: list[BaseException] = []
    intake = threading.Thread(target=_run_intake, args=(subscription, pages, failures), name="intake")
    intake.start()
    try:
        pages.run(sockets=[listener])
    finally:
        subscription.stop()
        intake.join()
    if failures:
        raise ServerError(f"intake failed: {failures[0]!r}; start again, no record is lost") from failures[0]


def _run_intake(subscription: IntakeSubscription, pages: uvicorn.Server, failures: list[BaseException]) -> None:
    # Pages over an intake that is dead would look like a quiet day: both live, or neither.
    try:
        subscription.run()
    except BaseException as failure:
        failures.append(failure)
        log.exception("intake failed")
    pages.should_exit = True
