"""``edge-agent models``: a model file that is not the registry's is named, and nothing is hidden by it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.call import call
from tests.pulling.mirror import Mirror

Capture = pytest.CaptureFixture[str]
PULLED = {"listening": b"listening", "looking": b"looking"}
LINE = ["role", "state", "file", "sha256", "licence", "source"]


def row(role: str, content: bytes, file: str) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return (
        f'[[model]]\nrole = "{role}"\nfile = "{file}"\nsha256 = "{digest}"\ninput = "i"\noutput = "o"\n'
        'licence = "Apache-2.0"\ncard = "CARD.md"\nsource = "s"\n'
    )


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Two models of our own that are there, and two that are pulled and are not."""
    rows = []
    for role in ("hearing", "seeing"):
        (tmp_path / f"{role}.onnx").write_text(role)
        rows.append(row(role, role.encode(), f"{role}.onnx"))
    for role, content in PULLED.items():
        public = f'[model.public]\nrepository = "owner/{role}"\ncommit = "{"0" * 40}"\npath = "{role}.onnx"\n'
        rows.append(row(role, content, f"pulled/{role}.onnx") + public + f"bytes = {len(content)}\n")
    path = tmp_path / "registry.toml"
    path.write_text("".join(rows))
    return path


@pytest.fixture
def mirror() -> Mirror:
    return Mirror({f"{role}.onnx": content for role, content in PULLED.items()})


def test_list_tells_what_each_model_is_and_whether_it_is_there(capsys: Capture, registry: Path) -> None:
    (registry.parent / "hearing.onnx").write_text("altered")
    called = call(capsys, "models", "list", "--registry", registry, "--json")
    assert called.status == 0
    assert [list(line) for line in called.lines] == [LINE] * 4
    assert {line["role"]: line["state"] for line in called.lines} == {
        "hearing": "altered",
        "listening": "absent",
        "looking": "absent",
        "seeing": "present",
    }
    assert called.lines[1]["source"] == "owner/listening"


