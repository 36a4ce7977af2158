from pathlib import Path

import pytest

from edge_agent.perception.model_store import ModelStore


@pytest.fixture(scope="session")
def models(registry: Path) -> ModelStore:
    return ModelStore.open(registry)
