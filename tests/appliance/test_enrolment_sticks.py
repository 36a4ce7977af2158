"""A stick that is full or write-protected is told for what it is, and taken where nothing need be written onto it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.appliance.certificates import Authority
from tests.appliance.test_enrolment import enrol, root, state
from visit_record.keys import public_jwk

__all__ = ["root"]

# A file system of its own for the stick, made by a user who is root there alone.
MOUNTED = """
set -e
cp -r "$1/stick" "$1/kept"
mount -t tmpfs -o size="$2" stick "$1/stick"
cp "$1"/kept/* "$1/stick/"
[ -z "$3" ] || mount -o "remount,$3" "$1/stick"
exec "$1/usr/local/sbin/carewitness-enrol" --root "$1" "$1/stick"
"""


def enrol_from(root: Path, size: str, option: str = "") -> subprocess.CompletedProcess[str]:
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "t", str(root / "stick")], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    environment = {
        "CAREWITNESS_AGENT": str(root / "edge-agent"),
        "CAREWITNESS_LIB": str(root / "usr/local/lib/carewitness"),
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    command = ["unshare", "-rm", "bash", "-c", MOUNTED, "enrol", str(root), size, option]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _a_stick_with_a_site_alone(root: Path) -> None:
    enrol(root)
    for name in ("device-1.csr", "device-1.request.json"):
        (root / "stick" / name).unlink()


@pytest.mark.parametrize(
    ("size", "option", "cause"),
    [("4k", "", "已满，请腾出空间或换一个 U 盘"), ("1m", "ro", "写保护，请解除或换一个 U 盘")],
)
def test_why_a_stick_could_not_be_written_is_told_in_one_line(root: Path, size: str, option: str, cause: str) -> None:
    _a_stick_with_a_site_alone(root)
    done = enrol_from(root, size, option)
    assert done.returncode == 1
    assert f"device-1.request.json 没有写成，原来的仍在；{cause} could not be made" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("has_request", [True, False])
def test_a_protected_stick_that_brings_the_certificate_is_taken(root: Path, has_request: bool) -> None:
    enrol(root)
    stick, authority = root / "stick", Authority.new()
    (stick / "ca.crt").write_bytes(authority.pem())
    (stick / "device-1.crt").write_bytes(authority.signed((stick / "device-1.csr").read_bytes()))
    (stick / "server.jwk.json").write_text(json.dumps(public_jwk(Ed25519PrivateKey.generate().public_key())))
    if not has_request:
        for name in ("device-1.csr", "device-1.request.json"):
            (stick / name).unlink()
    done = enrol_from(root, "1m", "ro")
    assert (done.returncode, done.stderr) == (0, "")
    assert (state(root) / "tls" / "device.crt").read_bytes() == (stick / "device-1.crt").read_bytes()
