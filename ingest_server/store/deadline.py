"""A deadline for reading: a question that reads too much is stopped in the database itself, and harms nobody else."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ingest_server.errors import TooLongError

# Of SQLite's virtual machine, between two looks at the clock: some milliseconds. Each look waits for whatever else runs
# in this program, so that there must not be many.
_STEPS: Final = 50_000
Row = TypeVar("Row")


class Deadline:
    """How long may be read, by a clock that nobody sets."""

    def __init__(self, most_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most_s = most_s
        self._clock = clock
        self._ends_s = clock() + most_s

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self._clock() >= self._ends_s

    def watched(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, as long as there is time.

        Raises:
            TooLongError: there is none.
        """
        for row in rows:
            if self.passed:
                raise TooLongError(self.most_s)
            yield row


@contextmanager
def within(connection: Connection, deadline: Deadline) -> Iterator[None]:
    """Stop whatever a connection reads when its time is over.

    Raises:
        TooLongError: it was stopped.
    """
    watch = _watch_sqlite if connection.dialect.name == "sqlite" else _watch_postgresql
    with watch(connection, deadline):
        try:
            yield
        except DBAPIError as cause:
            if deadline.passed:
                raise TooLongError(deadline.most_s) from cause
            raise


@contextmanager
def _watch_sqlite(connection: Connection, deadline: Deadline) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: deadline.passed, _STEPS)
    try:
        yield
    finally:
        # The connection goes back to the pool, and its next user has all the time there is.
        driver.set_progress_handler(None, _STEPS)


@contextmanager
def _watch_postgresql(connection: Connection, deadline: Deadline) -> Iterator[None]:
    # LOCAL: it ends with the transaction.
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, round(1000 * deadline.most_s))}")
    yield
