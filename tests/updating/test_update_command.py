"""``edge-agent update`` as an operator calls it: what it says, and with which status it ends."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.commands.update import WORDS
from edge_agent.updating.shelf import MANIFEST, Link, Shelf
from edge_agent.updating.trying import Outcome
from edge_agent.updating.updater import Standing
from tests.commands.call import call
from tests.updating.editions import KEY, PYTHON, published
from visit_record.keys import key_from_jwk, public_jwk, store_new_key, thumbprint


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    (tmp_path / "key.json").write_text(json.dumps(public_jwk(KEY.public_key())))
    return ["--releases", str(tmp_path / "releases"), "--key", str(tmp_path / "key.json")]


def test_check_tells_what_is_published_and_changes_nothing(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "releases").mkdir()
    one = published(tmp_path / "one", 1)
    called = call(capsys, "update", "check", "--from", one.folder, *given)
    assert (called.status, called.out) == (0, "有新版本 newer: 1-0.1.0\n")
    assert list((tmp_path / "releases").iterdir()) == []


def test_a_folder_without_a_release_is_one_clear_line(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    called = call(capsys, "update", "check", "--from", tmp_path, *given)
    assert called.status == 1
    assert "release.jws" in called.err
    assert called.err.count("\n") == 1


def test_without_the_publisher_s_key_nothing_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    called = call(
        capsys, "update", "check", "--from", tmp_path, "--releases", tmp_path, "--key", tmp_path / "no key.json"
    )
    assert called.status == 1
    assert "no key.json" in called.err


def test_a_publisher_s_slip_is_told_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, key = published(tmp_path / "one", 1).folder, tmp_path / "release.pem"
    options = ["--sequence", 4, "--version", "0.4.0", "--python", PYTHON, "--private-key", key]
    keyless = call(capsys, "update", "seal", folder, *options)
    call(capsys, "update", "key", key)
    twice = call(capsys, "update", "key", key)
    (folder / "a\\b").write_text("")
    odd = call(capsys, "update", "seal", folder, *options)
    assert [one.status for one in (keyless, twice, odd)] == [1, 1, 1]
    assert keyless.err.startswith(
        f"错误 error: 读不出发布者私钥 {key}；核对路径和权限，或从备份恢复 · cannot read the key"
    )
    assert twice.err.startswith(f"错误 error: 私钥不能存为 {key}；换一个还没有的、可写的路径 · cannot store a key at")
    assert odd.err.startswith(f"错误 error: 设备不会接受 {folder} 里的文件名")


def test_a_sealed_folder_is_a_release_for_the_key_that_was_printed(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = published(tmp_path / "one", 1).folder
    (folder / ".DS_Store").write_text("left by a file manager")
    made = call(capsys, "update", "key", tmp_path / "release.pem")
    options = ["--sequence", 4, "--version", "0.4.0", "--python", PYTHON, "--private-key", tmp_path / "release.pem"]
    sealed = call(capsys, "update", "seal", folder, *options)
    assert sealed.status == 0, sealed.err
    assert sealed.out == made.out
    kid = thumbprint(key_from_jwk(json.loads(made.out)))
    assert made.err == f"密钥 key: {kid}\n"
    assert sealed.err.endswith(f"密钥 key: {kid}\n")
    Path(given[-1]).write_text(sealed.out)
    told = call(capsys, "update", "check", "--from", folder, *given, "--json")
    # Sealed for the appliance's processor, which this machine may not have.
    assert told.status == 1 or told.lines == [{"state": "newer", "release": "4-0.4.0"}]
    assert told.status == 0 or "is for aarch64" in told.err


def test_a_key_is_made_once_and_never_by_a_slip_of_the_pen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = published(tmp_path / "one", 1).folder
    options = ["--sequence", 4, "--version", "0.4.0", "--private-key", tmp_path / "relaese.pem"]
    assert "relaese.pem" in call(capsys, "update", "seal", folder, *options).err
    assert not (tmp_path / "relaese.pem").exists()
    assert call(capsys, "update", "key", tmp_path / "release.pem").status == 0
    assert call(capsys, "update", "key", tmp_path / "release.pem").status == 1


def test_a_folder_that_no_device_could_use_is_not_sealed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--sequence", 1, "--version", "0.1.0", "--private-key", tmp_path / "release.pem"]
    store_new_key(tmp_path / "release.pem")
    called = call(capsys, "update", "seal", tmp_path, *options)
    assert called.status == 1
    assert "build.lock is missing" in called.err


def test_a_link_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = published(tmp_path / "one", 1).folder
    (folder / "passwd").symlink_to("/etc/passwd")
    options = ["--sequence", 2, "--version", "0.1.0", "--private-key", tmp_path / "release.pem"]
    store_new_key(tmp_path / "release.pem")
    called = call(capsys, "update", "seal", folder, *options)
    assert called.status == 1
    assert "no plain file" in called.err


def test_a_command_that_fails_after_the_switch_is_told(
    tmp_path: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(tmp_path / "releases")
    for name in ("1-0.1.0", "2-0.2.0"):
        shelf.folder(name).mkdir(parents=True)
    shelf.point(Link.PROVEN, "1-0.1.0")
    shelf.point(Link.CURRENT, "2-0.2.0")
    called = call(capsys, "update", "rollback", *given[:2], "--after-switch", "false")
    assert called.status == 1
    assert "switched, but `false` ended with 1" in called.err
    assert shelf.name(Link.CURRENT) == "1-0.1.0"


UNUSABLE = {
    "no version": ("--version", "", "the version ''"),
    "a version that is a path": ("--version", "../1", "the version '../1'"),
    "a version without end": ("--version", "1" * 33, "1 to 32 letters, digits"),
    "a version in two lines": ("--version", "0.2.0\n", r"the version '0.2.0\n'"),
    "a sequence that no manifest holds": ("--sequence", 10**9, "the sequence 1000000000"),
    "no processor": ("--machine", "", "the machine ''"),
    "a Python in three parts": ("--python", "3.13.1", "in two parts, as 3.13"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_release_that_no_device_would_take_is_refused_in_words_and_nothing_is_written(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    option, value, words = UNUSABLE[case]
    folder = published(tmp_path / "one", 1).folder
    before = (folder / MANIFEST).read_bytes()
    store_new_key(tmp_path / "release.pem")
    given = {"--sequence": 2, "--version": "0.2.0", "--private-key": tmp_path / "release.pem"} | {option: value}
    called = call(capsys, "update", "seal", folder, *(word for pair in given.items() for word in pair))
    assert called.status == 1
    assert re.match(f"错误 error: {option} .* 不能用，什么都没有写；应为：", called.err)
    assert "no device would take" in called.err
    assert words in called.err
    assert called.err.count("\n") == 1
    assert (folder / MANIFEST).read_bytes() == before


def test_whatever_comes_of_a_call_has_words() -> None:
    assert set(WORDS) == {*Outcome, *Standing}


@pytest.mark.parametrize("place", [".", "", "/"])
def test_a_key_that_would_be_a_folder_is_one_clear_line(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    called = call(capsys, "update", "key", place)
    assert called.status == 1
    assert called.err.startswith("错误 error: 私钥不能存为")
    assert "it is a folder" in called.err
    assert called.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


UNPUBLISHED: dict[str, tuple[bytes, Callable[[bytes], bytes], str, str]] = {
    "a name in GBK": ("说明.txt".encode("gbk"), lambda _key: b"", "不是 UTF-8 编码（可能是 GBK）", "文件名 说明.txt"),
    "the publisher's key": (b"models-release.pem", lambda key: key, "里有私钥，什么都没有写", "models-release.pem"),
    "another's, after some words": (
        b"notes.txt",
        lambda _key: b"keep this\n-----BEGIN RSA PRIVATE KEY-----\n",
        "里有私钥，什么都没有写",
        "notes.txt",
    ),
}


@pytest.mark.parametrize("case", UNPUBLISHED)
def test_a_file_that_must_not_go_out_is_named_and_nothing_is_written(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, content, zh, named = UNPUBLISHED[case]
    folder = published(tmp_path / "one", 1).folder
    before = (folder / MANIFEST).read_bytes()
    store_new_key(tmp_path / "release.pem")
    (folder / os.fsdecode(name)).write_bytes(content((tmp_path / "release.pem").read_bytes()))
    options = ["--sequence", 2, "--version", "0.2.0", "--private-key", tmp_path / "release.pem"]
    called = call(capsys, "update", "seal", folder, *options)
    assert called.status == 1
    assert zh in called.err
    assert named in called.err
    assert called.err.count("\n") == 1
    assert (folder / MANIFEST).read_bytes() == before
