"""Levels are imported whole or not at all; sums are rebuilt and checked, with exit codes that a script can read."""

from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from ingest_server.commands import authenticity, recipients
from ingest_server.store.accounts import Account, add_account
from ingest_server.store.database import Database
from ingest_server.store.devices import enrol
from ingest_server.store.passwords import hashed
from ingest_server.vocabulary import Role
from tests.ingest_server.conftest import NOW_MS, arrival, chain, enrolment, served_on
from tests.visit_record.examples import KEY


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'carewitness.db'}"
    database = Database(address)
    database.require_current()
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    served_on(database).intake.take([arrival(one) for one in chain(3)])
    database.close()
    return address


def sums(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(authenticity.app, [*arguments, "--database", url])


def registry(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(recipients.app, [*arguments, "--database", url])


def listed(tmp_path: Path, content: str) -> str:
    file = tmp_path / "levels.csv"
    file.write_text(content, "utf-8")
    return str(file)


def test_imported_levels_move_the_visits_and_are_listed(url: str, tmp_path: Path) -> None:
    file = listed(tmp_path, "recipient,disability_level\nrecipient-1,5\nrecipient-2,3\n")
    imported = registry(url, "import", file)
    assert imported.exit_code == 0
    assert "2 recipients read, 2 entered or changed, 3 visits counted anew" in imported.output
    assert "recipient-1" in registry(url, "list").output
    assert "0 entered or changed, 0 visits" in registry(url, "import", file).output
    assert sums(url, "check").exit_code == 0


def test_who_imports_levels_and_why_is_logged_and_an_unknown_user_imports_none(url: str, tmp_path: Path) -> None:
    file = listed(tmp_path, "recipient,disability_level\nrecipient-1,5\n")
    assert registry(url, "import", file, "--by", "nobody").exit_code == 1
    assert "recipient-1" not in registry(url, "list").output
    with Database(url).writing() as connection:
        add_account(connection, Account("clerk", Role.ADMINISTRATOR, None), hashed("correct horse battery"))
    with capture_logs() as logged:
        assert registry(url, "import", file, "--by", "clerk", "--note", "the list of May").exit_code == 0
    [line] = [line for line in logged if line["event"] == "disability levels imported"]
    assert (line["by"], line["note"], line["file"]) == ("clerk", "the list of May", file)
    assert (line["read"], line["changed"], line["visits"]) == (1, 1, 3)


def test_wrong_line_enters_nothing(url: str, tmp_path: Path) -> None:
    failed = registry(url, "import", listed(tmp_path, "recipient,disability_level\nrecipient-1,5\nrecipient-2,9\n"))
    assert failed.exit_code == 1
    assert "line 3" in failed.output
    assert "nothing was entered" in failed.output
    assert "recipient-1" not in registry(url, "list").output


def test_file_that_is_not_there_is_one_clear_line(url: str, tmp_path: Path) -> None:
    failed = registry(url, "import", str(tmp_path / "none.csv"))
    assert failed.exit_code == 1
    assert len(failed.output.strip().splitlines()) == 1


def test_difference_ends_with_3_and_the_rebuild_heals_it(url: str) -> None:
    assert sums(url, "check").exit_code == 0
    with Database(url).writing() as connection:
        connection.execute(text("DELETE FROM tallies WHERE kind = 'agency'"))
    found = sums(url, "check")
    assert found.exit_code == authenticity.DIFFERS
    assert "agency-a: 1 rows differ" in found.output
    assert sums(url, "rebuild").exit_code == 0
    assert sums(url, "check").exit_code == 0


def test_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    failed = CliRunner().invoke(authenticity.app, ["check", "--data-dir", str(tmp_path)])
    assert failed.exit_code == 1
    assert not list(tmp_path.iterdir())
