"""A program that lives for weeks knows whom its device knows, and nobody who was forgotten."""

import gc
import weakref
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge_agent.bootstrap.kept import kept_roster
from edge_agent.identity import Identity, create_identity
from edge_agent.kept_roster import KeptRoster
from edge_agent.roster import MemoryRoster
from edge_agent.sealed_roster import SealedRoster
from edge_agent.settings import Settings
from tests.edge_agent.test_vault import NOW_MS, people


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path, models=tmp_path / "registry.toml")


@pytest.fixture
def enrolled(settings: Settings) -> Identity:
    return create_identity(settings.folder, "device-1", "agency-a")


@pytest.fixture
def sealed(settings: Settings, enrolled: Identity) -> SealedRoster:
    """The file, as another program changes it: `edge-agent roster`, or the keeping of the house."""
    kept = SealedRoster.of(settings, enrolled.key)
    kept.enrol(people("ann", "bo"), NOW_MS)
    return kept


@pytest.fixture
def known(settings: Settings, enrolled: Identity, sealed: SealedRoster) -> KeptRoster:
    assert sealed.vault.path.exists()
    return kept_roster(settings, enrolled, people("given"))


def test_who_is_forgotten_is_known_no_more_by_a_program_that_runs(known: KeptRoster, sealed: SealedRoster) -> None:
    assert set(known.faces()) == {"ann", "bo", "given"}
    assert known.voice("ann") is not None
    assert sealed.forget("ann")
    assert set(known.faces()) == {"bo", "given"}
    assert known.voice("ann") is None


def test_their_templates_are_in_its_memory_no_more(known: KeptRoster, sealed: SealedRoster) -> None:
    template = weakref.ref(known.faces()["ann"])
    assert sealed.forget("ann")
    known.faces()
    gc.collect()
    assert template() is None


def test_who_has_had_their_time_or_was_the_last_is_known_no_more(known: KeptRoster, sealed: SealedRoster) -> None:
    assert sealed.forget_before(NOW_MS + 1, NOW_MS + 2) == ["ann", "bo"]
    assert set(known.faces()) == {"given"}


def test_who_is_enrolled_meanwhile_is_known_at_the_next_check_in(known: KeptRoster, sealed: SealedRoster) -> None:
    sealed.enrol(people("cleo"), NOW_MS)
    assert set(known.faces()) == {"ann", "bo", "cleo", "given"}
    assert known.voice("cleo") is not None


def test_a_file_that_cannot_be_read_any_more_is_told_once_and_knows_nobody(
    known: KeptRoster, sealed: SealedRoster
) -> None:
    content = sealed.vault.path.read_bytes()
    sealed.vault.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with capture_logs() as logs:
        assert [set(known.faces()), set(known.faces())] == [{"given"}] * 2
    assert [line["event"] for line in logs] == ["roster_unused"]
    sealed.vault.path.write_bytes(content)
    assert set(known.faces()) == {"ann", "bo", "given"}


def test_a_file_that_stays_is_opened_once(tmp_path: Path) -> None:
    opened: list[MemoryRoster] = []

    def people_of() -> MemoryRoster:
        opened.append(people("ann"))
        return opened[-1]

    roster = KeptRoster(tmp_path / "roster.sealed", people_of)
    assert [set(roster.faces()) for _ in range(3)] == [{"ann"}] * 3
    assert len(opened) == 1
