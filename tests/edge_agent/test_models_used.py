"""A record names the models that its visit used, and no others."""

from pathlib import Path

import pytest

from edge_agent.consent import Permissions
from edge_agent.model_senses import ModelSenses
from edge_agent.perception.face_library import LIBRARY_ROLES
from edge_agent.perception.model_store import ModelStore
from edge_agent.roster import MemoryRoster
from edge_agent.senses import Senses
from tests.edge_agent.stage import check_in
from visit_record.vocabulary import Modality

RESTS_ON: dict[Modality, set[str]] = {
    Modality.FACE: set(LIBRARY_ROLES),
    Modality.SOUND: {"care_sound"},
    Modality.THERMAL: {"occupancy"},
    Modality.VOICE: {"care_sound", "voiceprint"},
}


def opened(store: ModelStore, *granted: Modality) -> Senses:
    asked = check_in(withheld=[sense for sense in Modality if sense not in granted])
    return ModelSenses(store, MemoryRoster())(asked, Permissions.of(asked.consents), lambda at_ms: at_ms)


@pytest.mark.parametrize("sense", RESTS_ON)
def test_a_sense_names_the_models_that_it_rests_on(registry: Path, sense: Modality) -> None:
    store = ModelStore.open(registry)
    models = opened(store, sense).models
    assert set(models) >= RESTS_ON[sense]
    assert models.items() <= {role: entry.sha256 for role, entry in store.entries.items()}.items()
    unused = set().union(*(roles for other, roles in RESTS_ON.items() if other is not sense)) - RESTS_ON[sense]
    assert unused.isdisjoint(models)


def test_a_visit_without_consent_names_no_model_though_the_one_before_used_them(registry: Path) -> None:
    store = ModelStore.open(registry)
    assert opened(store, Modality.THERMAL).models
    assert opened(store).models == {}


def test_a_face_library_whose_files_were_altered_is_not_used(registry: Path, tmp_path: Path) -> None:
    whole = ModelStore.open(registry)
    (tmp_path / "altered.dat").write_bytes(b"altered")
    other = {
        role: type(entry)(role, "altered.dat", entry.sha256, "i", "o", "l", "c", "s")
        for role, entry in whole.entries.items()
        if role in LIBRARY_ROLES
    }
    senses = opened(ModelStore(tmp_path, other), Modality.FACE)
    assert senses.look is None
    assert "is not the dlib_landmarks_68 model" in senses.lost[Modality.FACE]
