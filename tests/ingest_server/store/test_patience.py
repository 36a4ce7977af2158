"""Who writes waits for those before, all of them together no longer than one may wait."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from time import monotonic

import pytest
from sqlalchemy import event

from ingest_server.errors import StoreError
from ingest_server.store.database import KEPT_OPEN, Database

PATIENCE_S = 0.4
WRITERS = 4
TIMEOUT_S = 10.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'store.db'}", PATIENCE_S)
    made.migrate()
    yield made
    made.close()


def seconds_until_refused(database: Database) -> float:
    began_s = monotonic()
    with pytest.raises(StoreError, match="try again"), database.writing():
        pass
    return monotonic() - began_s


def test_writers_behind_another_program_are_all_refused_when_the_first_is(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(WRITERS) as threads:
            waited_s = list(threads.map(seconds_until_refused, [database] * WRITERS))
    # One after the other they would have waited for four times as long.
    assert max(waited_s) < 2 * PATIENCE_S


def test_writer_goes_on_once_another_program_is_done(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError), database.writing():
            pass
    # What was left of the patience of one is not what the next has.
    with database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() > 1000 * PATIENCE_S / 2


def test_connections_of_as_many_threads_as_ask_at_once_stay_open(database: Database) -> None:
    opened: list[int] = []
    at_once = Barrier(KEPT_OPEN)
    event.listen(database._engine, "connect", lambda *_: opened.append(1))

    def read_at_once(_: object) -> None:
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
            at_once.wait(TIMEOUT_S)

    with ThreadPoolExecutor(KEPT_OPEN) as threads:
        for _ in range(3):
            list(threads.map(read_at_once, range(KEPT_OPEN)))
    assert len(opened) <= KEPT_OPEN
