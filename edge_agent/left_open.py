"""Visits that are over and not sealed yet: each is kept, and tried again, until the disk takes its record."""

import time
from collections.abc import Callable

import structlog

from edge_agent.crash_guard import said_of
from edge_agent.errors import DamagedOutboxError, OutboxError
from edge_agent.every import Every
from edge_agent.open_visits import OpenVisits

RETRY_S = 30.0
# Seals one visit; called again whenever an OutboxError came of it.
Seal = Callable[[], None]


class LeftOpen:
    """Sealed in the witness's own thread, between the visits that are lived and within them; any thread may count.

    A visit that cannot be sealed for another reason than the disk stays in the database, is told, and is not tried
    again by this ``release`` of the program.
    """

    def __init__(self, visits: OpenVisits, release: str, now_s: Callable[[], float] = time.monotonic) -> None:
        self._visits, self._release = visits, release
        self._waiting: list[tuple[str, Seal]] = []
        self._again = Every(RETRY_S, self.try_again, now_s)

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def unsealed(self) -> list[str]:
        """Every visit that was begun and never sealed, the first one first, but for what this release has left open.

        Raises:
            OutboxError: the database cannot be read.
        """
        return self._visits.unsealed(self._release)

    def add(self, visit: str, seal: Seal) -> None:
        """Seal a visit now, or as soon as the disk takes it.

        Raises:
            DamagedOutboxError: the database must be mended first, which is done at the next start.
        """
        if not self._is_done(visit, seal):
            self._waiting.append((visit, seal))

    def look(self) -> None:
        """Try those that wait again, if it is time.

        Raises:
            DamagedOutboxError: as for :meth:`add`.
        """
        self._again.look()

    def try_again(self) -> None:
        """Try those that wait again.

        Raises:
            DamagedOutboxError: as for :meth:`add`.
        """
        self._waiting = [one for one in self._waiting if not self._is_done(*one)]

    def _is_done(self, visit: str, seal: Seal) -> bool:
        try:
            self._seal(visit, seal)
        except DamagedOutboxError:
            raise
        except OutboxError as error:
            structlog.get_logger().error("visit_not_sealed", visit=visit, reason=str(error))
            return False
        return True

    def _seal(self, visit: str, seal: Seal) -> None:
        try:
            seal()
        except OutboxError:
            raise
        except Exception as error:  # noqa: BLE001
            # What another release wrote may go wrong anywhere: it must cost no other visit, and no start.
            structlog.get_logger().error("visit_left_open", visit=visit, reason=said_of(error))
            self._visits.leave(visit, self._release)
