"""A device that is enrolled, with its settings and nothing fitted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_agent.identity import create_identity, open_identity, pin_server_key
from edge_agent.settings import Settings, read_settings
from tests.commands.call import Called, call

Fit = Callable[..., Settings]
Walked = Callable[..., Called]


@pytest.fixture
def device(tmp_path: Path, registry: Path) -> Path:
    create_identity(tmp_path / "device", "device-1", "agency-a")
    pin_server_key(tmp_path / "device", open_identity(tmp_path / "device").key.public_key())
    (tmp_path / "settings.toml").write_text(f'folder = "device"\nmodels = "{registry}"\n', "utf-8")
    return tmp_path


@pytest.fixture
def fit(device: Path) -> Fit:
    def fitted(sections: str = "") -> Settings:
        with (device / "settings.toml").open("a") as settings:
            settings.write(sections)
        return read_settings(device / "settings.toml")

    return fitted


@pytest.fixture
def walked(device: Path, capsys: pytest.CaptureFixture[str]) -> Walked:
    """The command, of the steps that are named: as JSON."""

    def walk(*steps: str, more: tuple[object, ...] = ()) -> Called:
        only = [word for step in steps for word in ("--only", step)]
        return call(capsys, "selftest", "--settings", device / "settings.toml", "--json", *only, *more)

    return walk
