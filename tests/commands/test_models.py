"""``edge-agent models``: a model file that is not the registry's is named, and nothing is hidden by it."""

import hashlib
from pathlib import Path

import pytest

from tests.commands.call import call

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    rows = []
    for role in ("hearing", "seeing"):
        (tmp_path / f"{role}.onnx").write_text(role)
        digest = hashlib.sha256(role.encode()).hexdigest()
        rows.append(
            f'[[model]]\nrole = "{role}"\nfile = "{role}.onnx"\nsha256 = "{digest}"\ninput = "i"\noutput = "o"\n'
            'licence = "Apache-2.0"\ncard = "CARD.md"\nsource = "s"\n'
        )
    path = tmp_path / "registry.toml"
    path.write_text("".join(rows))
    return path


def test_list_tells_role_file_hash_and_licence(capsys: Capture, registry: Path) -> None:
    called = call(capsys, "models", "list", "--registry", registry, "--json")
    assert called.status == 0
    assert [list(line) for line in called.lines] == [["role", "file", "sha256", "licence"]] * 2
    assert [line["role"] for line in called.lines] == ["hearing", "seeing"]


def test_list_names_the_models_in_a_table(capsys: Capture, registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAREWITNESS_MODELS", str(registry))
    called = call(capsys, "models", "list")
    assert called.status == 0
    assert "hearing.onnx" in called.out


def test_verify_of_whole_models_is_quiet(capsys: Capture, registry: Path) -> None:
    called = call(capsys, "models", "verify", "--registry", registry)
    assert (called.status, called.err) == (0, "")


def test_verify_names_each_wrong_model_and_still_checks_the_others(capsys: Capture, registry: Path) -> None:
    (registry.parent / "hearing.onnx").write_text("altered")
    called = call(capsys, "models", "verify", "--registry", registry, "--json")
    assert called.status == 1
    assert [line["role"] for line in called.lines] == ["hearing", "seeing"]
    assert "hearing.onnx" in called.lines[0]["error"]
    assert "error" not in called.lines[1]


def test_verify_names_a_model_that_is_not_there(capsys: Capture, registry: Path) -> None:
    (registry.parent / "seeing.onnx").unlink()
    called = call(capsys, "models", "verify", "--registry", registry)
    assert called.status == 1
    assert "seeing.onnx" in called.err


@pytest.mark.parametrize("content", [None, "", "[[model]]\nrole = 1", "not toml ["])
def test_a_registry_that_is_none_is_one_line(capsys: Capture, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "registry.toml"
    if content is not None:
        path.write_text(content)
    called = call(capsys, "models", "list", "--registry", path)
    assert (called.status, called.err.count("\n")) == (1, 1)
    assert "registry.toml" in called.err
