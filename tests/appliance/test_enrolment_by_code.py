"""A device is enrolled without a stick: by its administrator's code, by its own, and by one with its certificate."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.identity import open_identity
from edge_agent.settings import read_settings
from edge_agent.whole_files import alone_in
from ingest_server.commands import devices
from ingest_server.data_dir import server_key
from tests.appliance.brokers import CONFIG
from tests.appliance.certificates import Authority
from tests.appliance.test_enrolment import carewitness_enrol, root, state
from tests.commands.call import call
from tests.enrolling.scenes import empty_room, photographs, pictures
from tests.ingest_server.commands.test_device_code import code
from visit_record.keys import thumbprint

__all__ = ["root"]


def held_before_the_camera(folder: Path, name: str, *more: str) -> Path:
    """The administrator's codes, each photographed from a terminal."""
    done = code(folder, "--latitude", "31.22", "--longitude", "121.47", *more)
    assert done.exit_code == 0, done.output
    return photographs(done.output, folder / name, lines=40)


def test_a_device_is_enrolled_by_codes_alone(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Authority.new()
    (tmp_path / "ca.crt").write_bytes(authority.pem())
    first = carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "first"))
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
    second = carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "second", *files))
    assert second.returncode == 0, second.stderr
    assert second.stdout == ""
    identity = open_identity(state(root) / "device")
    key = server_key(tmp_path / "var").public_key()
    assert identity.server_key is not None
    assert thumbprint(identity.server_key) == thumbprint(key)
    assert (state(root) / "tls" / "device.crt").read_bytes() == (tmp_path / "device-1.crt").read_bytes()
    assert (state(root) / "tls" / "ca.crt").read_bytes() == authority.pem()


def test_a_card_without_a_site_file_is_installed_all_the_same(root: Path) -> None:
    (root / "card" / "site.env").unlink(missing_ok=True)
    script = CONFIG / "bin" / "carewitness-install"
    done = subprocess.run([str(script), "--root", str(root), str(root / "card")], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_request_is_shown_again_with_the_same_fingerprint(root: Path, tmp_path: Path) -> None:
    codes = held_before_the_camera(tmp_path, "first")
    first = carewitness_enrol(root, "--scan", codes)
    for again in (carewitness_enrol(root, "--show"), carewitness_enrol(root, "--scan", codes)):
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
    done = carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 1
    assert words in done.stderr
    assert not (state(root) / "settings.toml").exists()


def test_an_enrolment_waits_for_a_self_test_and_says_so(root: Path, tmp_path: Path) -> None:
    held = root / "run" / "carewitness-selftest"
    held.mkdir(parents=True)
    with alone_in(held):
        done = carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 1
    assert "a self-test or another enrolment is under way" in done.stderr


def test_another_device_s_code_is_refused(root: Path, tmp_path: Path) -> None:
    carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "first"))
    before = (state(root) / "mosquitto.conf").read_bytes()
    other = code(tmp_path, device="device-2")
    done = carewitness_enrol(root, "--scan", photographs(other.output, tmp_path / "second", lines=40))
    assert done.returncode == 1
    assert "enrolled as another device" in done.stderr
    assert (state(root) / "mosquitto.conf").read_bytes() == before


def test_a_code_goes_through_a_folder_of_its_own_that_is_removed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    done = carewitness_enrol(root, "--scan", held_before_the_camera(tmp_path, "first"))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
