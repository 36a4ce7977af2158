"""SQLite's form, by sqlite-utils: a typed table, one of its columns, and one of what was asked."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Final

import sqlite_utils

from ingest_server.exports.bounded import Bounded
from ingest_server.exports.moments import iso
from ingest_server.exports.table import CellKind, Column, Fact, Table, Value, listed
from ingest_server.words.bilingual import Words

_TYPES: Final[dict[CellKind, type]] = {
    CellKind.TEXT: str,
    CellKind.WHOLE: int,
    CellKind.DECIMAL: float,
    CellKind.MOMENT: str,
    CellKind.YES_NO: int,
}
_AT_A_TIME: Final = 1_000


def write_sqlite(table: Table, rows: Bounded, file: Path) -> None:
    """The rows in a table of the export's name, moments as text in UTC; ``columns`` and ``about`` beside it."""
    # No plug-in of whoever installed some runs in a server.
    with closing(sqlite_utils.Database(file, execute_plugins=False)) as database:
        made = database.table(table.name).create({column.name: _TYPES[column.kind] for column in table.columns})
        made.insert_all(_named(table, rows), batch_size=_AT_A_TIME)
        database.table("columns").insert_all(_described(column) for column in table.columns)
        told = [*table.about, Fact(Words("行数", "rows"), rows.ending.both)]
        database.table("about").insert_all(
            {"label_zh": one.label.zh, "label_en": one.label.en, "told": one.told} for one in told
        )


def _named(table: Table, rows: Bounded) -> Iterator[dict[str, Value]]:
    for row in rows:
        yield {column.name: _cell(column, value) for column, value in zip(table.columns, row, strict=True)}


def _cell(column: Column, value: Value) -> Value:
    if value is None:
        return None
    match column.kind:
        case CellKind.MOMENT:
            return iso(int(value), UTC)
        case CellKind.YES_NO:
            return int(value)
        case CellKind.DECIMAL:
            return float(value) if column.places is None else round(float(value), column.places)
        case CellKind.TEXT | CellKind.WHOLE:
            return value


def _described(column: Column) -> dict[str, Value]:
    return {
        "name": column.name,
        "kind": column.kind.value,
        "unit": column.unit,
        "label_zh": column.label.zh,
        "label_en": column.label.en,
        "means_zh": column.means.zh,
        "means_en": column.means.en,
        "values": listed(column),
    }
