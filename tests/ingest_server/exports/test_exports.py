"""One file out: typed, harmless in a spreadsheet, honest about where it was cut off, and gone when it was read."""

import csv
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.exports.csv_file import Cell, csv_bytes, harmless
from ingest_server.exports.file import Exported, Format, exported
from ingest_server.exports.table import CellKind, Column, Fact, Row, Table
from ingest_server.exports.xlsx_file import MOST_TEXT
from ingest_server.words.bilingual import Words

ZONE = ZoneInfo("Asia/Shanghai")
AT_MS = 1_790_010_000_123
W = Words("甲", "a")
TABLE = Table(
    "things",
    (
        Column("name", CellKind.TEXT, Words("名称", "name"), Words("叫什么", "what it is called")),
        Column("band", CellKind.TEXT, W, W, values={"hold": Words("优先复核", "look first")}),
        Column("count", CellKind.WHOLE, W, W, unit="次 visits"),
        Column("money", CellKind.DECIMAL, W, W, unit="元 yuan", places=2),
        Column("at", CellKind.MOMENT, W, W),
        Column("done", CellKind.YES_NO, W, W),
    ),
    (Fact(Words("查询", "query"), "=all"),),
)
ROWS: list[Row] = [
    ("=cmd|' /C calc'!A0", "hold", 3, 12.5, AT_MS, True),
    ("https://elsewhere.example/", None, None, None, None, None),
    ('a "quoted",\nline', "other", -1, 0.1, 0, False),
]


def made(form: Format, rows: list[Row] | Iterator[Row], most: int = 10) -> Exported:
    return exported(TABLE, rows, form, ZONE, most)


def read_csv(file: Exported) -> list[list[str]]:
    text = file.content.read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_its_mark_its_lines_end_as_the_standard_says_and_every_row_is_as_wide() -> None:
    content = made(Format.CSV, ROWS).content.read()
    assert content.startswith(b"\xef\xbb\xbfname,band,count,money,at,done\r\n")
    assert read_csv(made(Format.CSV, ROWS))[1:] == [
        ["'=cmd|' /C calc'!A0", "hold", "3", "12.50", "2026-09-22T01:00:00.123+08:00", "yes"],
        ["https://elsewhere.example/", "", "", "", "", ""],
        ['a "quoted",\nline', "other", "-1", "0.10", "1970-01-01T08:00:00.000+08:00", "no"],
    ]


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠1")


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_gives_no_spreadsheet_a_formula_to_run(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.text())
def test_csv_keeps_every_text(text: str) -> None:
    assert harmless(text) in {text, f"'{text}"}


@given(row=st.lists(st.one_of(st.text(max_size=30), st.integers(), st.floats(allow_nan=False), st.none()), min_size=2))
def test_no_cell_is_a_formula_and_all_else_comes_back(row: list[Cell]) -> None:
    try:
        written = csv_bytes([row])
    except UnicodeEncodeError:
        return  # half a character is in no id and no name
    (read,) = csv.reader(io.StringIO(written.decode(), newline=""))
    for told, was in zip(read, row, strict=True):
        if isinstance(was, str):
            assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
            assert told.removeprefix("'") == was.removeprefix("'")
        else:
            assert told == ("" if was is None else str(was))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_marked_among_cells(text: str) -> None:
    (read,) = csv.reader(io.StringIO(csv_bytes([[text, 1]]).decode(), newline=""))
    assert read == [f"'{text}", "1"]


def test_negative_number_stays_a_number() -> None:
    assert csv_bytes([[-121.4, None, "护理"]]).decode() == "-121.4,,护理\r\n"


def test_excel_holds_types_words_and_no_formula_or_link() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(Format.XLSX, ROWS).content.read()))
    sheet = book["things"]
    rows = list(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in rows[0]] == [
        "=cmd|' /C calc'!A0", "优先复核 look first", 3, 12.5, datetime(2026, 9, 22, 1, 0, 0, 123_000), True,
    ]  # fmt: skip
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n", "d", "b"}
    assert [cell.value for cell in rows[1]] == ["https://elsewhere.example/", None, None, None, None, None]
    assert not any(cell.hyperlink for row in rows for cell in row)


