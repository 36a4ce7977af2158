"""What peers are like, kept from request to request: taken again in the background when it has grown old.

A figure of one subject is always of this moment; only whom it is drawn to and ranked among may be some minutes old, and
every answer says when they were looked at. Nobody waits but the first who asks, unless the server took it at its start.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from ingest_server.authenticity.census import Census, census_of
from ingest_server.authenticity.counting import period_to
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.settings import DEFAULT, Settings
from ingest_server.store.census import census_rows
from ingest_server.store.database import Database

STALE_MS: Final = 300_000
# Runs a piece of work, now or beside everything else.
Start = Callable[[Callable[[], None]], None]
log = structlog.get_logger()


def in_background(work: Callable[[], None]) -> None:
    """Run it beside everything else; it does not keep the program from ending."""
    threading.Thread(target=work, name="census", daemon=True).start()


class Censuses:
    """The latest census of each kind; safe to ask from many threads."""

    def __init__(
        self, database: Database, now_ms: Callable[[], int], start: Start = in_background, settings: Settings = DEFAULT
    ) -> None:
        self.settings = settings
        self._database = database
        self._now_ms = now_ms
        self._start = start
        self._taken: dict[Kind, Census] = {}
        self._taking = {kind: threading.Lock() for kind in Kind}

    def warm(self) -> None:
        """Take every census beside everything else, before anybody asks."""
        for kind in Kind:
            self._start(partial(self._refresh, kind))

    def of(self, kind: Kind) -> Census:
        """The census of a kind, at most some minutes old; older ones are taken again while this one is used.

        Raises:
            StoreError: there is none yet, and the database fails.
        """
        found = self._taken.get(kind)
        if found is None:
            with self._taking[kind]:
                return self._taken.get(kind) or self._take(kind)
        if not 0 <= self._now_ms() - found.taken_at_ms < STALE_MS and not self._taking[kind].locked():
            self._start(partial(self._refresh, kind))
        return found

    def _refresh(self, kind: Kind) -> None:
        # One at a time is enough, and whoever comes second finds it done.
        if not self._taking[kind].acquire(blocking=False):
            return
        try:
            self._take(kind)
        except Exception:
            log.exception("census not taken, the former stays", kind=kind)
        finally:
            self._taking[kind].release()

    def _take(self, kind: Kind) -> Census:
        now_ms = self._now_ms()
        period = period_to(now_ms, self.settings.months)
        with self._database.reading() as connection:
            rows = census_rows(connection, kind, period)
        self._taken[kind] = census_of(kind, rows, now_ms, period.first, self.settings)
        return self._taken[kind]
