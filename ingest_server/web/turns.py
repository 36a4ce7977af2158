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
    """Seconds until one is taken that is read while it is sent."""
    taking_s: float = 900.0
    """Seconds until one is taken that was written before."""
    export_rows: int = MOST_ROWS
    """Rows of a file."""


class Turns:
    """So many at once, and so many who wait a while; whoever comes then is told at once.

    Who asks and who waits each holds a thread of the process, of which there are few (:mod:`.lifespan`): were the
    waiting not counted, one program that asks without end would leave none for anybody's pages.
    """

    def __init__(self, at_once: int, waiting: int, patience_s: float) -> None:
        """Everything is free.

        Args:
            at_once: how many have a turn at the same time.
            waiting: how many more may wait for one.
            patience_s: how long each of them waits.
        """
        self.most = at_once + waiting
        """Threads that may be held at the same time."""
        self._places = BoundedSemaphore(self.most)
        self._free = BoundedSemaphore(at_once)
        self._patience_s = patience_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn, given back at the end.

        Raises:
            BusyError: none came free in time, or enough wait for one.
        """
        with _held(self._places, 0), _held(self._free, self._patience_s):
            yield


@contextmanager
def _held(places: BoundedSemaphore, patience_s: float) -> Iterator[None]:
    if not places.acquire(timeout=patience_s):
        raise BusyError
    try:
        yield
    finally:
        places.release()
