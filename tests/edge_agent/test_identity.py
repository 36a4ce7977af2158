import subprocess
import sys
import textwrap
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from edge_agent.errors import IdentityError
from edge_agent.identity import create_identity, enrolled_as, open_identity, pin_server_key, start
from edge_agent.outbox import Outbox
from tests.visit_record.examples import honest_visit
from visit_record.receipts import Receipt
from visit_record.sealing import seal


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
        assert sorted(path.name for path in folder.iterdir()) == ["boot_count", "device.pem", "identity.json"]
        with pytest.raises(IdentityError, match="no new identity"):
            create_identity(folder, "device-2", "agency-a")
        if status == 0:
            break
    assert status == 0
    assert step > 5


@pytest.mark.parametrize("left", ["device.new", ".device.new.123"])
def test_who_enrols_again_after_a_power_cut_leaves_the_key_under_its_own_name_alone(tmp_path: Path, left: str) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    (tmp_path / "id" / left).hardlink_to(tmp_path / "id" / "device.pem")
    assert enrolled_as(tmp_path / "id", "device-1", "agency-a").enrolment_request == made.enrolment_request
    assert not (tmp_path / "id" / left).exists()


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
    "no names": ("identity.json", b"{}"),
    "truncated names": ("identity.json", b'{"device":"dev'),
    "not a key": ("device.pem", b"-----BEGIN NOTHING-----"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, case: str) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    name, content = BROKEN[case]
    (tmp_path / "id" / name).write_bytes(content)
    with pytest.raises(IdentityError) as error:
        open_identity(tmp_path / "id")
    assert "\n" not in str(error.value)


NO_KEY: dict[str, bytes] = {
    "empty": b"",
    "halved": b'{"kty":"OKP","crv":"Ed2',
    "no JWK": b"[]",
    "no text": b"\xff\xfe",
    "of another kind": b'{"kty":"RSA","crv":"","x":""}',
}


@pytest.mark.parametrize("case", NO_KEY)
def test_a_damaged_server_key_is_told_trusts_nobody_and_stays_until_one_is_pinned_again(
    tmp_path: Path, case: str
) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    file = tmp_path / "id" / "server.jwk.json"
    file.write_bytes(NO_KEY[case])
    started = start(tmp_path / "id")
    assert (started.names, started.boot_count, started.server_key) == (made.names, 1, None)
    assert "`edge-agent pin`" in started.damaged["server.jwk.json"].said.en
    assert "edge-agent pin" in started.damaged["server.jwk.json"].said.zh
    assert "\n" not in started.damaged["server.jwk.json"].told
    assert file.read_bytes() == NO_KEY[case]
    key = Ed25519PrivateKey.generate().public_key()
    pin_server_key(tmp_path / "id", key)
    assert (open_identity(tmp_path / "id").server_key, open_identity(tmp_path / "id").damaged) == (key, {})


def test_a_folder_without_an_identity_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="enrol"):
        open_identity(tmp_path)
    with pytest.raises(IdentityError):
        start(tmp_path / "absent")


COUNTS = {
    "below zero": b"-5",
    "a word": b"many",
    "empty": b"",
    "zeros, as a power cut leaves them": bytes(3),
    "in groups": b"1_000",
    "no whole number": b"1.5",
    "endless": b"9" * 5000,
}
# UTC milliseconds, and the steps of ten seconds until then.
NOW_MS, BY_CLOCK = 1_767_225_600_000, 176_722_560


def counted_after(folder: Path) -> int:
    return start(folder, lambda: NOW_MS).boot_count


@pytest.mark.parametrize("case", COUNTS)
def test_a_damaged_count_of_starts_is_set_aside_and_told_and_the_device_starts(tmp_path: Path, case: str) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    (tmp_path / "id" / "boot_count").write_bytes(COUNTS[case])
    assert "boot_count" in open_identity(tmp_path / "id").damaged
    with capture_logs() as logs:
        started = start(tmp_path / "id", lambda: NOW_MS)
    assert (started.boot_count, started.damaged) == (1, {}), "nothing was sealed yet"
    [told] = logs
    assert (told["event"], told["log_level"]) == ("boot_count_set_aside", "error")
    assert (tmp_path / "id" / told["file"]).read_bytes() == COUNTS[case]
    assert open_identity(tmp_path / "id").boot_count == 1
    assert counted_after(tmp_path / "id") == 2


def test_a_count_of_starts_that_is_gone_or_cannot_be_read_keeps_no_device_from_starting(tmp_path: Path) -> None:
    create_identity(tmp_path / "id", "device-1", "agency-a")
    (tmp_path / "id" / "boot_count").unlink()
    assert counted_after(tmp_path / "id") == 1
    (tmp_path / "id" / "boot_count").unlink()
    (tmp_path / "id" / "boot_count").mkdir()
    assert counted_after(tmp_path / "id") == 1


def seal_one(folder: Path, bootcount: int) -> Receipt:
    key = open_identity(folder).key
    with Outbox(folder / "outbox.db", "device-1") as outbox:
        waiting = outbox.append(lambda link: seal(honest_visit(chain=link, bootcount=bootcount), key))
    return Receipt("device-1", waiting.seq, waiting.digest, 0, 0)


def receive(folder: Path, receipt: Receipt) -> None:
    with Outbox(folder / "outbox.db", "device-1") as outbox:
        assert outbox.accept(receipt)


def lose_records(folder: Path) -> None:
    for part in folder.glob("outbox.db*"):
        part.unlink()


def test_a_count_that_is_lost_goes_on_after_that_of_the_newest_record(tmp_path: Path) -> None:
    folder = tmp_path / "id"
    create_identity(folder, "device-1", "agency-a")
    seal_one(folder, 7)
    seal_one(folder, 41)
    (folder / "boot_count").write_bytes(b"")
    assert counted_after(folder) == 42


def test_where_the_newest_record_is_here_no_more_the_clock_gives_a_count_that_was_never_reached(tmp_path: Path) -> None:
    folder = tmp_path / "id"
    create_identity(folder, "device-1", "agency-a")
    seal_one(folder, 7)
    receive(folder, seal_one(folder, 41))
    (folder / "boot_count").write_bytes(b"")
    assert counted_after(folder) == BY_CLOCK + 1
    assert counted_after(folder) == BY_CLOCK + 2


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "the database is gone": lose_records,
    "the database is damaged": lambda folder: (folder / "outbox.db").write_bytes(b"no database" * 999),
    "the end of the chain is not known": lambda folder: (folder / "outbox.head.json").write_bytes(b""),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_where_the_newest_record_cannot_be_read_nothing_is_guessed_from_what_is_left(tmp_path: Path, case: str) -> None:
    folder = tmp_path / "id"
    create_identity(folder, "device-1", "agency-a")
    seal_one(folder, 41)
    UNREADABLE[case](folder)
    (folder / "boot_count").write_bytes(b"")
    assert counted_after(folder) == BY_CLOCK + 1


@pytest.mark.parametrize("left", [None, b"{}"])
def test_a_key_without_its_names_says_what_to_do_and_the_advice_works(tmp_path: Path, left: bytes | None) -> None:
    made = create_identity(tmp_path / "id", "device-1", "agency-a")
    names = tmp_path / "id" / "identity.json"
    backup = names.read_bytes()
    names.unlink() if left is None else names.write_bytes(left)
    with pytest.raises(IdentityError, match=r"restore the folder .* or enrol anew in an empty folder"):
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
