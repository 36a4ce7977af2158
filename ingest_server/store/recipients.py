"""What the fund's registry says of recipients: their disability level, by which peers are told apart."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from ingest_server.store.schema import recipients

# SQLite allows 32,766 variables in one statement.
_CHUNK: Final = 5_000


def levels_of(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    """The disability level of those of the recipients that the registry knows."""
    return dict(_stored(connection, wanted))


def registered(connection: Connection) -> list[tuple[str, int]]:
    """Every recipient and level, by id."""
    query = select(recipients.c.recipient, recipients.c.disability_level).order_by(recipients.c.recipient)
    return [(recipient, level) for recipient, level in connection.execute(query)]


def register(connection: Connection, levels: Mapping[str, int]) -> frozenset[str]:
    """Enter levels or change them; the recipients whose level is another now."""
    known = levels_of(connection, levels.keys())
    changed = {recipient: level for recipient, level in levels.items() if known.get(recipient) != level}
    rows = [{"recipient": recipient, "disability_level": level} for recipient, level in changed.items()]
    if rows:
        old = [{"of": row["recipient"]} for row in rows]
        connection.execute(delete(recipients).where(recipients.c.recipient == bindparam("of")), old)
        connection.execute(insert(recipients), rows)
    return frozenset(changed)


def _stored(connection: Connection, wanted: Collection[str]) -> Iterator[tuple[str, int]]:
    ids = sorted(wanted)
    for start in range(0, len(ids), _CHUNK):
        query = select(recipients).where(recipients.c.recipient.in_(ids[start : start + _CHUNK]))
        for row in connection.execute(query):
            yield row.recipient, row.disability_level
