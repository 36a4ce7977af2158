"""What each line of an exported sheet holds, cell by cell. Pure."""

from typing import Final

from ingest_server.edits.shares import EditedShare, EditorKind
from ingest_server.evv.visit import EvvEdit, EvvVisit
from ingest_server.exports.csv_file import Cell

COLUMNS: Final = EvvVisit.__struct_fields__
SHARE_COLUMNS: Final = ("kind", "since_month", "until_month", *EditedShare.__struct_fields__)


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
