"""What of a lock is gathered for a device, by whichever Python gathers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG

LOCK = """\
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:aa
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:dd \\
    --hash=sha256:ee
spidev==3.8 ; platform_machine == 'aarch64' \\
    --hash=sha256:ff
zlib==1.0 \\
    --hash=sha256:00
"""


def locked_for(lock: Path, python: str, machine: str) -> str:
    command = [sys.executable, str(CONFIG / "locked_for.py"), str(lock), python, machine]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    place = tmp_path / "a.lock"
    place.write_text(LOCK)
    return place


def test_a_device_gets_what_its_own_python_and_processor_need(lock: Path) -> None:
    assert locked_for(lock, "3.13", "aarch64") == (
        "numpy==2.5.5 \\\n    --hash=sha256:dd \\\n    --hash=sha256:ee\n"
        "spidev==3.8 \\\n    --hash=sha256:ff\n"
        "zlib==1.0 \\\n    --hash=sha256:00\n"
    )


def test_another_python_on_another_processor_gets_something_else(lock: Path) -> None:
    kept = re.findall(r"^\S+==\S+", locked_for(lock, "3.11", "x86_64"), re.M)
    assert kept == ["numpy==2.4.6", "zlib==1.0"]


@pytest.mark.parametrize("name", ["build", "core", "edge"])
def test_every_package_of_a_release_keeps_all_hashes_of_its_lock(name: str) -> None:
    lock = CONFIG.parent / "requirements" / f"{name}.lock"
    whole, kept = lock.read_text("utf-8"), locked_for(lock, "3.13", "aarch64")
    assert kept
    for package in re.split(r"\n(?=\S)", kept.strip()):
        hashes = package.split("\n", 1)[1]
        assert re.fullmatch(r"( {4}--hash=sha256:[0-9a-f]{64}( \\\n)?)+", hashes), package
        assert f"{hashes}\n" in whole
