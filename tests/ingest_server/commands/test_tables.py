"""Tables on a narrow terminal: nothing is cut, no figure is broken, and what people wrote stands as they did."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest_server.cli import app
from ingest_server.commands.movement_tables import show
from ingest_server.rules.movement import AgencyMovement, BandFlow, Moved, Movement, Stands, TypologyFlow
from ingest_server.scoring.verdict import Band, RaisedException, Reason
from ingest_server.store import rule_sets
from ingest_server.store.changes import By
from ingest_server.store.devices import enrol
from ingest_server.web.words import said
from tests.ingest_server.conftest import NOW_MS, Served, enrolment
from tests.visit_record.examples import STRANGER
from visit_record.code_parts import fingerprint
from visit_record.vocabulary import ExceptionClass, ExceptionCode, Typology

LONGEST = "x" * 64
NARROW = {"COLUMNS": "80"}
DOUBTED = Stands(Band.HOLD, Typology.EMPTY_ORDER, 0.971)
CLEARED = Stands(Band.REVIEW, Typology.EMPTY_ORDER, 0.654)
EXCEPTIONS = tuple(RaisedException(code, ExceptionClass.MUST_FIX) for code in ExceptionCode)
MOVEMENT = Movement(
    rules="1",
    calibration="staged-3",
    visits=123_456_789,
    moved=12_345_678,
    unreadable=0,
    bands=tuple(BandFlow(before, Band.HOLD, 123_456_789) for before in Band),
    typologies=(TypologyFlow(Typology.PROXY_CAREGIVER, Typology.GENUINE, 123_456_789),),
    agencies=(AgencyMovement(LONGEST, 123_456_789, 12_345_678, 1_234_567, 123_456),),
    sample=(
        Moved(
            "01a0c450-6c02-7d62-8000-000000000002",
            "digest",
            "agency-a",
            "caregiver-1",
            NOW_MS,
            DOUBTED,
            CLEARED,
            (Reason("site_excess_m", "position", 2394.0, 3.7),),
            EXCEPTIONS,
        ),
    ),
)


def column(output: str, place: int) -> str:
    """The cells of a column, put together again without the blanks at which they may be folded."""
    rows = (line.split("│") for line in output.splitlines() if line.endswith("│"))
    return "".join(row[place].strip() for row in rows).replace(" ", "")


def first_column(output: str) -> str:
    return column(output, 1)


def last_column(output: str) -> str:
    return column(output, -2)


@pytest.fixture(params=["40", "60", "80"])
def moved(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", request.param)
    show(MOVEMENT, as_json=False)
    return capsys.readouterr().out


def test_no_sentence_of_a_visit_that_moves_is_cut(moved: str) -> None:
    assert "…" not in moved
    assert "、".join(said(code).zh for code in ExceptionCode) in last_column(moved)
    assert "优先复核挂空单0.971→待复核挂空单0.654" in last_column(moved)


def test_no_row_loses_its_label_however_narrow_the_terminal(moved: str) -> None:
    bands, *_ = moved.partition("类型变动")
    assert first_column(bands) == "".join(f"{said(band).zh}{said(band).en}" for band in Band).replace(" ", "")
    assert LONGEST in first_column(moved)
    assert "01a0c450-6c02-7d62-8000-000000000002agency-a·caregiver-1" in first_column(moved)


def test_no_figure_is_broken_beside_the_longest_name(moved: str) -> None:
    assert moved.count(" 123456789 ") == len(Band) + 3
    for figure in ("12345678", "1234567", "123456", "2394.00", "+3.7 dB"):
        assert f" {figure} " in moved


NOTE = "试运行三个月以后再看看是否需要调整以免漏看[/]以及[bold]多看的服务"


def run(folder: Path, *arguments: str) -> str:
    done = CliRunner(env=NARROW).invoke(app, [*arguments, "--data-dir", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("served")
def test_note_of_thresholds_is_shown_whole_and_as_it_was_written(tmp_path: Path) -> None:
    run(tmp_path, "thresholds", "set", "agency-a", "--review", "0.9123", "--hold", "0.9912", "--note", NOTE)
    shown = run(tmp_path, "thresholds", "list")
    assert NOTE in last_column(shown)
    assert " 0.9123 " in shown
    assert " 0.9912 " in shown


def test_note_of_rules_is_shown_whole_and_as_it_was_written(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as connection:
        rule_sets.draft(connection, LONGEST, "body", By(LONGEST, NOW_MS, NOTE))
    shown = run(tmp_path, "rules", "list")
    assert "…" not in shown
    assert NOTE in last_column(shown)
    assert " 2026-09-21 17:00:00 " in shown


def test_what_people_compare_of_a_key_is_shown_whole_beside_the_longest_names(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as connection:
        enrol(connection, [enrolment(LONGEST, LONGEST, STRANGER)], NOW_MS)
    shown = run(tmp_path, "devices", "list")
    assert "…" not in shown
    assert fingerprint(STRANGER.public_key().public_bytes_raw()) in shown
