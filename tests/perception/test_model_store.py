"""What the store says of a file that is lost or altered must bring it back."""

import shutil
from pathlib import Path

import pytest

from edge_agent.errors import ModelError
from edge_agent.perception.model_store import ModelStore

CURES = {
    "voiceprint": "run `make setup`, or where that was done before `python -m models.voiceprint.build`",
    "occupancy": "from the repository",
    "care_sound": "from the repository",
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
    with pytest.raises(ModelError, match="is not the") as told:
        without_files.read(role)
    assert CURES[role] in str(told.value)