def test_list_names_the_models_in_a_table(capsys: Capture, registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAREWITNESS_MODELS", str(registry))
    called = call(capsys, "models", "list")
    assert called.status == 0
    assert "hearing.onnx" in called.out
    assert "缺失 absent" in called.out


def test_verify_of_whole_models_is_quiet_and_what_was_never_pulled_is_no_error(capsys: Capture, registry: Path) -> None:
    called = call(capsys, "models", "verify", "--registry", registry)
    assert (called.status, called.err) == (0, "")
    assert called.out.count("未下载") == 2


def test_verify_names_each_wrong_model_and_still_checks_the_others(capsys: Capture, registry: Path) -> None:
    (registry.parent / "hearing.onnx").write_text("altered")
    called = call(capsys, "models", "verify", "--registry", registry, "--json")
    assert called.status == 1
    assert [line["role"] for line in called.lines] == ["hearing", "listening", "looking", "seeing"]
    assert "hearing.onnx" in called.lines[0]["error"]
    assert not any("error" in line for line in called.lines[1:])


def test_verify_names_a_pulled_model_that_was_altered(capsys: Capture, registry: Path) -> None:
    (registry.parent / "pulled").mkdir()
    (registry.parent / "pulled" / "looking.onnx").write_text("altered")
    called = call(capsys, "models", "verify", "--registry", registry)
    assert called.status == 1
    assert "edge-agent models pull looking" in called.err


def test_verify_names_a_model_that_is_not_there(capsys: Capture, registry: Path) -> None:
    (registry.parent / "seeing.onnx").unlink()
    called = call(capsys, "models", "verify", "--registry", registry)
    assert called.status == 1
    assert "seeing.onnx" in called.err


def test_pull_fetches_every_public_model(capsys: Capture, registry: Path, mirror: Mirror) -> None:
    with mirror:
        called = call(capsys, "models", "pull", "--from", mirror.url, "--registry", registry, "--json")
    assert (called.status, called.err) == (0, "")
    assert [(line["role"], line["state"]) for line in called.lines] == [(role, "present") for role in PULLED]
    for role, content in PULLED.items():
        assert (registry.parent / "pulled" / f"{role}.onnx").read_bytes() == content
    assert call(capsys, "models", "verify", "--registry", registry).out.count("完好 present") == 4


def test_pull_of_what_is_there_asks_nobody(
    capsys: Capture, registry: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mirror:
        monkeypatch.setenv("CAREWITNESS_MODELS_FROM", mirror.url)
        for _ in range(2):
            called = call(capsys, "models", "pull", "looking", "looking", "--registry", registry, "--json")
            assert (called.status, [line["role"] for line in called.lines]) == (0, ["looking"])
    assert len(mirror.asked) == 1
    assert not (registry.parent / "pulled" / "listening.onnx").exists()


def test_pull_puts_an_altered_model_right(capsys: Capture, registry: Path, mirror: Mirror) -> None:
    looking = registry.parent / "pulled" / "looking.onnx"
    looking.parent.mkdir()
    looking.write_text("altered")
    with mirror:
        assert call(capsys, "models", "pull", "--from", mirror.url, "--registry", registry).status == 0
    assert looking.read_bytes() == PULLED["looking"]


def test_a_model_that_cannot_be_fetched_does_not_stop_the_others(capsys: Capture, registry: Path) -> None:
    with Mirror({"looking.onnx": PULLED["looking"]}) as half:
        called = call(capsys, "models", "pull", "--from", half.url, "--registry", registry)
    assert called.status == 1
    assert called.err.count("\n") == 1
    assert "404" in called.err
    assert (registry.parent / "pulled" / "looking.onnx").exists()


NOT_TO_BE_PULLED = {
    "a model of our own": ("hearing", "git checkout"),
    "no model at all": ("smelling", "names no smelling"),
}


@pytest.mark.parametrize("case", NOT_TO_BE_PULLED)
def test_pull_of_what_is_not_public_says_why(capsys: Capture, registry: Path, mirror: Mirror, case: str) -> None:
    role, said = NOT_TO_BE_PULLED[case]
    (registry.parent / "hearing.onnx").unlink()
    with mirror:
        called = call(capsys, "models", "pull", role, "looking", "--from", mirror.url, "--registry", registry)
    assert called.status == 1
    assert said in called.err
    assert (registry.parent / "pulled" / "looking.onnx").exists()


def test_no_bar_is_drawn_where_nobody_watches(registry: Path, mirror: Mirror) -> None:
    with mirror:
        command = [sys.executable, "-m", "edge_agent", "models", "pull", "--from", mirror.url]
        done = subprocess.run([*command, "--registry", str(registry)], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bar_is_drawn_where_somebody_may_watch(registry: Path, mirror: Mirror) -> None:
    ours, theirs = os.openpty()
    with mirror:
        command = [sys.executable, "-m", "edge_agent", "models", "pull", "--from", mirror.url]
        done = subprocess.run(
            [*command, "--registry", str(registry)], stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=False
        )
    os.close(theirs)
    drawn = os.read(ours, 65536)
    os.close(ours)
    assert done.returncode == 0
    assert b"listening" in drawn


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "[[model]]\nrole = 1",
        "not toml [",
        row("a", b"a", "../a.onnx"),
        row("a", b"a", "/a.onnx"),
        row("a", b"a", "a.onnx") * 2,
        row("a", b"a", "a.onnx") + '[model.public]\nrepository = "a"\ncommit = "main"\npath = "a"\nbytes = 1\n',
    ],
)
def test_a_registry_that_is_none_is_one_line(capsys: Capture, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "registry.toml"
    if content is not None:
        path.write_text(content)
    called = call(capsys, "models", "list", "--registry", path)
    assert (called.status, called.err.count("\n")) == (1, 1)
    assert "registry.toml" in called.err
