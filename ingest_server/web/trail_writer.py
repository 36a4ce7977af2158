"""What several requests did enters the trail together: whoever comes while others are entered waits for the next turn.

A disk takes some milliseconds to make a transaction safe, and each page that is read wants one: it is taken for all who
came meanwhile. Whoever comes alone waits for nobody.
"""

from asyncio import Lock, Task, create_task, shield
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool

from ingest_server.errors import StoreError
from ingest_server.store.database import Database
from ingest_server.store.trail import Entry, enter

log = structlog.get_logger()


@dataclass
class _Turn:
    entries: list[Entry] = field(default_factory=list)
    written: Task[bool] | None = None


class TrailWriter:
    """Enters for every request of one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = Lock()
        self._next = _Turn()

    async def enter(self, entry: Entry) -> bool:
        """Whether it is entered, and safe."""
        turn = self._next
        turn.entries.append(entry)
        turn.written = turn.written or create_task(self._write(turn))
        # Whoever hangs up waits no more; what they asked for is entered all the same, and so is the others'.
        return await shield(turn.written)

    async def _write(self, turn: _Turn) -> bool:
        async with self._writing:
            self._next = _Turn()
            return await run_in_threadpool(self._entered, turn.entries)

    def _entered(self, entries: list[Entry]) -> bool:
        try:
            with self._database.writing() as connection:
                enter(connection, *entries)
        except StoreError as failure:
            log.error("audit trail failed under requests", routes=[one.route for one in entries], detail=str(failure))
            return False
        return True
