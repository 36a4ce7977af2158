"""Root leaves nothing in a device's folder that its own program could not read."""

import os
from pathlib import Path

import pytest

from tests.commands.call import call
from tests.edge_agent.test_run import device  # noqa: F401 - a fixture

NOBODY = 65_534
COMMANDS = {
    "housekeeping": (),
    "support": ("--out", os.devnull),
    "selftest": ("--no-ask",),
    "roster list": (),
    "roster forget": ("--caregiver", "caregiver-1"),
}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another's")
@pytest.mark.parametrize("command", COMMANDS)
def test_root_is_sent_to_the_folders_owner(
    command: str,
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = device / "device"
    os.chown(folder, NOBODY, NOBODY)
    before = sorted(folder.iterdir())
    called = call(capsys, *command.split(), "--settings", device / "settings.toml", *COMMANDS[command])
    assert called.status == 2
    assert "65534" in called.err
    assert sorted(folder.iterdir()) == before
