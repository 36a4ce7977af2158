"""Turns at what costs much: however many ask at once, few are served at a time; the others wait, or are told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from msgspec import Struct

from ingest_server.exports.file import MOST_ROWS
from ingest_server.web.errors import BusyError


class Limits(Struct, frozen=True):
    """How much a combined query, and a file that leaves, may cost."""

    page_s: float = 5.0
    """Seconds for a page of rows."""
    export_s: float = 120.0
    """Seconds until a file is written."""
    sending_s: float = 300.0
    """Seconds until one is read that is read while it is sent."""
    export_rows: int = MOST_ROWS
    """Rows of a file."""


class Turns:
    """So many at once; whoever comes later waits a while."""

    def __init__(self, at_once: int, patience_s: float) -> None:
        self._free = BoundedSemaphore(at_once)
        self._patience_s = patience_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn, given back at the end.

        Raises:
            BusyError: none came free in time.
        """
        if not self._free.acquire(timeout=self._patience_s):
            raise BusyError
        try:
            yield
        finally:
            self._free.release()
