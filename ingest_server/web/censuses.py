"""What peers are like, kept from request to request.

A figure of one subject is always of this moment; only whom it is drawn to and ranked among may be up to ten minutes
old.
"""

from collections.abc import Callable
from functools import partial

from ingest_server.authenticity.census import Census, census_of
from ingest_server.authenticity.counting import period_to
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.settings import DEFAULT, Settings
from ingest_server.store.census import census_rows
from ingest_server.store.database import Database
from ingest_server.web.kept import Kept, Start, Taken, in_background


class Censuses:
    """The latest census of each kind; safe to ask from many threads."""

    def __init__(
        self, database: Database, now_ms: Callable[[], int], start: Start = in_background, settings: Settings = DEFAULT
    ) -> None:
        self.settings = settings
        self._database = database
        self._kept = {kind: Kept(f"census of {kind}", partial(self._take, kind), now_ms, start) for kind in Kind}

    def warm(self) -> None:
        """Take every census beside everything else, before anybody asks."""
        for kept in self._kept.values():
            kept.warm()

    def of(self, kind: Kind) -> Census:
        """The census of a kind, less than ten minutes old.

        Raises:
            StoreError: there is none of the last ten minutes, and the database fails.
        """
        return self.kept(kind).value

    def kept(self, kind: Kind) -> Taken[Census]:
        """The same, and when it was taken."""
        return self._kept[kind].latest()

    def _take(self, kind: Kind, now_ms: int) -> Census:
        period = period_to(now_ms, self.settings.months)
        with self._database.reading() as connection:
            rows = census_rows(connection, kind, period)
        return census_of(kind, rows, now_ms, period.first, self.settings)
