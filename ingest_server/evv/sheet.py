"""Rows as CSV for spreadsheets: RFC 4180, UTF-8 with its mark, no cell that one takes for a formula. Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from ingest_server.edits.shares import EditedShare, EditorKind
from ingest_server.evv.visit import EvvEdit, EvvVisit

Cell = str | float | int | None
# Excel reads a file without it as the region's old encoding, and shows no Chinese.
MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
# OWASP, "CSV injection": a spreadsheet runs what begins so.
_RUN: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS: Final = EvvVisit.__struct_fields__
SHARE_COLUMNS: Final = ("kind", "since_month", "until_month", *EditedShare.__struct_fields__)


def csv_bytes(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Rows as CSV, without the mark that begins a file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def cells_of(visit: EvvVisit) -> list[Cell]:
    """A visit as a line: what is a list in JSON is one cell, its parts after semicolons."""
    return [_cell(getattr(visit, name)) for name in COLUMNS]


def share_cells(kind: EditorKind, months: tuple[str, str], share: EditedShare) -> list[Cell]:
    """A share of edited visits as a line; ``months`` are the first and the last."""
    return [kind, *months, *(getattr(share, name) for name in share.__struct_fields__)]


def _cell(value: object) -> Cell:
    match value:
        case None | str() | int() | float():
            return value
        case tuple():
            return "; ".join(str(_cell(part)) for part in value)
        case EvvEdit():
            return _edit(value)
        case _:
            raise TypeError(f"no cell holds {type(value).__name__}")


def _edit(edit: EvvEdit) -> str:
    did = f"withdraws {edit.withdraws}" if edit.withdraws else "+".join(change.field for change in edit.changes)
    marks = f" [{' '.join(edit.marks)}]" if edit.marks else ""
    return f"{edit.number} {edit.at} {edit.actor} {edit.reason}/{edit.action} {did}{marks}"


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would run is marked as text; a number is our own, and stays one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUN) else cell
