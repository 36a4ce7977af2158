"""What leaves by the command line: whole or not at all, the same as over HTTP, and in the trail."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.evv.sheet import COLUMNS
from ingest_server.store.scope import Everything
from ingest_server.store.trail import TrailFilter, check_trail, entries
from ingest_server.vocabulary import Deed
from tests.ingest_server.web.conftest import Web, filled_once, filled_web
from tests.ingest_server.web.test_edits import LONGER, edit
from tests.ingest_server.web.test_evv import rows

__all__ = ["filled_once", "filled_web"]
DAYS = ("--from", "2026-09-01", "--to", "2026-09-30")


def export(web: Web, what: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", what, *arguments, "--database", web.database.name])


def test_csv_is_what_is_sent_over_http(filled_web: Web, tmp_path: Path) -> None:
    edit(filled_web, LONGER)
    out = tmp_path / "september.csv"
    done = export(filled_web, "evv", *DAYS, "--out", str(out))
    assert (done.exit_code, "已导出" in done.output) == (0, True), done.output
    found = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline="")))
    assert found == rows(filled_web)
    assert [file.name for file in tmp_path.glob("*september*")] == ["september.csv"]


def test_json_is_one_document_of_the_same_visits(filled_web: Web, tmp_path: Path) -> None:
    out = tmp_path / "september.json"
    assert (
        export(filled_web, "evv", *DAYS, "--format", "json", "--out", str(out), "--agency", "agency-b").exit_code == 0
    )
    found = json.loads(out.read_bytes())["visits"]
    assert [visit["record_digest"] for visit in found] == [
        row["record_digest"] for row in rows(filled_web, "from=2026-09-01&to=2026-09-30&agency=agency-b")
    ]
    assert set(found[0]) == set(COLUMNS)


def test_export_is_in_the_trail_with_who_and_how_much(filled_web: Web, tmp_path: Path) -> None:
    export(filled_web, "evv", *DAYS, "--out", str(tmp_path / "one.csv"), "--by", "auditor")
    export(filled_web, "evv", *DAYS, "--out", str(tmp_path / "two.csv"))
    with filled_web.database.reading() as connection:
        machine, auditor = entries(connection, Everything(), TrailFilter(deed=Deed.EXPORT), 2)
        check_trail(connection)
    assert (auditor.entry.actor, auditor.entry.role, auditor.entry.status) == ("auditor", "auditor", 200)
    assert auditor.entry.about == "--from 2026-09-01 --to 2026-09-30 --format csv --out one.csv rows:8"
    assert machine.entry.actor.startswith("os:")


REFUSED = {
    "no visit": (("--from", "2020-01-01", "--to", "2020-01-02"), "没有符合条件的服务"),
    "days turned round": (("--from", "2026-09-30", "--to", "2026-09-01"), "截止日期早于起始日期"),
    "no such zone": ((*DAYS, "--time-zone", "Moon/Crater"), "Moon/Crater"),
    "nobody": ((*DAYS, "--by", "nobody"), "there is no user nobody"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_told_in_one_line_and_leaves_nothing(
    filled_web: Web, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    done = export(filled_web, "evv", *arguments, "--out", str(folder / "file.csv"))
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert says in done.output
    assert list(folder.iterdir()) == []


def test_missing_folder_is_told(filled_web: Web, tmp_path: Path) -> None:
    for out in (tmp_path / "nowhere" / "file.csv", tmp_path):
        done = export(filled_web, "evv", *DAYS, "--out", str(out))
        assert (done.exit_code, "文件夹" in done.output) == (1, True)


def test_file_that_was_there_stays_where_the_trail_cannot_be_written(filled_web: Web, tmp_path: Path) -> None:
    out = tmp_path / "kept.csv"
    out.write_text("of last month")
    with filled_web.database.writing() as connection:
        connection.execute(text("ALTER TABLE trail RENAME TO gone"))
    assert export(filled_web, "evv", *DAYS, "--out", str(out)).exit_code == 1
    assert out.read_text() == "of last month"
    assert [file for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_shares_are_written_by_caregiver_and_by_supervisor(filled_web: Web, tmp_path: Path) -> None:
    edit(filled_web, LONGER)
    months = ("--since", "2026-09", "--until", "2026-09")
    out = tmp_path / "shares.csv"
    assert export(filled_web, "shares", "caregiver", *months, "--out", str(out)).exit_code == 0
    (row,) = csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"), newline=""))
    assert (row["subject"], row["edited"], row["since_month"]) == ("caregiver-1", "1", "2026-09")
    assert export(filled_web, "shares", "supervisor", *months, "--out", str(out), "--format", "json").exit_code == 0
    assert json.loads(out.read_bytes())["shares"][0]["subject"] == "supervisor-a"
    assert (
        export(filled_web, "shares", "caregiver", "--since", "September", *months[2:], "--out", str(out)).exit_code == 1
    )
