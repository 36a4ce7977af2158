"""What the store says of a file that is lost or altered must bring it back; what was used is what a record names."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

import visit_record
from edge_agent.errors import ModelError
from edge_agent.perception.model_registry import ModelEntry, PublicSource, read_registry
from edge_agent.perception.model_store import ModelState, ModelStore

ROW = f"""
[[model]]
role = "a"
file = "a.onnx"
sha256 = "{"0" * 64}"
input = "i"
output = "o"
licence = "MIT"
card = "a.md"
source = "s"
[model.public]
repository = "owner/name"
commit = "{"1" * 40}"
path = "b.onnx"
bytes = 1
"""
CURES = {
    "voiceprint": "run `make setup`, or where that was done before `python -m models.voiceprint.build`",
    "occupancy": "from the repository",
    "care_sound": "from the repository",
    "face_detector": "run `edge-agent models pull face_detector`",
}


@pytest.fixture
def without_files(tmp_path: Path, registry: Path) -> ModelStore:
    return ModelStore.open(Path(shutil.copy(registry, tmp_path)))


@pytest.mark.parametrize("role", CURES)
def test_a_missing_model_says_what_brings_it_back(without_files: ModelStore, role: str) -> None:
    with pytest.raises(ModelError) as told:
        without_files.read(role)
    assert CURES[role] in str(told.value)
    assert ("make setup" in str(told.value)) == (role == "voiceprint")


@pytest.mark.parametrize("role", CURES)
def test_an_altered_model_says_what_brings_it_back(without_files: ModelStore, role: str) -> None:
    altered = without_files.folder / without_files.entries[role].file
    altered.parent.mkdir()
    altered.write_bytes(b"altered")
    for use in (without_files.read, without_files.session, without_files.require):
        with pytest.raises(ModelError, match="is not the") as told:
            use(role)
        assert CURES[role] in str(told.value)
    assert without_files.used == {}
    assert without_files.holds(role)
    assert without_files.state(role) is ModelState.ALTERED


@pytest.fixture
def two(tmp_path: Path) -> ModelStore:
    (tmp_path / "a.onnx").write_bytes(b"a")
    public = PublicSource("owner/name", "0" * 40, "b.onnx", 1)
    return ModelStore(tmp_path, {"a": entry("a", b"a"), "b": entry("b", b"b", public=public)})


def entry(
    role: str, content: bytes, file: str | None = None, package: str | None = None, public: PublicSource | None = None
) -> ModelEntry:
    digest = hashlib.sha256(content).hexdigest()
    return ModelEntry(role, file or f"{role}.onnx", digest, "i", "o", "MIT", "c", "s", "", public, package)


def test_a_pulled_model_that_is_absent_is_no_error_and_in_no_record(two: ModelStore) -> None:
    assert (two.holds("a"), two.holds("b"), two.holds("nothing")) == (True, False, False)
    assert two.hashes() == {"a": two.entries["a"].sha256}


def test_what_was_used_is_remembered_and_each_visit_begins_with_nothing(two: ModelStore) -> None:
    assert two.used == {}
    two.require("a")
    assert two.used == {"a": two.entries["a"].sha256}
    visit = two.afresh()
    assert visit.used == {}
    assert visit.read("a") == b"a"
    assert visit.used == two.used


def test_a_file_that_changes_after_it_was_checked_is_found_out(two: ModelStore) -> None:
    two.require("a")
    path = two.path("a")
    path.write_bytes(b"b")
    os.utime(path, ns=(0, 1))
    with pytest.raises(ModelError, match="is not the"):
        two.require("a")


def test_a_model_that_a_package_brings_is_checked_where_it_is_installed(tmp_path: Path) -> None:
    content = Path(visit_record.__file__).with_name("service_items.toml").read_bytes()
    right, wrong = entry("right", content, "service_items.toml", "visit_record"), entry("wrong", b"", "x", "no_such")
    store = ModelStore(tmp_path, {"right": right, "wrong": wrong})
    store.require("right")
    assert (store.holds("right"), store.holds("wrong")) == (True, False)
    with pytest.raises(ModelError, match="no_such of the wrong model is not installed"):
        store.require("wrong")


@pytest.mark.parametrize("value", ["a.onnx", "0" * 64, "owner/name", "1" * 40, "b.onnx"])
def test_no_value_of_the_registry_takes_a_line_s_end(value: str, tmp_path: Path) -> None:
    registry, whole = tmp_path / "registry.toml", ROW.strip()
    registry.write_text(whole, "utf-8")
    assert read_registry(registry)
    registry.write_text(whole.replace(f'"{value}"', f'"{value}\\n"'), "utf-8")
    with pytest.raises(ModelError, match="Expected `str` matching regex"):
        read_registry(registry)


def test_a_session_runs_on_one_core_and_sleeps_when_idle(registry: Path) -> None:
    options = ModelStore.open(registry).session("care_sound").get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
