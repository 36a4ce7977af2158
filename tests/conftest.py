"""Shared fixtures: the real recordings, where this machine has them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def realdata() -> Path:
    folder = Path(os.environ.get("CAREWITNESS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"real recordings not found at {folder}; set CAREWITNESS_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def registry() -> Path:
    return ROOT / "models" / "registry.toml"
