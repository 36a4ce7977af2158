"""A device that is enrolled, with its settings and nothing fitted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.identity import create_identity, open_identity, pin_server_key
from edge_agent.selftest.finding import Finding, Verdict
from edge_agent.settings import Settings
from edge_agent.settings_file import read_settings
from tests.commands.call import Called, call
from tests.selftest.chinese import chinese_in, english_in, not_on_a_device, prose_in, remedies_in, twice_in

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


@pytest.fixture(autouse=True)
def whole_in_chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever any test here lets be found is Chinese to the end of its Chinese lines; a library's words are not.

    What to do stands after the arrow, and not before it as well.
    """
    made: list[Finding] = []
    as_it_is = Finding.__init__

    def noted(finding: Finding, *told: Any, **named: Any) -> None:  # noqa: ANN401 - a finding's own
        as_it_is(finding, *told, **named)
        made.append(finding)

    monkeypatch.setattr(Finding, "__init__", noted)
    yield
    lines = [line for one in made for line in (one.said.zh, one.remedy.zh if one.remedy else "没有")]
    assert {line: english for line in lines if (english := english_in(line))} == {}
    assert [one.said.zh for one in made if one.verdict is Verdict.FAIL and prose_in(one.said.zh)] == []
    assert [line for line in lines if not any(chinese_in(line))] == []
    every = [*lines, *(line for one in made for line in (one.said.en, one.remedy.en if one.remedy else ""))]
    assert [line for line in every if not_on_a_device(line)] == []
    bid = [one.said for one in made if one.verdict is Verdict.FAIL and one.remedy]
    assert {said: do for so in bid for said in so if (do := remedies_in(said))} == {}
    pairs = [(said, do) for one in made if one.remedy for said, do in zip(one.said, one.remedy, strict=True)]
    assert [twice for said, do in pairs if (twice := twice_in(said, do))] == []
