"""A figure that takes long to take, kept from request to request: taken again in the background when it has grown old.

Nobody waits but those who ask first, unless the server took it at its start, and those who ask first after a long
quiet: whatever is said of it says when it was taken, and that was not long ago.
"""

import threading
from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

import structlog

# From when on it is taken again, behind the answers.
STALE_MS: Final = 300_000
# Nobody is shown one of this age: at night, or in a small town, nobody may have asked for days.
OLDEST_MS: Final = 2 * STALE_MS
# Runs a piece of work, now or beside everything else.
Start = Callable[[Callable[[], None]], None]
T = TypeVar("T")
log = structlog.get_logger()


def in_background(work: Callable[[], None]) -> None:
    """Run it beside everything else; it does not keep the program from ending."""
    threading.Thread(target=work, name="kept", daemon=True).start()


class Taken(NamedTuple, Generic[T]):
    """A value, and when it was taken."""

    value: T
    at_ms: int


class Kept(Generic[T]):
    """The latest value; safe to ask from many threads."""

    def __init__(
        self, name: str, take: Callable[[int], T], now_ms: Callable[[], int], start: Start = in_background
    ) -> None:
        """Nothing is taken yet.

        Args:
            name: what it is, for the log.
            take: takes it at a moment, UTC milliseconds.
            now_ms: the clock.
            start: runs what is done in the background.
        """
        self._name = name
        self._take_at = take
        self._now_ms = now_ms
        self._start = start
        self._taken: Taken[T] | None = None
        self._taking = threading.Lock()

    def warm(self) -> None:
        """Take it beside everything else, before anybody asks."""
        self._start(self._refresh)

    def latest(self) -> Taken[T]:
        """The value, less than ten minutes old; one of more than five is taken again while it is used.

        Raises:
            StoreError: there is none of the last ten minutes, and the database fails.
        """
        found = self._taken
        if found is None or self._age_ms(found) >= OLDEST_MS:
            return self._awaited()
        if self._age_ms(found) >= STALE_MS and not self._taking.locked():
            self._start(self._refresh)
        return found

    def _age_ms(self, taken: Taken[T]) -> int:
        # A clock may have been put back.
        return abs(self._now_ms() - taken.at_ms)

    def _awaited(self) -> Taken[T]:
        with self._taking:
            # Whoever waited for another's look finds it done.
            found = self._taken
            return self._take() if found is None or self._age_ms(found) >= OLDEST_MS else found

    def _refresh(self) -> None:
        # One at a time is enough, and whoever comes second finds it done.
        if not self._taking.acquire(blocking=False):
            return
        try:
            self._take()
        except Exception:
            log.exception("not taken, the former stays", what=self._name)
        finally:
            self._taking.release()

    def _take(self) -> Taken[T]:
        now_ms = self._now_ms()
        self._taken = Taken(self._take_at(now_ms), now_ms)
        return self._taken
