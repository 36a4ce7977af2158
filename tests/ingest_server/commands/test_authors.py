"""Who gave a command, and why, is kept as plain text that reads in a history as it was meant."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.store.thresholds import own_thresholds, threshold_history
from tests.ingest_server.conftest import Served

HIGH = ("--review", "0.9", "--hold", "0.99")


def set_thresholds(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["thresholds", "set", "agency-a", *HIGH, *arguments, "--data-dir", str(folder)])


UNKEPT = {
    "escape sequence": "fine\x1b[2K\x1b[1A",
    "second line": "fine\n2026-01-01 publish by auditor",
    "tab": "a\tb",
    "nothing": "a\x00b",
    "line separator": "a\u2028b",
    "override of direction": "a\u202eb",
    "isolate of direction": "a\u2066b",
    "half a character": "a\udcffb",
    "endless": "长" * 501,
}


@pytest.mark.parametrize("text", UNKEPT.values(), ids=UNKEPT)
@pytest.mark.parametrize("option", ["--note", "--by"])
def test_text_that_would_not_read_as_it_stands_is_refused_in_one_plain_line(
    served: Served, tmp_path: Path, option: str, text: str
) -> None:
    refused = set_thresholds(tmp_path, option, text)
    assert refused.exit_code == 1
    assert f"{option} is one line of at most 500 characters" in refused.stderr
    assert refused.stderr.rstrip("\n").isprintable()
    with served.database.reading() as connection:
        assert own_thresholds(connection) == {}


def test_user_of_this_machine_whose_name_would_not_read_must_be_named(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "root\x1b[2K")
    refused = set_thresholds(tmp_path)
    assert refused.exit_code == 1
    assert "--by" in refused.stderr
    with served.database.reading() as connection:
        assert own_thresholds(connection) == {}


def test_note_of_five_hundred_characters_is_kept_whole(served: Served, tmp_path: Path) -> None:
    note = "「试运行」👩‍⚕️ — ok" + "长" * 485
    assert set_thresholds(tmp_path, "--note", note[:500]).exit_code == 0
    with served.database.reading() as connection:
        assert [change.note for change in threshold_history(connection)] == [note[:500]]
