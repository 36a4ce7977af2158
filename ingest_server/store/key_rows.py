"""Rows by keys of several columns, as many as there are keys, each found by its index.

SQLite reads a whole table for ``(a, b) IN (VALUES …)``, whatever indexes it has: among a million records a batch would
take as long as all that came before it. Where the keys are a table of their own that is joined, it uses the index.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Select, and_, func, tuple_

# Of anything that is said by two columns or more: PostgreSQL allows 65,535 values in one statement.
MOST_KEYS = 5_000


def with_keys(
    connection: Connection, query: Select[Any], columns: Sequence[Column[Any]], keys: Sequence[tuple[str | int, ...]]
) -> Select[Any]:
    """The query, of those rows alone whose columns are one of the keys, of which there may be ``MOST_KEYS``."""
    if connection.dialect.name != "sqlite":
        return query.where(tuple_(*columns).in_(keys))
    wanted = func.json_each(msgspec.json.encode(keys).decode()).table_valued("value", name="wanted")
    same = (one == func.json_extract(wanted.c.value, f"$[{place}]") for place, one in enumerate(columns))
    return query.join(wanted, and_(*same))
