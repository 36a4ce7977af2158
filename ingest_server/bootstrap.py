"""The server's parts, chosen and joined in one place; tests hand in others by the same doors."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from ingest_server.errors import AddressInUseError, ServerError, StoreError
from ingest_server.intake.intake import Intake
from ingest_server.intake.mqtt import IntakeSubscription
from ingest_server.intake.tally import PrometheusTally
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.weigher import EVIDENCE_IDS, Weigher
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database
from ingest_server.web.app import create_app
from visit_record.catalogue import service_items
from visit_record.keys import load_or_store_key

log = structlog.get_logger()


def now_ms() -> int:
    """The wall clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


def serve(settings: ServerSettings) -> None:
    """Take records in and serve pages until told to stop.

    Raises:
        ServerError: the database, the broker or the address is not to be had, or intake failed.
        KeyFileError: the server's key is unreadable.
    """
    prepare_data_dir(settings)
    database = Database(settings.database_url)
    database.require_current()
    registry = CollectorRegistry()
    subscription = _subscription(settings, database, registry)
    app = _app(settings, database, registry)
    with _listening(settings.host, settings.port) as listener:
        pages = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        subscription.connect()
        log.info("serving", address=f"http://{settings.host}:{settings.port}", broker=settings.broker_url)
        _run_together(subscription, pages, listener)
    database.close()


def prepare_data_dir(settings: ServerSettings) -> None:
    """Make the data folder.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise StoreError(f"cannot make the data folder {settings.data_dir}: {cause.strerror}; name another") from cause


def _subscription(settings: ServerSettings, database: Database, registry: CollectorRegistry) -> IntakeSubscription:
    weigher = Weigher(shipped_calibration(EVIDENCE_IDS), service_items())
    key = load_or_store_key(settings.key_path)
    intake = Intake(database, key, weigher.weigh, now_ms, PrometheusTally(registry))
    return IntakeSubscription(settings.broker_url, settings.client_id, intake.take)


def _app(settings: ServerSettings, database: Database, registry: CollectorRegistry) -> FastAPI:
    key = load_or_store_key(settings.key_path)
    return create_app(database, now_ms=now_ms, registry=registry, server_key=key, time_zone=settings.time_zone)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
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
