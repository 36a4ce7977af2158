"""A device is enrolled without a stick: by its administrator's code, by its own, and by one with its certificate."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.identity import open_identity
from edge_agent.settings_file import read_settings
from edge_agent.whole_files import alone_in
from ingest_server.commands import devices
from ingest_server.data_dir import server_key
from tests.appliance.brokers import CONFIG
from tests.appliance.certificates import Authority
from tests.appliance.test_enrolment import carewitness_enrol, everything, root, state
from tests.commands.call import call
from tests.enrolling.scenes import empty_room, photographs, pictures
from tests.ingest_server.commands.test_device_code import code
from visit_record.keys import thumbprint

__all__ = ["root"]


@dataclass(frozen=True)
class Codes:
    """The administrator's codes, each photographed from a terminal, and the fingerprint that stands there."""

    photographs: Path
    fingerprint: str


def held_before_the_camera(folder: Path, name: str, *more: str, **changed: str) -> Codes:
    server_key(folder / "var")
    done = code(folder, "--latitude", "31.22", "--longitude", "121.47", *more, **changed)
    assert done.exit_code == 0, done.output
    told = done.output.partition("指纹 · fingerprint: ")[2].partition("\n")[0]
    return Codes(photographs(done.output, folder / name, lines=40), told)


def scan(root: Path, codes: Codes) -> subprocess.CompletedProcess[str]:
    """With the fingerprint that the administrator told."""
    return carewitness_enrol(root, "--scan", codes.photographs, "--fingerprint", codes.fingerprint)


