import subprocess
import sys
import textwrap
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.errors import IdentityError
from edge_agent.identity import create_identity, open_identity, pin_server_key, start


def test_an_identity_comes_back_as_it_was_made(tmp_path: Path) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    found = open_identity(tmp_path / "id")
    assert found.names == made.names
    assert found.enrolment_request == made.enrolment_request
    assert found.server_key is None
    assert (tmp_path / "id").stat().st_mode & 0o077 == 0
    assert (tmp_path / "id" / "device.pem").stat().st_mode & 0o077 == 0


def test_ueid_is_type_rand_with_128_random_bits(tmp_path: Path) -> None:
    ueid = create_identity(tmp_path / "id", "device-1", "agency-a", bytes).names.ueid
    assert urlsafe_b64decode(ueid + "==") == b"\x01" + bytes(16)


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    with pytest.raises(IdentityError, match="no new identity"):
        create_identity(tmp_path / "id", "device-2", "agency-a")
    assert open_identity(tmp_path / "id").names == made.names


CUT_SHORT = """
import os, sys
from pathlib import Path
from edge_agent.identity import create_identity
folder, left = sys.argv[1], int(sys.argv[2])
def cut(event, args):
    global left
    if event in ("open", "os.link", "os.remove", "os.rename") and folder in str(args[0]):
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(cut)
create_identity(Path(folder), "device-1", "agency-a")
"""


def test_a_power_cut_at_any_step_leaves_a_whole_identity_or_a_folder_to_make_one_in(tmp_path: Path) -> None:
    for step in range(40):
        folder = tmp_path / f"cut-{step}"
        status = subprocess.run([sys.executable, "-c", CUT_SHORT, str(folder), str(step)], check=False).returncode
        try:
            whole = open_identity(folder)
        except IdentityError:
            whole = create_identity(folder, "device-1", "agency-a")
        assert start(folder).names == whole.names
        with pytest.raises(IdentityError, match="no new identity"):
            create_identity(folder, "device-2", "agency-a")
        if status == 0:
            break
    assert status == 0
    assert step > 5
    assert sorted(path.name for path in folder.iterdir()) == ["boot_count", "device.pem", "identity.json"]


@pytest.mark.parametrize("device", ["", "a/b", "a+b", "#", "x" * 65, "设备"])
def test_a_name_that_would_leave_its_topic_is_refused_before_a_key_is_made(tmp_path: Path, device: str) -> None:
    with pytest.raises(IdentityError):
        create_identity(tmp_path / "id", device, "agency-a")
    assert not (tmp_path / "id").exists()


def test_each_start_is_counted_once(tmp_path: Path) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    assert [start(tmp_path / "id").boot_count for _ in range(3)] == [1, 2, 3]
    assert open_identity(tmp_path / "id").boot_count == 3


def test_two_starts_at_once_are_two(tmp_path: Path) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    script = """
        import sys
        from pathlib import Path
        from edge_agent.identity import start
        for _ in range(50):
            start(Path(sys.argv[1]))
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "id")]
    pair = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in pair] == [0, 0]
    assert open_identity(tmp_path / "id").boot_count == 100


def test_the_pinned_server_key_is_the_one_that_is_trusted(tmp_path: Path) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    key = Ed25519PrivateKey.generate().public_key()
    pin_server_key(tmp_path / "id", key)
    found = open_identity(tmp_path / "id").server_key
    assert found is not None
    assert found.public_bytes_raw() == key.public_bytes_raw()


BROKEN: dict[str, tuple[str, bytes]] = {
    "no number": ("boot_count", b"many"),
    "empty count": ("boot_count", b""),
    "no names": ("identity.json", b"{}"),
    "truncated names": ("identity.json", b'{"device":"dev'),
    "not a key": ("device.pem", b"-----BEGIN NOTHING-----"),
    "server key is no JWK": ("server.jwk.json", b"[]"),
    "server key of another kind": ("server.jwk.json", b'{"kty":"RSA","crv":"","x":""}'),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, case: str) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    name, content = BROKEN[case]
    (tmp_path / "id" / name).write_bytes(content)
    with pytest.raises(IdentityError) as error:
        open_identity(tmp_path / "id")
    assert "\n" not in str(error.value)


def test_a_folder_without_an_identity_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="enrol"):
        open_identity(tmp_path)
    with pytest.raises(IdentityError):
        start(tmp_path / "absent")


@pytest.mark.parametrize("count", ["-5", "many", "", "1_000", "1.5", "9" * 5000])
def test_a_boot_count_that_no_record_can_carry_is_refused_at_the_start(tmp_path: Path, count: str) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    (tmp_path / "id" / "boot_count").write_text(count, "ascii")
    with pytest.raises(IdentityError, match="boot_count holds no count of starts"):
        start(tmp_path / "id")
    assert (tmp_path / "id" / "boot_count").read_text("ascii") == count


@pytest.mark.parametrize("left", [None, b"{}"])
def test_a_key_without_its_names_says_what_to_do_and_the_advice_works(tmp_path: Path, left: bytes | None) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    names = tmp_path / "id" / "identity.json"
    backup = names.read_bytes()
    names.unlink() if left is None else names.write_bytes(left)
    with pytest.raises(IdentityError, match=r"restore the folder .* or run `edge-agent enrol` with an empty folder"):
        start(tmp_path / "id")
    with pytest.raises(IdentityError, match="no new identity"):
        create_identity(tmp_path / "id", "device-1", "agency-a")
    create_identity(tmp_path / "empty", "device-1", "agency-a")
    names.write_bytes(backup)
    assert open_identity(tmp_path / "id").names == made.names


@pytest.mark.parametrize("left", ["outbox.db", "outbox.head.json"])
def test_no_new_key_is_made_over_the_records_of_one_that_is_gone(tmp_path: Path, left: str) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    (tmp_path / "id" / "device.pem").unlink()
    (tmp_path / "id" / left).write_bytes(b"records")
    with pytest.raises(IdentityError, match=r"restore device\.pem"):
        create_identity(tmp_path / "id", "device-1", "agency-a")
    assert not (tmp_path / "id" / "device.pem").exists()
