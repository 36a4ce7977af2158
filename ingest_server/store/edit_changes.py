"""What each edit changed, a row for each field, so that edits can be asked about: kept in their transaction."""

from typing import Final

from sqlalchemy import Connection, insert

from ingest_server.edits.codes import Field
from ingest_server.edits.edit import Change, Edit, Value, Values, value_of
from ingest_server.store.schema import visit_edit_changes

_MOMENTS: Final = frozenset({Field.START, Field.END})


def add_changes(connection: Connection, number: int, captured: Values, edit: Edit) -> None:
    """Keep what an edit of a visit changed; ``number`` is its place among all edits."""
    rows = [_row(captured, change) for change in edit.changes]
    if rows:
        placed = [row | {"edit": number, "position": position} for position, row in enumerate(rows)]
        connection.execute(insert(visit_edit_changes), placed)


def _row(captured: Values, change: Change) -> dict[str, object]:
    # A moment has columns of its own: it is read in the reader's time zone, and can be compared.
    told = "{}_ms" if change.field in _MOMENTS else "{}"
    was, now = (_told(value) for value in (value_of(captured, change.field), change.after))
    empty = dict.fromkeys(("captured", "edited", "captured_ms", "edited_ms"))
    return empty | {"field": change.field, told.format("captured"): was, told.format("edited"): now}


def _told(value: Value) -> int | str | None:
    return ", ".join(value) if isinstance(value, tuple) else value
