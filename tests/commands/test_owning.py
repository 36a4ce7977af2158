"""Root leaves nothing in a device's folder that its own program could not read."""

import os
from pathlib import Path

import msgspec
import pytest

from edge_agent.identity import open_identity
from tests.commands.call import call
from tests.edge_agent.test_run import device  # noqa: F401 - a fixture
from visit_record.keys import public_jwk

NOBODY = 65_534
BY_SETTINGS = {
    "run": ("--kiosk",),
    "housekeeping": (),
    "support": ("--out", os.devnull),
    "selftest": ("--no-ask",),
    "roster list": (),
    "roster forget": ("--caregiver", "caregiver-1"),
}


NAMED = ("--device", "device-1", "--agency", "agency-a")
BY_FOLDER = {
    "enrol": NAMED,
    "pin": ("key.jwk",),
    "outbox": (),
    "calibrate sound": ("--cue", "water", "tap.wav"),
    "calibrate sound --forget water": (),
}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another's")


@as_root
@pytest.mark.parametrize("command", BY_SETTINGS)
def test_root_is_sent_to_the_folders_owner(
    command: str,
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ("--settings", device / "settings.toml", *BY_SETTINGS[command])
    refused(capsys, device / "device", *command.split(), *given)


@as_root
@pytest.mark.parametrize("command", BY_FOLDER)
def test_so_is_root_who_names_the_folder(
    command: str,
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(device)
    key = open_identity(device / "device").key.public_key()
    Path("key.jwk").write_bytes(msgspec.json.encode(public_jwk(key)))
    refused(capsys, device / "device", *command.split(), "--folder", device / "device", *BY_FOLDER[command])


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *command: object) -> None:
    """Called as root, of a folder that is nobody's: nothing in it changed."""
    os.chown(folder, NOBODY, NOBODY)
    before = {one: one.stat() for one in folder.iterdir()}
    called = call(capsys, *command)
    assert called.status == 2
    assert "65534" in called.err
    assert {one: one.stat() for one in folder.iterdir()} == before
