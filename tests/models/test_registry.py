"""Every shipped row says what the model is, and where it comes from."""

from pathlib import Path

import pytest

from edge_agent.perception.face_library import LIBRARY_ROLES
from edge_agent.perception.model_registry import ModelEntry, read_registry
from edge_agent.perception.model_store import ModelState, ModelStore
from edge_agent.pulling.pull import Pull
from tests.pulling.mirror import Mirror

ROOT = Path(__file__).parent.parent.parent
ENTRIES = read_registry(ROOT / "models" / "registry.toml")
PULLED = {role: entry for role, entry in ENTRIES.items() if entry.public is not None}


def test_the_roles_that_the_device_asks_for_are_all_there() -> None:
    ours = {"care_sound", "generic_sounds", "occupancy", "voiceprint"}
    pulled = {"face_detector", "face_embedder", "antispoof_2_7", "antispoof_4_0", "voice_activity"}
    assert set(ENTRIES) >= ours | pulled | set(LIBRARY_ROLES)
    assert set(PULLED) == pulled


@pytest.mark.parametrize("role", ENTRIES)
def test_every_model_has_its_licence_card_and_calibration(role: str) -> None:
    entry = ENTRIES[role]
    assert all((entry.input, entry.output, entry.licence, entry.calibration, entry.source))
    assert (ROOT / "models" / entry.card).is_file(), entry.card


@pytest.mark.parametrize("role", ENTRIES)
def test_what_is_there_is_what_the_registry_names(role: str) -> None:
    state = ModelStore.open(ROOT / "models" / "registry.toml").state(role)
    assert state is ModelState.PRESENT or (role in PULLED and state is ModelState.ABSENT)


def test_pulled_models_are_kept_out_of_the_repository() -> None:
    assert "models/pulled/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert all(entry.file.startswith("pulled/") for entry in PULLED.values())


@pytest.mark.realdata
@pytest.mark.parametrize("role", PULLED)
def test_the_real_file_is_pulled_over_http(realdata: Path, tmp_path: Path, role: str) -> None:
    entry = PULLED[role]
    name = Path(entry.file).name
    real = realdata.parent / "models" / name
    if not real.is_file():
        pytest.skip(f"the reference model {name} is not on this machine")
    content, target = real.read_bytes(), tmp_path / entry.file
    with Mirror({name: content}, cut_after=[len(content) // 3]) as mirror:
        Pull(mirror.url).fetch(entry, target)
    assert mirror.asked == [None, f"bytes={len(content) // 3}-"]
    assert ModelStore(tmp_path, {role: entry}).state(role) is ModelState.PRESENT
    _runs(ModelStore(tmp_path, {role: entry}), entry)


def _runs(store: ModelStore, entry: ModelEntry) -> None:
    assert store.session(entry.role).get_inputs()
