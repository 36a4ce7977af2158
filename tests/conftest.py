"""Shared fixtures: the real recordings and a browser, where this machine has them; logs without what was held."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Browser

from tests.chromium import chromium

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


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Errors as a server's log has them: drawn with all that its functions held, one takes seconds."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found
