"""Excel's form, by XlsxWriter in constant memory: a sheet of rows, and one that says what they are."""

from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from ingest_server.exports.bounded import Bounded
from ingest_server.exports.table import CellKind, Column, Table, Value, listed
from ingest_server.local_days import local
from ingest_server.words.bilingual import Words

# What Excel holds in one cell; XlsxWriter leaves a longer text out without a word.
MOST_TEXT: Final = 32_767
_WIDTH: Final = {CellKind.TEXT: 18, CellKind.WHOLE: 10, CellKind.DECIMAL: 11, CellKind.MOMENT: 19, CellKind.YES_NO: 8}
# Its calendar begins in 1900.
_FIRST_YEAR: Final = 1900
_DESCRIBED: Final = (
    Words("列", "column"),
    Words("名称", "label"),
    Words("单位", "unit"),
    Words("含义", "meaning"),
    Words("取值", "values"),
)


def write_xlsx(table: Table, rows: Bounded, file: Path, zone: tzinfo) -> None:
    """The rows with labels in both languages, moments in ``zone``; then the sheet ``about``."""
    # What XlsxWriter puts aside lies beside the file, and goes with it.
    options = {"constant_memory": True, "tmpdir": str(file.parent), "in_memory": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        _Rows(book, table, zone).write(rows)
        _write_about(book, table, rows.ending)


class _Rows:
    """The sheet of rows."""

    def __init__(self, book: Any, table: Table, zone: tzinfo) -> None:  # noqa: ANN401 - XlsxWriter has no types
        self._sheet = book.add_worksheet(table.name)
        self._columns = table.columns
        self._zone = zone
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        places = {column.places for column in table.columns if column.places}
        self._decimal = {count: book.add_format({"num_format": "#,##0." + "0" * count}) for count in places}

    def write(self, rows: Bounded) -> None:
        """Every row in order: in constant memory there is no going back."""
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, _WIDTH[column.kind])
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, f"{column.label.zh}\n{column.label.en}", self._bold)
        number = 0
        for number, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                if value is not None:
                    self._cell(number, place, column, value)
        if rows.cut:
            self._sheet.write_string(number + 1, 0, rows.ending.both, self._bold)
        self._sheet.autofilter(0, 0, number, len(self._columns) - 1)

    def _cell(self, row: int, place: int, column: Column, value: Value) -> None:
        # Never `write`: it would make formulas and links of texts that look so.
        match column.kind, value:
            case CellKind.YES_NO, _:
                self._sheet.write_boolean(row, place, bool(value))
            case (CellKind.WHOLE, int()) | (CellKind.DECIMAL, int() | float()):
                self._sheet.write_number(row, place, value, self._decimal.get(column.places or 0))
            case CellKind.MOMENT, int():
                self._write_moment(row, place, value)
            case _:
                self._sheet.write_string(row, place, _fitting(_worded(column, str(value))))

    def _write_moment(self, row: int, place: int, at_ms: int) -> None:
        shown = local(at_ms, self._zone)
        if shown.year < _FIRST_YEAR:
            self._sheet.write_string(row, place, shown.isoformat(timespec="milliseconds"))
        else:
            self._sheet.write_datetime(row, place, shown.replace(tzinfo=None), self._moment)


def _write_about(book: Any, table: Table, ending: Words) -> None:  # noqa: ANN401 - XlsxWriter has no types
    sheet, bold = book.add_worksheet("about"), book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((24, 24, 12, 60, 60)):
        sheet.set_column(place, place, width)
    told = [*((fact.label.both, fact.told) for fact in table.about), (Words("行数", "rows").both, ending.both)]
    for number, line in enumerate(told):
        sheet.write_string(number, 0, line[0], bold)
        sheet.write_string(number, 1, _fitting(line[1]))
    head = len(told) + 1
    for place, words in enumerate(_DESCRIBED):
        sheet.write_string(head, place, words.both, bold)
    for number, column in enumerate(table.columns, start=head + 1):
        texts = (column.name, column.label.both, column.unit, column.means.both, listed(column))
        for place, text in enumerate(texts):
            sheet.write_string(number, place, _fitting(text), wrapped)


def _worded(column: Column, value: str) -> str:
    words = column.values.get(value)
    return value if words is None else f"{words.zh} {words.en}"


def _fitting(text: str) -> str:
    """A text that fits a cell; one that was cut ends so that it is seen."""
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"
