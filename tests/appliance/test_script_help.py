"""What people call by hand says how it is called, and does nothing then."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", ["card", "enrol", "install", "release", "selftest", "support"])
@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_a_script_tells_its_usage(name: str, asked: str, tmp_path: Path) -> None:
    script = CONFIG / "bin" / f"carewitness-{name}"
    done = subprocess.run([str(script), asked], cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"  carewitness-{name} " in done.stdout
    assert "#" not in done.stdout
    assert "set -" not in done.stdout
    assert CHINESE.match(done.stdout)
    assert list(tmp_path.iterdir()) == []


UNUSABLE = {
    "a version for a sequence": ("0.2.0", "3", "is no number from 1 to 999999999"),
    "a sequence that no manifest holds": ("1000000000", "0.2.0", "is no number from 1 to 999999999"),
    "a version that is a path": ("3", "../1", "the version must be 1 to 32 letters"),
    "a version with a space": ("3", "0.2 beta", "the version must be 1 to 32 letters"),
    "no version": ("3", "", "give its version"),
    "a Python in three parts": ("3", "0.2.0", "PYTHON 3.13.1", "3.13.1"),
    "a machine of two words": ("3", "0.2.0", "MACHINE arm 64", "3.13", "arm 64"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_release_s_name_is_looked_at_before_a_published_one_is_touched(case: str, tmp_path: Path) -> None:
    sequence, version, words, *others = UNUSABLE[case]
    wheels = tmp_path / "release" / "wheels"
    wheels.mkdir(parents=True)
    (tmp_path / "key").touch()
    command = [
        str(CONFIG / "bin" / "carewitness-release"),
        str(wheels.parent),
        sequence,
        version,
        str(tmp_path / "key"),
        *others,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert wheels.is_dir()


SCRIPTS = [place for place in sorted((CONFIG / "bin").rglob("*")) if place.is_file()]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_what_a_script_says_is_said_in_both_languages_chinese_first(script: Path) -> None:
    text = script.read_text("utf-8").replace("\\\n", "")
    said = [
        *re.findall(r"\b(?:fail|say) (\".*)", text),
        *re.findall(r"\becho (\".*[a-z].*)>&2", text),
        *re.findall(r"\$\{\w+:\?([^}]*)", text),
    ]
    # carewitness-update leaves it all to edge-agent.
    assert said or script.name == "carewitness-update"
    for words in said:
        bare = re.sub(r"carewitness-\w+: |错误 error: |\$\w+|\$\{[^}]*\}|site\.env: ?", "", words)
        if re.search("[a-z]{3}", bare):
            assert re.match(r"[^\u4e00-\u9fff]{0,40}[\u4e00-\u9fff]", bare), words


def test_a_journal_says_in_both_languages_that_a_queue_was_set_aside(tmp_path: Path) -> None:
    (tmp_path / "mosquitto.db").write_bytes(b"?")
    begins = [str(CONFIG / "bin" / "carewitness-queue"), "begins", str(tmp_path)]
    said = [subprocess.run(begins, capture_output=True, text=True, timeout=20, check=True).stderr for _ in range(3)]
    assert said[:2] == ["", ""]
    assert said[2].count("\n") == 1
    assert said[2].startswith("carewitness-queue: 消息代理两次没有启动完，队列可能是原因，")
    assert "mosquitto.db.damaged; its records wait in the outbox" in said[2]


def test_a_release_without_its_key_is_refused_in_both_languages(tmp_path: Path) -> None:
    command = [str(CONFIG / "bin" / "carewitness-release"), str(tmp_path / "release"), "1", "0.1.0", "none.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("carewitness-release: 错误 error: 没有密钥 none.pem；")
    assert "there is no such key; a new key is no device's: restore it" in done.stderr
    assert not (tmp_path / "release").exists()


@pytest.mark.parametrize("name", ["again", "enrol", "install", "selftest", "support"])
@pytest.mark.parametrize("words", [["--root"], ["--root", ""]])
def test_a_root_without_its_folder_is_refused_in_words_and_is_never_this_machine(
    name: str, words: list[str], tmp_path: Path
) -> None:
    command = [str(CONFIG / "bin" / f"carewitness-{name}"), *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode in {1, 2}
    assert done.stderr.endswith("--root 之后请给出文件夹 give a folder after --root\n")
    assert done.stderr.count("\n") == 1
