"""CSV: RFC 4180 in UTF-8, with the mark by which spreadsheets know it, and no cell that they would run."""

import csv
from datetime import tzinfo
from pathlib import Path
from typing import Final

from ingest_server.exports.bounded import Bounded
from ingest_server.exports.moments import iso
from ingest_server.exports.table import Column, Kind, Table, Value

# Spreadsheets take such a cell for a formula, which can send what stands beside it elsewhere (OWASP, CSV injection);
# East Asian ones take the wide forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(table: Table, rows: Bounded, file: Path, zone: tzinfo) -> None:
    """Names of the columns, then the rows; where they were cut off a last line says so in its first cell."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([column.name for column in table.columns])
        for row in rows:
            writer.writerow([_cell(column, value, zone) for column, value in zip(table.columns, row, strict=True)])
        if rows.cut:
            writer.writerow([rows.ending.both, *[""] * (len(table.columns) - 1)])


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one that looks so."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _cell(column: Column, value: Value, zone: tzinfo) -> str:
    if value is None:
        return ""
    match column.kind:
        case Kind.TEXT:
            return harmless(str(value))
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.MOMENT:
            return iso(int(value), zone)
        case Kind.DECIMAL if column.places is not None:
            return f"{value:.{column.places}f}"
        case Kind.WHOLE | Kind.DECIMAL:
            return str(value)
