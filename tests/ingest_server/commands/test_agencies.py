"""Districts and names of agencies are entered by a command: readable ones, of agencies that somebody has named."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.store.districts import Agency, registered_agencies
from ingest_server.store.scope import Everything
from ingest_server.store.trail import TrailFilter, entries
from ingest_server.vocabulary import Deed
from tests.ingest_server.conftest import Served


def agencies(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["agencies", *arguments, "--data-dir", str(folder)])


def stored(served: Served) -> list[Agency]:
    with served.database.reading() as connection:
        return registered_agencies(connection)


def test_district_and_name_are_entered_and_changed_one_by_one(served: Served, tmp_path: Path) -> None:
    assert agencies(tmp_path, "set", "agency-a", "--district", "浦东新区").exit_code == 0
    assert agencies(tmp_path, "set", "agency-a", "--name", "长宁养老服务中心").exit_code == 0
    assert stored(served) == [Agency("agency-a", "浦东新区", "长宁养老服务中心")]
    assert agencies(tmp_path, "set", "agency-a", "--district", "").exit_code == 0
    assert stored(served) == [Agency("agency-a", None, "长宁养老服务中心")]
    listed = agencies(tmp_path, "list")
    assert "agency-a" in listed.output
    assert "长宁养老服务中心" in listed.output


def test_known_agency_without_an_entry_is_listed_too(served: Served, tmp_path: Path) -> None:
    assert "agency-a" in agencies(tmp_path, "list").output
    assert stored(served) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("agency-z", "--district", "pudong"),
        ("agency-a", "--district", "浦东 新区"),
        ("agency-a", "--district", "../x"),
        ("agency-a", "--district", "区" * 65),
        ("agency-a", "--name", "two\nlines"),
        ("agency-a", "--name", "turned\u202eround"),
        ("agency-a", "--name", "n" * 65),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line_and_nothing_is_written(
    served: Served, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    refused = agencies(tmp_path, "set", *arguments)
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith("错误 error: ")
    assert stored(served) == []


@pytest.mark.usefixtures("served")
def test_nothing_to_set_is_told(tmp_path: Path) -> None:
    refused = agencies(tmp_path, "set", "agency-a")
    assert refused.exit_code == 2
    assert "--district" in refused.stderr


@pytest.mark.usefixtures("served")
def test_log_tells_who_moved_an_agency_and_why(tmp_path: Path) -> None:
    with capture_logs() as logged:
        agencies(tmp_path, "set", "agency-a", "--district", "xuhui", "--note", "moved in May")
    [line] = [one for one in logged if one["event"] == "agency registered"]
    assert (line["agency"], line["district"], line["was_of"], line["note"]) == (
        "agency-a",
        "xuhui",
        None,
        "moved in May",
    )


def test_trail_tells_what_was_entered_of_an_agency_and_nothing_of_what_was_refused(
    served: Served, tmp_path: Path
) -> None:
    agencies(tmp_path, "set", "agency-a", "--district", "xuhui", "--name", "")
    agencies(tmp_path, "set", "agency-z", "--district", "xuhui")
    with served.database.reading() as connection:
        [found] = entries(connection, Everything(), TrailFilter(deed=Deed.MANAGE), 10)
    assert found.entry.about == "ingest-server agencies set agency-a --district xuhui --name (none)"
