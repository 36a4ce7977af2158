"""What an installation needs is looked for before it does anything, and all that is missing is named at once."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG
from tests.appliance.installed import install

RELEASE = ("release/release.jws", "release/core.lock", "release/wheels/carewitness-0.2.0-py3-none-any.whl")
WHOLE = ("release.jwk.json", *RELEASE)
SCRIPT = CONFIG / "bin" / "carewitness-install"


def card(folder: Path, *files: str) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "firmware_config").symlink_to(CONFIG)
    return folder


def look(given: Path) -> subprocess.CompletedProcess[str]:
    """What the script looks at on this machine, and nothing that it does."""
    parts, _, _ = SCRIPT.read_text("utf-8").partition("\n# First of all, before")
    command = ["bash", "-c", f"{parts}\nlook", "carewitness-install", str(given)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def refused(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert re.match("carewitness-install: 错误 error: .*[\u4e00-\u9fff]", done.stderr)
    assert words in done.stderr


@pytest.mark.parametrize("there", [(), ("site.env", "release.jwk.json")])
def test_a_wrong_folder_is_told_before_anything_is_done(there: tuple[str, ...], tmp_path: Path) -> None:
    for name in there:
        (tmp_path / name).touch()
    refused(install(tmp_path / "system", tmp_path), "holds no firmware_config, and nothing was done; give the folder")
    refused(install(tmp_path / "system", tmp_path / "none"), "holds no firmware_config")
    assert not (tmp_path / "system").exists()


MISSING = {
    "the publisher's key": (RELEASE, "release.jwk.json"),
    "the seal": (("release.jwk.json", *RELEASE[1:]), "release/release.jws"),
    "our own wheel": (WHOLE[:-1], "release/wheels/carewitness-*.whl"),
    "the key and a lock": ((RELEASE[0], RELEASE[2]), "release.jwk.json release/core.lock"),
}


@pytest.mark.parametrize("case", MISSING)
def test_all_that_a_card_lacks_is_named_before_anything_is_done(case: str, tmp_path: Path) -> None:
    there, named = MISSING[case]
    done = install(tmp_path / "system", card(tmp_path / "card", *there))
    refused(done, f"add them and run this again. 发布者给的 from your publisher: {named}\n")
    assert "copied in part" not in done.stderr
    assert not (tmp_path / "system").exists()


def copied_in_part(folder: Path, *left_out: str) -> Path:
    """A card without some of what a device is given."""
    shutil.copytree(CONFIG, folder / "firmware_config")
    for name in left_out:
        place = folder / "firmware_config" / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()
    return folder


# What is for another computer than the device, or comes to it in another way.
_ELSEWHERE = {"README.md", "site.env", "locked_for.py", "bin/carewitness-enrol"}
_SERVER_S = {f"mosquitto/{name}" for name in ("server.conf", "server.acl", "limits.conf")}
PARTS = sorted(
    name
    for path in CONFIG.rglob("*")
    if path.is_file() and (name := path.relative_to(CONFIG).as_posix()) not in _ELSEWHERE | _SERVER_S
    if name.partition("/")[0] not in {"arm64", "cloud-init"}
)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_that_was_not_copied_is_told_before_anything_is_done(part: str, tmp_path: Path) -> None:
    given = copied_in_part(tmp_path / "card", part)
    (given / "release.jwk.json").touch()
    done = install(tmp_path / "system", given)
    refused(done, f"没有拷贝全，请重新拷贝 was copied in part, copy it again: firmware_config/{part}\n")
    assert "publisher" not in done.stderr
    assert not (tmp_path / "system").exists()


def test_what_was_copied_in_part_is_told_apart_from_what_the_publisher_gives(tmp_path: Path) -> None:
    folders = ("bin/enrolment", "systemd", "root")
    done = install(tmp_path / "system", copied_in_part(tmp_path / "card", *folders))
    copied, _, given = done.stderr.partition(" · ")
    named = copied.partition("copy it again: ")[2].split()
    assert sorted(named) == [f"firmware_config/{part}" for part in PARTS if part.startswith(folders)]
    assert given == "发布者给的 from your publisher: release.jwk.json\n"
    refused(done, "copied in part")


def test_a_carewitness_enrol_that_was_cut_short_is_no_firmware_config(tmp_path: Path) -> None:
    given = copied_in_part(tmp_path / "card")
    script = given / "firmware_config" / "bin" / "carewitness-enrol"
    script.write_text(script.read_text("utf-8")[:500], "utf-8")
    refused(install(tmp_path / "system", given), "holds no firmware_config")


def test_a_folder_s_own_name_is_no_pattern(tmp_path: Path) -> None:
    done = install(tmp_path / "system", card(tmp_path / "card [1]", *RELEASE))
    refused(done, "from your publisher: release.jwk.json\n")


def test_a_card_without_any_release_makes_no_device(tmp_path: Path) -> None:
    done = look(card(tmp_path / "card", "release.jwk.json"))
    refused(done, "from your publisher: release/release.jws release/core.lock release/wheels/carewitness-*.whl\n")


def test_a_card_that_carewitness_card_did_not_make_is_told_at_once(tmp_path: Path) -> None:
    if Path("/dev/disk/by-label/carewitness-data").exists():
        pytest.skip("this machine is a device")
    done = look(card(tmp_path / "card", *WHOLE))
    if "run this with sudo" not in done.stderr:
        refused(done, "no partition is called carewitness-data; make the card with carewitness-card")
