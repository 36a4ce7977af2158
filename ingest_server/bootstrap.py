"""The server's parts, chosen and joined in one place; tests hand in others by the same doors."""

import socket
import threading
from contextlib import closing
from typing import Protocol

import structlog
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingest_server.clock import now_ms
from ingest_server.counting_choice import chosen_counting
from ingest_server.data_dir import server_key
from ingest_server.ending import end_in_order
from ingest_server.errors import ServerError
from ingest_server.intake.hearing import Hearing
from ingest_server.intake.intake import Intake, Reply
from ingest_server.intake.live_rules import LiveRules
from ingest_server.intake.mqtt import Hear, IntakeSubscription
from ingest_server.intake.reading import Arrival
from ingest_server.intake.tally import PrometheusTally
from ingest_server.local_days import zone_named
from ingest_server.page_processes import PageProcesses
from ingest_server.page_server import listening, page_server
from ingest_server.scoring.calibration import shipped_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.settings import ServerSettings
from ingest_server.shipped import enter_shipped_rules, with_a_way_out
from ingest_server.store.database import Database
from ingest_server.web.figures import Figures
from visit_record.catalogue import service_items

log = structlog.get_logger()


class Pages(Protocol):
    """What serves the pages, in this process or in others."""

    def run(self) -> None:
        """Serve until told to stop."""

    def stop(self) -> None:
        """End :meth:`run`."""


def serve(settings: ServerSettings) -> None:
    """Take records in and serve pages until told to stop.

    Raises:
        ServerError: the database, the broker or the address is not to be had, the time zone is none, or intake failed.
        RulesError: the live rules cannot be used; it says what puts those that ship in force.
        KeyFileError: the server's key is unreadable.
    """
    end_in_order()
    key = server_key(settings.data_dir)
    with closing(Database(settings.database_url)) as database:
        database.require_current()
        enter_shipped_rules(database)
        _serve_over(settings, database, key)


def _serve_over(settings: ServerSettings, database: Database, key: Ed25519PrivateKey) -> None:
    zone_named(settings.time_zone)
    alone = settings.page_processes == 1
    figures = Figures.of_one_process() if alone else Figures.of_several()
    tally = PrometheusTally(figures.kept)
    hearing = Hearing(database, now_ms, tally, lambda: subscription.hears)
    subscription = _subscription(settings, database, key, tally, hearing.hear)
    with listening(settings.host, settings.port, settings.page_processes) as listeners:
        pages: Pages
        if alone:
            server = page_server(settings, database, key, figures, lambda: subscription.connected)
            pages = _PagesHere(server, listeners)
        else:
            pages = PageProcesses(settings, listeners, lambda: subscription.connected)
        with hearing:
            subscription.connect()
            log.info("serving", address=f"http://{settings.host}:{settings.port}", broker=settings.broker_url)
            _run_together(subscription, pages)


def _subscription(
    settings: ServerSettings, database: Database, key: Ed25519PrivateKey, tally: PrometheusTally, hear: Hear
) -> IntakeSubscription:
    counting = chosen_counting(settings.data_dir)
    with with_a_way_out(database):
        live = LiveRules(database, shipped_calibration(EVIDENCE_IDS), service_items(), now_ms, tally)
    intake = Intake(database, key, live.weigh, now_ms, tally, counting, live.shadow)

    def take(arrivals: list[Arrival]) -> list[Reply]:
        live.refresh()
        return intake.take(arrivals)

    return IntakeSubscription(settings.broker_url, settings.client_id, take, hear)


class _PagesHere:
    """Pages served by this process, over one socket."""

    def __init__(self, server: uvicorn.Server, listeners: list[socket.socket]) -> None:
        self._server = server
        self._listeners = listeners

    def run(self) -> None:
        self._server.run(sockets=self._listeners)

    def stop(self) -> None:
        self._server.should_exit = True


def _run_together(subscription: IntakeSubscription, pages: Pages) -> None:
    failures: list[BaseException] = []
    intake = threading.Thread(target=_run_intake, args=(subscription, pages, failures), name="intake")
    intake.start()
    try:
        pages.run()
    finally:
        subscription.stop()
        intake.join()
    if failures:
        raise ServerError(f"intake failed: {failures[0]!r}; start again, no record is lost") from failures[0]


def _run_intake(subscription: IntakeSubscription, pages: Pages, failures: list[BaseException]) -> None:
    # Pages over an intake that is dead would look like a quiet day: both live, or neither.
    try:
        subscription.run()
    except BaseException as failure:
        failures.append(failure)
        log.exception("intake failed")
    pages.stop()
