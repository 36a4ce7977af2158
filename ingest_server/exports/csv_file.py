"""CSV: RFC 4180 in UTF-8, with the mark by which spreadsheets know it, and no cell that they would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final

from ingest_server.exports.bounded import Bounded
from ingest_server.exports.moments import iso
from ingest_server.exports.table import CellKind, Column, Row, Table, Value

Cell = str | float | int | Decimal | None
# Excel reads a file without it as the region's old encoding, and shows no Chinese.
MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
# Spreadsheets take such a cell for a formula, which can send what stands beside it elsewhere (OWASP, CSV injection);
# East Asian ones take the wide forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_AT_A_TIME: Final = 1_000


def write_csv(table: Table, rows: Bounded, file: Path, zone: tzinfo) -> None:
    """Names of the columns, then the rows; where they were cut off a last line says so in its first cell."""
    with file.open("wb") as opened:
        opened.write(MARK + csv_bytes([[column.name for column in table.columns]]))
        cells = (_cells(table, row, zone) for row in rows)
        while lines := csv_bytes(islice(cells, _AT_A_TIME)):
            opened.write(lines)
        if rows.cut:
            opened.write(csv_bytes([[rows.ending.both, *[""] * (len(table.columns) - 1)]]))


def csv_bytes(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Rows as CSV, without the mark that begins a file; texts are made harmless, a number stays one."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one that looks so."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _cells(table: Table, row: Row, zone: tzinfo) -> Iterator[Cell]:
    return (_cell(column, value, zone) for column, value in zip(table.columns, row, strict=True))


def _cell(column: Column, value: Value, zone: tzinfo) -> Cell:
    if value is None:
        return None
    match column.kind:
        case CellKind.TEXT:
            return str(value)
        case CellKind.YES_NO:
            return "yes" if value else "no"
        case CellKind.MOMENT:
            return iso(int(value), zone)
        case CellKind.DECIMAL if column.places is not None:
            return Decimal(f"{value:.{column.places}f}")
        case CellKind.WHOLE | CellKind.DECIMAL:
            return value
