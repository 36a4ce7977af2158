"""One file out: written whole to a folder of its own, opened, and its name gone before its first byte leaves."""

from collections.abc import Iterable
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from msgspec import Struct

from ingest_server.exports.bounded import Bounded
from ingest_server.exports.csv_file import write_csv
from ingest_server.exports.sqlite_file import write_sqlite
from ingest_server.exports.table import Row, Table
from ingest_server.exports.xlsx_file import write_xlsx

MOST_ROWS: Final = 100_000


class Format(StrEnum):
    """The forms of files; a value is the ending of the name too."""

    CSV = "csv"
    XLSX = "xlsx"
    SQLITE = "sqlite"


MEDIA_TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.SQLITE: "application/vnd.sqlite3",
}


class Exported(Struct, frozen=True):
    """A file that nobody can name any more: ``content`` is all of it, open for reading, and closed by whoever reads.

    ``rows`` are in it; ``cut`` where there were more.
    """

    content: BinaryIO
    size: int
    rows: int
    cut: bool


def exported(table: Table, rows: Iterable[Row], form: Format, zone: tzinfo, most_rows: int = MOST_ROWS) -> Exported:
    """Write at most ``most_rows`` rows to a file; moments are written in ``zone``, but for SQLite's, in UTC.

    A program that ends meanwhile leaves nothing behind but a folder that its user alone may read.

    Raises:
        OSError: the disk is full, or the folder for temporary files cannot be written.
    """
    bounded = Bounded(rows, most_rows)
    with TemporaryDirectory(prefix="carewitness-") as folder:
        file = Path(folder, f"{table.name}.{form}")
        _write(table, bounded, form, file, zone)
        return Exported(file.open("rb"), file.stat().st_size, bounded.count, bounded.cut)


def _write(table: Table, rows: Bounded, form: Format, file: Path, zone: tzinfo) -> None:
    match form:
        case Format.CSV:
            write_csv(table, rows, file, zone)
        case Format.XLSX:
            write_xlsx(table, rows, file, zone)
        case Format.SQLITE:
            write_sqlite(table, rows, file)
