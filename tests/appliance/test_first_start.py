"""What cloud-init is given, by its own schema; and that every file and package it speaks of is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG

USER_DATA = CONFIG / "cloud-init" / "user-data"
# Which package brings each program that our settings start.
BROUGHT_BY = {
    "cage": "cage",
    "chromium": "chromium",
    "curl": "curl",
    "mosquitto": "mosquitto",
    "nft": "nftables",
    "growpart": "cloud-guest-utils",
    "openssl": "openssl",
}


def list_of(name: str) -> list[str]:
    """The entries of one list of the user data, as they are written."""
    section = re.search(rf"^{name}:\n((?:  .*\n)+)", USER_DATA.read_text("utf-8"), re.MULTILINE)
    assert section, name
    return re.findall(r"^  - (.+)$", section[1], re.MULTILINE)


def checked(place: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("cloud-init") is None:
        pytest.skip("cloud-init is not installed; apt install cloud-init")
    command = ["cloud-init", "schema", "--config-file", str(place)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_cloud_init_takes_the_user_data() -> None:
    done = checked(USER_DATA)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Valid" in done.stdout


def test_a_slip_in_the_user_data_would_be_found(tmp_path: Path) -> None:
    slip = tmp_path / "user-data"
    slip.write_text(USER_DATA.read_text("utf-8").replace("package_update: true", "package_update: often"), "utf-8")
    assert checked(slip).returncode != 0


def test_the_script_that_the_first_start_runs_is_on_the_card() -> None:
    (command,) = list_of("runcmd")
    words = command.strip("[]").split(", ")
    on_the_card = Path("/boot/firmware/carewitness")
    assert (CONFIG.parent / Path(words[1]).relative_to(on_the_card)).is_file()
    assert words[2] == str(on_the_card)


def test_the_device_starts_anew_only_with_what_the_script_puts_last() -> None:
    condition = re.search(r"^  condition: test -e (\S+)$", USER_DATA.read_text("utf-8"), re.MULTILINE)
    assert condition
    script = (CONFIG / "bin" / "carewitness-install").read_text("utf-8")
    system = script[script.index("\nsystem() {") :]
    assert re.findall(r"put \d+ \S+ (\S+)", system) == [condition[1]]
    # The order in which its parts are done.
    assert re.findall(r"^\S+", script[script.rindex("\nusers\n") :], re.MULTILINE)[-2:] == ["system", "over"]


WAITED_FOR = {
    "cloud-init runs": (["."], "the device starts anew by itself"),
    "cloud-init is done": ([".", "result.json"], "now run: sudo reboot"),
    "no cloud-init": ([], "now run: sudo reboot"),
}


@pytest.mark.parametrize("case", WAITED_FOR)
def test_whoever_ran_the_script_by_hand_is_told_to_start_the_device_anew(case: str, tmp_path: Path) -> None:
    """cloud-init judges once whether it does, at the end of its own run."""
    there, words = WAITED_FOR[case]
    for name in there:
        (tmp_path / "run/cloud-init" / name).mkdir(parents=True, exist_ok=True)
    script = (CONFIG / "bin" / "carewitness-install").read_text("utf-8")
    parts, _, _ = script.partition("\n# First of all, before")
    command = ["bash", "-c", f"{parts}\nover", "carewitness-install", "--root", str(tmp_path), "card"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert words in told
    assert "sudo carewitness-selftest" in told


def test_every_program_that_is_started_comes_with_a_package() -> None:
    packages = list_of("packages")
    files = [*(CONFIG / "systemd").iterdir(), *(CONFIG / "bin").rglob("*")]
    text = "\n".join(place.read_text("utf-8") for place in files if place.is_file())
    for program, package in BROUGHT_BY.items():
        assert re.search(rf"\b{program}\b", text), program
        assert package in packages, package


def test_nobody_can_log_in_with_what_ships() -> None:
    text = USER_DATA.read_text("utf-8")
    assert list_of("users") == ["name: installer"]
    assert '    passwd: "*"\n' in text
    assert "ssh_authorized_keys" not in text
    assert "ssh_pwauth: false\n" in text