def scan_on_a_terminal(root: Path, codes: Codes, typed: bytes) -> subprocess.CompletedProcess[str]:
    """Somebody sits at it, types this when they are asked, and leaves the codes that may be shown by q."""
    ours, theirs = os.openpty()
    os.write(ours, typed + b"q\n")
    try:
        return carewitness_enrol(root, "--scan", codes.photographs, stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_device_is_enrolled_by_codes_alone(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Authority.new()
    (tmp_path / "ca.crt").write_bytes(authority.pem())
    first = scan(root, held_before_the_camera(tmp_path, "first"))
    assert first.returncode == 0, first.stderr
    assert "let the administrator scan these and compare the fingerprint" in first.stderr
    assert read_settings(state(root) / "settings.toml").site is not None
    assert open_identity(state(root) / "device").server_key is not None

    scanned = call(
        capsys, "scan", "--request", "--camera", photographs(first.stdout, tmp_path / "asked"), "--out", tmp_path / "in"
    )
    assert scanned.status == 0, scanned.err
    imported = ["import", str(tmp_path / "in" / "device-1.request.json"), "--data-dir", str(tmp_path / "var")]
    assert CliRunner().invoke(devices.app, imported).exit_code == 0
    (tmp_path / "device-1.crt").write_bytes(authority.signed((tmp_path / "in" / "device-1.csr").read_bytes()))

    files = ("--ca", str(tmp_path / "ca.crt"), "--certificate", str(tmp_path / "device-1.crt"))
    second = scan(root, held_before_the_camera(tmp_path, "second", *files))
    assert second.returncode == 0, second.stderr
    assert second.stdout == ""
    identity = open_identity(state(root) / "device")
    key = server_key(tmp_path / "var").public_key()
    assert identity.server_key is not None
    assert thumbprint(identity.server_key) == thumbprint(key)
    assert (state(root) / "tls" / "device.crt").read_bytes() == (tmp_path / "device-1.crt").read_bytes()
    assert (state(root) / "tls" / "ca.crt").read_bytes() == authority.pem()


def test_a_code_is_used_once_somebody_at_the_terminal_has_compared_it(root: Path, tmp_path: Path) -> None:
    codes = held_before_the_camera(tmp_path, "first")
    done = scan_on_a_terminal(root, codes, b"yes\n")
    assert done.returncode == 0, done.stderr
    assert f"登记码的指纹 the code's fingerprint: {codes.fingerprint}" in done.stderr
    assert "相同输入 yes，其他停止 · Are these the six groups" in done.stderr
    assert open_identity(state(root) / "device").server_key is not None


NOT_COMPARED = {"no": b"no\n", "nothing typed": b"\n", "the end of the input": b"\x04", "more than yes": b"yes?\n"}


@pytest.mark.parametrize("case", NOT_COMPARED)
def test_a_code_that_nobody_has_compared_changes_nothing(root: Path, tmp_path: Path, case: str) -> None:
    before = everything(state(root))
    done = scan_on_a_terminal(root, held_before_the_camera(tmp_path, "first"), NOT_COMPARED[case])
    assert done.returncode == 1
    assert "没有确认，什么都没有改动" in done.stderr
    assert "核对指纹之前只是暂放" in done.stderr
    assert not re.search("已写入|written", done.stderr)
    assert everything(state(root)) == before


def test_a_forged_code_is_asked_about_and_refused_though_the_first_one_was_good(root: Path, tmp_path: Path) -> None:
    """With a server key of its own: its receipts would empty the outbox."""
    true = held_before_the_camera(tmp_path, "first")
    assert scan(root, true).returncode == 0
    (tmp_path / "stranger").mkdir()
    forged = held_before_the_camera(tmp_path / "stranger", "forged", broker="evil.example.org")
    before = everything(state(root))
    for done, words in (
        (
            carewitness_enrol(root, "--scan", forged.photographs),
            "nobody is here to compare it, and nothing was changed",
        ),
        (
            scan(root, Codes(forged.photographs, true.fingerprint)),
            f"the code's fingerprint is {forged.fingerprint}, not",
        ),
    ):
        assert done.returncode == 1
        assert words in done.stderr
        assert everything(state(root)) == before


def test_a_card_without_a_site_file_is_installed_all_the_same(root: Path) -> None:
    (root / "card" / "site.env").unlink(missing_ok=True)
    script = CONFIG / "bin" / "carewitness-install"
    done = subprocess.run([str(script), "--root", str(root), str(root / "card")], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_request_is_shown_again_with_the_same_fingerprint(root: Path, tmp_path: Path) -> None:
    codes = held_before_the_camera(tmp_path, "first")
    first = scan(root, codes)
    for again in (carewitness_enrol(root, "--show"), scan(root, codes)):
        assert again.returncode == 0, again.stderr
        assert again.stdout == first.stdout


def test_before_there_is_a_request_there_is_none_to_show(root: Path) -> None:
    done = carewitness_enrol(root, "--show")
    assert done.returncode == 1
    assert "there is no request yet; run carewitness-enrol --scan" in done.stderr


def test_nothing_before_the_camera_enrols_nothing(root: Path, tmp_path: Path) -> None:
    done = carewitness_enrol(root, "--scan", pictures(tmp_path / "shown", [empty_room()]))
    assert done.returncode == 1
    assert "no code of this system was read yet" in done.stderr
    assert not (state(root) / "settings.toml").exists()
    assert list((state(root) / "device").iterdir()) == []


def under_way(root: Path) -> None:
    alive = root / "run" / "carewitness" / "alive.json"
    alive.parent.mkdir(parents=True)
    alive.write_text('{"visit":true}')


def on_trial(root: Path) -> None:
    (state(root) / "releases" / "trial.json").touch()


UNTIMELY = {
    "a visit": (under_way, "a visit is under way"),
    "a release on trial": (on_trial, "a new release is on trial"),
}


@pytest.mark.parametrize("case", UNTIMELY)
def test_no_camera_is_taken_from_what_needs_it(case: str, root: Path, tmp_path: Path) -> None:
    happens, words = UNTIMELY[case]
    happens(root)
    done = scan(root, held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 1
    assert words in done.stderr
    assert not (state(root) / "settings.toml").exists()


def test_an_enrolment_waits_for_a_self_test_and_says_so(root: Path, tmp_path: Path) -> None:
    held = root / "run" / "carewitness-selftest"
    held.mkdir(parents=True)
    with alone_in(held):
        done = scan(root, held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 1
    assert "a self-test or another enrolment is under way" in done.stderr


def test_another_device_s_code_is_refused(root: Path, tmp_path: Path) -> None:
    scan(root, held_before_the_camera(tmp_path, "first"))
    before = (state(root) / "mosquitto.conf").read_bytes()
    done = scan(root, held_before_the_camera(tmp_path, "second", device="device-2"))
    assert done.returncode == 1
    assert "enrolled as another device" in done.stderr
    assert (state(root) / "mosquitto.conf").read_bytes() == before


def test_a_code_goes_through_a_folder_of_its_own_that_is_removed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    done = scan(root, held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
