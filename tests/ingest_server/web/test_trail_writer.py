"""Requests that come together enter the trail together, and each answer waits for its own entry."""

import asyncio
from contextlib import suppress

from ingest_server.store.database import Database
from ingest_server.store.scope import Everything
from ingest_server.store.trail import Entry, TrailFilter, check_trail, entries
from ingest_server.vocabulary import Deed, Role
from ingest_server.web.trail_writer import TrailWriter
from tests.ingest_server.conftest import NOW_MS, Served
from tests.ingest_server.store.test_scans import said_to_the_database

AT_ONCE = 20


def entry(number: int) -> Entry:
    return Entry(NOW_MS, f"reader-{number}", Role.AUDITOR, None, Deed.READ, "/", f"/?{number}", 200, "")


async def enter_at_once(database: Database) -> list[bool]:
    writer = TrailWriter(database)
    return await asyncio.gather(*(writer.enter(entry(number)) for number in range(AT_ONCE)))


def test_many_at_once_take_few_transactions_and_stand_in_their_order(served: Served) -> None:
    with said_to_the_database() as statements:
        assert all(asyncio.run(enter_at_once(served.database)))
    assert sum(said == "BEGIN IMMEDIATE" for said, _ in statements) <= 2
    with served.database.reading() as connection:
        assert check_trail(connection) == AT_ONCE
        found = entries(connection, Everything(), TrailFilter(), AT_ONCE)
    assert [one.entry.actor for one in reversed(found)] == [f"reader-{number}" for number in range(AT_ONCE)]


def test_none_of_them_is_answered_where_the_trail_cannot_be_written(served: Served) -> None:
    with served.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE trail RENAME TO elsewhere")
    assert not any(asyncio.run(enter_at_once(served.database)))


def test_whoever_hangs_up_takes_nobody_with_them(served: Served) -> None:
    async def hang_up() -> bool:
        writer = TrailWriter(served.database)
        gone = asyncio.create_task(writer.enter(entry(1)))
        waiting = asyncio.create_task(writer.enter(entry(2)))
        await asyncio.sleep(0)
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        return await waiting

    assert asyncio.run(hang_up())
    with served.database.reading() as connection:
        assert check_trail(connection) == 2
