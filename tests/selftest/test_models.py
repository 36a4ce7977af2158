"""Models that are not what they should be."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.perception.model_store import ModelStore
from edge_agent.selftest.finding import Finding, Verdict
from edge_agent.selftest.model_checks import ModelCheck
from tests.selftest.conftest import Walked

ROW = """
[[model]]
role = "care_sound"
file = "care_sound.onnx"
sha256 = "{sha256}"
input = "waveform"
output = "probabilities"
licence = "Apache-2.0"
card = "CARD.md"
source = "python -m models.care_sound.train"
"""


@pytest.fixture
def model(tmp_path: Path, registry: Path) -> Path:
    return Path(shutil.copy(registry.parent / "care_sound" / "care_sound.onnx", tmp_path / "care_sound.onnx"))


def looked(model: Path, pinned: bytes) -> Finding:
    sha256 = hashlib.sha256(pinned).hexdigest()
    (model.parent / "registry.toml").write_text(ROW.format(sha256=sha256), "utf-8")
    return ModelCheck(ModelStore.open(model.parent / "registry.toml"), "care_sound").look()


def test_a_model_answers_and_says_how_fast(model: Path) -> None:
    found = looked(model, model.read_bytes())
    answers_ms = found.measured["answers_ms"]
    assert found.verdict is Verdict.PASS
    assert isinstance(answers_ms, float)
    assert 0 < answers_ms < 5_000


def _truncate(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-1000])


FAULTS: dict[str, Callable[[Path], object]] = {
    "cut short": _truncate,
    "gone": Path.unlink,
    "another": lambda model: model.write_bytes(b"another"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_model_that_is_not_the_registrys_fails_and_says_how_to_bring_it_back(model: Path, case: str) -> None:
    pinned = model.read_bytes()
    FAULTS[case](model)
    found = looked(model, pinned)
    assert found.verdict is Verdict.FAIL
    assert found.remedy
    assert "carewitness-update apply" in found.remedy.zh


def test_a_model_whose_hash_is_pinned_and_that_is_none_fails(model: Path) -> None:
    model.write_bytes(b"no model, and its hash is right")
    found = looked(model, model.read_bytes())
    assert found.verdict is Verdict.FAIL
    assert "cannot be loaded" in found.said.en


def test_a_registry_that_is_not_there_fails(device: Path, walked: Walked) -> None:
    (device / "settings.toml").write_text('folder = "device"\nmodels = "nowhere.toml"\n', "utf-8")
    called = walked("models")
    assert called.status == 1
    assert [(line["subject"], line["verdict"]) for line in called.lines] == [("registry", "fail")]
