"""Releases on a stick: one that takes over, and one that the judge takes back."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.booted.debian import PYTHON
from tests.booted.machine import Machine
from tests.updating.editions import published
from tests.whole import await_true

pytestmark = pytest.mark.booted
AGENT = "carewitness-agent"
# The judge looks twice a minute, and takes back after five.
JUDGED_S = 480.0


def test_a_release_from_a_stick_takes_over_and_is_confirmed(device: Machine, kept: Path) -> None:
    folder = device.stick / "two"
    shutil.copytree(kept / "release", folder, copy_function=os.link)
    (folder / "release.jws").unlink()
    agent = str(Path(sys.executable).with_name("edge-agent"))
    seal = ["update", "seal", str(folder), "--private-key", str(kept / "release.pem"), "--sequence", "2"]
    edition = ["--version", "0.2-check", "--python", PYTHON, "--machine", os.uname().machine]
    subprocess.run([agent, *seal, *edition], check=True, capture_output=True)
    device.done("carewitness-update", "apply", "--from", "/mnt/two", timeout_s=900)
    assert device.release("current") == "2-0.2-check"
    await_true(lambda: device.release("proven") == "2-0.2-check", JUDGED_S)
    assert device.unit(AGENT, "ActiveState") == "active"
    shutil.rmtree(folder)


def test_a_release_that_cannot_start_is_taken_back_by_the_judge(device: Machine, kept: Path) -> None:
    key = load_pem_private_key((kept / "release.pem").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    before = device.release("proven")
    published(device.stick / "bad", 3, "0.3", program="crashing", key=key, python=PYTHON)
    device.done("carewitness-update", "apply", "--from", "/mnt/bad", timeout_s=300)
    assert device.release("current") == "3-0.3"
    await_true(lambda: device.release("current") == before, JUDGED_S)
    await_true(lambda: device.unit(AGENT, "ActiveState") == "active", 120)
    shutil.rmtree(device.stick / "bad")