def test_excel_says_in_a_second_sheet_what_the_columns_are_and_what_was_asked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(Format.XLSX, ROWS).content.read()))
    told = [tuple(cell for cell in row if cell) for row in book["about"].iter_rows(values_only=True)]
    assert ("查询 · query", "=all") in told
    assert ("行数 · rows", "完整，共 3 行 · whole, 3 rows") in told
    assert ("name", "名称 · name", "叫什么 · what it is called") in told
    assert ("band", "甲 · a", "甲 · a", "hold = 优先复核 · look first") in told


def test_excel_cuts_a_text_that_no_cell_holds_so_that_it_is_seen() -> None:
    row: Row = ("字" * (MOST_TEXT + 5), None, None, None, None, None)
    book = openpyxl.load_workbook(io.BytesIO(made(Format.XLSX, [row]).content.read()))
    text = book["things"]["A2"].value
    assert (len(text), text[-1]) == (MOST_TEXT, "…")


def test_sqlite_holds_a_typed_table_its_columns_and_what_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "out.sqlite"
    file.write_bytes(made(Format.SQLITE, ROWS).content.read())
    database = sqlite3.connect(file)
    types = {row[1]: row[2] for row in database.execute("PRAGMA table_info(things)")}
    assert types == {
        "name": "TEXT", "band": "TEXT", "count": "INTEGER", "money": types["money"], "at": "TEXT", "done": "INTEGER",
    }  # fmt: skip
    assert types["money"] in {"REAL", "FLOAT"}
    assert list(database.execute("SELECT * FROM things")) == [
        ("=cmd|' /C calc'!A0", "hold", 3, 12.5, "2026-09-21T17:00:00.123Z", 1),
        ("https://elsewhere.example/", None, None, None, None, None),
        ('a "quoted",\nline', "other", -1, 0.1, "1970-01-01T00:00:00.000Z", 0),
    ]
    assert ("查询", "query", "=all") in list(database.execute("SELECT * FROM about"))
    described = dict(database.execute('SELECT name, "values" FROM columns'))
    assert described["band"] == "hold = 优先复核 · look first"
    database.close()


@pytest.mark.parametrize("form", Format)
def test_file_without_rows_can_be_read(form: Format, tmp_path: Path) -> None:
    file = made(form, [])
    assert (file.rows, file.cut) == (0, False)
    content = file.content.read()
    assert len(content) == file.size
    if form is Format.SQLITE:
        (tmp_path / "empty").write_bytes(content)
        assert list(sqlite3.connect(tmp_path / "empty").execute("SELECT * FROM things")) == []


@pytest.mark.parametrize("form", Format)
def test_file_that_was_cut_off_says_so_itself(form: Format) -> None:
    file = made(form, iter(ROWS), most=2)
    assert (file.rows, file.cut) == (2, True)
    content = file.content.read()
    if form is Format.XLSX:
        book = openpyxl.load_workbook(io.BytesIO(content))
        content = str([list(sheet.values) for sheet in book]).encode()
    assert "截断：只有前 2 行".encode() in content
    assert b"cut off at 2 rows" in content


def test_limit_that_is_just_reached_cuts_nothing() -> None:
    file = made(Format.CSV, ROWS, most=3)
    assert (file.rows, file.cut, len(read_csv(file))) == (3, False, 4)


@pytest.mark.parametrize("form", Format)
def test_nothing_is_left_on_the_disk(form: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = made(form, ROWS)
    assert list(tmp_path.iterdir()) == []
    assert file.content.read()

    def breaking() -> Iterator[Row]:
        yield ROWS[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made(form, breaking())
    assert list(tmp_path.iterdir()) == []
