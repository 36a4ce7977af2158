"""Keeping since when this server hears what devices tell of themselves: one row."""

from sqlalchemy import Connection, delete, insert, select

from ingest_server.fleet.listening import Listening, still_listening
from ingest_server.store.schema import listening


def enter_listening(connection: Connection, now_ms: int) -> None:
    """Somebody listens at this moment."""
    now = still_listening(find_listening(connection), now_ms)
    connection.execute(delete(listening))
    connection.execute(insert(listening).values(since_ms=now.since_ms, until_ms=now.until_ms))


def find_listening(connection: Connection) -> Listening | None:
    """Since when somebody does, and until when that is known; ``None`` where nobody ever did."""
    row = connection.execute(select(listening)).one_or_none()
    return None if row is None else Listening(row.since_ms, row.until_ms)
