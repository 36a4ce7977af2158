"""A pulled model arrives whole and right, or the place it is for is as it was."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from edge_agent.errors import PullError
from edge_agent.perception.model_registry import ModelEntry, PublicSource
from edge_agent.pulling.part_file import PartFile, part_path
from edge_agent.pulling.pull import MOST_CONNECTIONS, Pull
from tests.pulling.mirror import Mirror

NAME = "net.onnx"
CONTENT = np.random.default_rng(3).bytes(300_000)
OTHER = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ENTRY = ModelEntry(
    role="net",
    file=f"pulled/{NAME}",
    sha256=SHA256,
    input="i",
    output="o",
    licence="MIT",
    card="CARD.md",
    source="s",
    public=PublicSource("owner/name", "0" * 40, "a/net.onnx", len(CONTENT)),
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / ENTRY.file


def arrived(target: Path) -> int | None:
    """Bytes of the part that waits, if one does."""
    part = part_path(target, SHA256)
    return part.stat().st_size if part.exists() else None


def refused(mirror: str, target: Path, silence_s: float = 5.0) -> str:
    with pytest.raises(PullError) as told:
        Pull(mirror, silence_s).fetch(ENTRY, target)
    assert not target.exists()
    return str(told.value)


def test_a_model_arrives_and_its_progress_is_told(target: Path) -> None:
    told: list[int] = []
    with Mirror({NAME: CONTENT}) as mirror:
        Pull(mirror.url).fetch(ENTRY, target, told.append)
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == [NAME]
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)


def test_a_transfer_that_was_stopped_goes_on_where_it_ended(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(CONTENT[:100_000])
    with Mirror({NAME: CONTENT}) as mirror:
        Pull(mirror.url).fetch(ENTRY, target)
    assert mirror.asked == ["bytes=100000-"]
    assert target.read_bytes() == CONTENT


def test_a_line_that_breaks_is_taken_up_again_at_once(target: Path) -> None:
    with Mirror({NAME: CONTENT}, cut_after=[100_000, 50_000]) as mirror:
        Pull(mirror.url).fetch(ENTRY, target)
    assert mirror.asked == [None, "bytes=100000-", "bytes=150000-"]
    assert target.read_bytes() == CONTENT


def test_a_line_that_breaks_again_and_again_is_told_and_what_came_is_kept(target: Path) -> None:
    with Mirror({NAME: CONTENT}, cut_after=[1000] * 9) as mirror:
        told = refused(mirror.url, target)
    assert f"{1000 * MOST_CONNECTIONS} of {len(CONTENT)} bytes" in told
    assert "run it again" in told
    assert arrived(target) == 1000 * MOST_CONNECTIONS


def test_a_server_that_knows_no_ranges_sends_it_all_anew(target: Path) -> None:
    with Mirror({NAME: CONTENT}, knows_ranges=False, cut_after=[100_000]) as mirror:
        Pull(mirror.url).fetch(ENTRY, target)
    assert mirror.asked == [None, "bytes=100000-"]
    assert target.read_bytes() == CONTENT


def test_a_whole_part_that_was_never_put_in_place_needs_no_network(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(CONTENT)
    Pull("https://127.0.0.1:1").fetch(ENTRY, target)
    assert target.read_bytes() == CONTENT


def test_a_part_that_is_too_long_is_begun_anew(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(CONTENT + b"more")
    with Mirror({NAME: CONTENT}) as mirror:
        Pull(mirror.url).fetch(ENTRY, target)
    assert mirror.asked == [None]
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("hides_length", [False, True])
def test_another_file_of_the_same_length_is_deleted_and_said_so(target: Path, hides_length: bool) -> None:
    with Mirror({NAME: OTHER}, hides_length=hides_length) as mirror:
        told = refused(mirror.url, target)
    assert hashlib.sha256(OTHER).hexdigest() in told
    assert "deleted" in told
    assert arrived(target) is None


def test_a_part_of_a_wrong_file_is_deleted_once_and_the_next_pull_is_right(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(b"?" * 1000)
    with Mirror({NAME: CONTENT}) as mirror:
        assert "deleted" in refused(mirror.url, target)
        Pull(mirror.url).fetch(ENTRY, target)
    assert target.read_bytes() == CONTENT


def test_what_is_in_the_place_stays_until_the_right_file_has_come(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"the one before")
    with Mirror({NAME: OTHER}) as mirror, pytest.raises(PullError):
        Pull(mirror.url).fetch(ENTRY, target)
    assert target.read_bytes() == b"the one before"
    with Mirror({NAME: CONTENT}) as mirror:
        Pull(mirror.url).fetch(ENTRY, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT + b"x", CONTENT[:-1], b"<html>not here</html>"])
def test_a_file_of_another_length_is_refused_before_a_byte_of_it_is_kept(target: Path, content: bytes) -> None:
    with Mirror({NAME: content}) as mirror:
        assert f"{len(content)} bytes instead of {len(CONTENT)}" in refused(mirror.url, target)
    assert arrived(target) is None


def test_a_server_that_sends_without_end_does_not_fill_the_disk(target: Path) -> None:
    with Mirror({NAME: CONTENT * 20}, hides_length=True) as mirror:
        assert "more than" in refused(mirror.url, target)
    assert arrived(target) is None


def test_a_server_that_answers_with_another_range_is_refused_and_what_came_is_kept(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(CONTENT[:1000])
    with Mirror({NAME: CONTENT}, shifts_range=5) as mirror:
        assert "begins at byte 1005" in refused(mirror.url, target)
    assert arrived(target) == 1000


def test_a_server_that_falls_silent_is_not_waited_for(target: Path) -> None:
    with Mirror({NAME: CONTENT}, silent_s=0.6) as mirror:
        assert "timed out" in refused(mirror.url, target, silence_s=0.2)


@pytest.mark.parametrize(("status", "said"), [(404, "404 Not Found"), (403, "403"), (500, "500"), (503, "503")])
def test_a_refusal_is_told_with_its_number(target: Path, status: int, said: str) -> None:
    with Mirror({NAME: CONTENT}, status=status) as mirror:
        assert said in refused(mirror.url, target)


def test_offline_says_what_failed_where_and_what_to_do(target: Path) -> None:
    told = refused("https://mirror.invalid/models", target)
    assert "net was not fetched from https://mirror.invalid/models/net.onnx" in told
    assert "mirror.invalid cannot be reached" in told
    assert f"bring https://github.com/owner/name/raw/{'0' * 40}/a/net.onnx here" in told
    assert f"put it at {target}" in told
    assert SHA256 in told
    assert arrived(target) is None


def test_a_closed_port_is_told_as_such(target: Path) -> None:
    with closed_port() as port:
        assert "127.0.0.1 cannot be reached (Connection refused)" in refused(f"http://127.0.0.1:{port}", target)


def test_something_that_speaks_no_http_is_told_as_such(target: Path) -> None:
    with Mirror({NAME: CONTENT}) as mirror:
        assert "cannot be reached" in refused(mirror.url.replace("http://", "https://"), target)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that is ours, and where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


UNSAFE = {
    "plain http": "http://mirror.example/models",
    "plain http to a private address": "http://192.168.1.4/models",
    "a host that only looks like this machine": "http://localhost.example/models",
    "a file": "file:///etc/passwd",
    "ftp": "ftp://127.0.0.1/models",
    "no scheme": "mirror.example/models",
    "nothing": "",
    "a password in it": "https://me:secret@mirror.example/models",
    "a line break": "https://mirror.example/\r\nHost: x",
    "a port that is none": "https://mirror.example:port/",
}


@pytest.mark.parametrize("case", UNSAFE)
def test_an_address_that_is_not_safe_is_never_asked(target: Path, case: str) -> None:
    told = refused(UNSAFE[case], target)
    assert "https" in told or "address" in told
    assert "secret" not in told
    assert not target.parent.exists()


LED_ASTRAY = {
    "plain http elsewhere": ("http://mirror.example/net.onnx", "only https leaves this machine"),
    "ftp": ("ftp://127.0.0.1/net.onnx", "only https leaves this machine"),
    "a file": ("file:///etc/passwd", "not allowed"),
}


@pytest.mark.parametrize("case", LED_ASTRAY)
def test_a_server_that_leads_on_to_what_is_not_safe_is_not_followed(target: Path, case: str) -> None:
    address, said = LED_ASTRAY[case]
    with Mirror({NAME: CONTENT}, leads_to=address) as mirror:
        assert said in refused(mirror.url, target)


def test_a_server_that_leads_on_to_another_is_followed_with_the_range(target: Path) -> None:
    target.parent.mkdir()
    part_path(target, SHA256).write_bytes(CONTENT[:1000])
    with Mirror({NAME: CONTENT}) as second, Mirror({}, leads_to=f"{second.url}/{NAME}") as first:
        Pull(first.url).fetch(ENTRY, target)
    assert second.asked == ["bytes=1000-"]
    assert target.read_bytes() == CONTENT


def test_a_full_disk_is_told_and_says_what_to_do(target: Path) -> None:
    target.parent.mkdir()
    # Whatever is written to this device, there is no room for it.
    part_path(target, SHA256).symlink_to("/dev/full")
    with Mirror({NAME: CONTENT}) as mirror:
        told = refused(mirror.url, target)
    assert "no room" in told
    assert "make room" in told


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "pulled").write_text("a file where the folder should be")
    with Mirror({NAME: CONTENT}) as mirror, pytest.raises(PullError, match="cannot write"):
        Pull(mirror.url).fetch(ENTRY, tmp_path / ENTRY.file)


def test_two_programs_do_not_write_one_part(target: Path) -> None:
    with Mirror({NAME: CONTENT}) as mirror, PartFile.open(target, SHA256) as part:
        part.append(CONTENT[:10])
        assert "another program" in refused(mirror.url, target)
    assert arrived(target) == 10


def test_a_model_that_is_ours_is_not_pulled(target: Path) -> None:
    ours = ModelEntry("ours", "o.onnx", SHA256, "i", "o", "MIT", "CARD.md", "trained")
    with pytest.raises(PullError, match="git checkout"):
        Pull().fetch(ours, target)
