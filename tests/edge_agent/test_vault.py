import threading
import time
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent import kernel_clock
from edge_agent.errors import VaultError
from edge_agent.housekeeping import MS_A_DAY, Housekeeping
from edge_agent.outbox import Outbox
from edge_agent.perception.face import FaceTemplate
from edge_agent.perception.voice import Voiceprint
from edge_agent.program_settings import RetentionSettings
from edge_agent.rest_seal import MAGIC, NONCE_BYTES
from edge_agent.roster import MemoryRoster
from edge_agent.sealed_roster import SealedRoster, joined
from edge_agent.vault import Vault
from tests.commands.call import call
from tests.edge_agent.test_run import device  # noqa: F401 - a fixture
from visit_record.record import Clock
from visit_record.vocabulary import ClockSource

NOW_MS = 1_767_575_400_000
FACE = np.random.default_rng(1).normal(size=128)
VOICE = np.random.default_rng(2).normal(size=256).astype(np.float32)


@pytest.fixture
def vault(tmp_path: Path, server_key: Ed25519PrivateKey) -> Vault:
    return Vault(tmp_path / "people.sealed", "people", server_key)


@pytest.fixture
def roster(vault: Vault) -> SealedRoster:
    return SealedRoster(vault)


def people(*names: str) -> MemoryRoster:
    return MemoryRoster({one: FaceTemplate(FACE, "a" * 64) for one in names}, {names[0]: Voiceprint(VOICE)})


def test_what_was_sealed_is_read_by_this_device_and_by_no_other(vault: Vault) -> None:
    assert vault.read() is None
    vault.write(b"who they are")
    assert vault.read() == b"who they are"
    assert b"who they are" not in vault.path.read_bytes()
    assert vault.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(VaultError, match="another device"):
        replace(vault, key=Ed25519PrivateKey.generate()).read()


def test_a_file_of_one_purpose_cannot_stand_for_another(vault: Vault) -> None:
    vault.write(b"x")
    with pytest.raises(VaultError):
        replace(vault, purpose="lessons").read()


def test_each_write_has_a_nonce_of_its_own(vault: Vault) -> None:
    nonces = set()
    for _ in range(20):
        vault.write(b"the same")
        nonces.add(vault.path.read_bytes()[len(MAGIC) :][:NONCE_BYTES])
    assert len(nonces) == 20


@pytest.mark.parametrize("at", [0, len(MAGIC), len(MAGIC) + NONCE_BYTES, -1])
def test_one_bit_altered_is_refused(vault: Vault, at: int) -> None:
    vault.write(b"who they are")
    content = bytearray(vault.path.read_bytes())
    content[at] ^= 1
    vault.path.write_bytes(content)
    with pytest.raises(VaultError):
        vault.read()


@pytest.mark.parametrize("length", [0, 5, len(MAGIC), len(MAGIC) + 5])
def test_a_file_that_was_cut_short_is_refused(vault: Vault, length: int) -> None:
    vault.write(b"who they are")
    vault.path.write_bytes(vault.path.read_bytes()[:length])
    with pytest.raises(VaultError):
        vault.read()


def test_nothing_of_key_or_content_is_printed(vault: Vault, server_key: Ed25519PrivateKey) -> None:
    seed = server_key.private_bytes_raw()
    assert seed.hex() not in repr(vault)
    assert b64encode(seed).decode() not in repr(vault)


def test_templates_come_back_as_they_were(roster: SealedRoster) -> None:
    roster.enrol(people("ann", "bo"), NOW_MS)
    kept = roster.open()
    assert set(kept.face_templates) == {"ann", "bo"}
    np.testing.assert_array_equal(kept.face_templates["ann"].embedding, FACE)
    assert kept.face_templates["ann"].made_by == "a" * 64
    np.testing.assert_array_equal(kept.voiceprints["ann"].embedding, VOICE)
    assert [(one.caregiver, one.face, one.voice) for one in roster.enrolments()] == [
        ("ann", True, True),
        ("bo", True, False),
    ]


def test_an_enrolment_in_one_sense_keeps_the_other(roster: SealedRoster) -> None:
    roster.enrol(people("ann"), NOW_MS)
    roster.enrol(MemoryRoster({"ann": FaceTemplate(FACE * 2, "b" * 64)}), NOW_MS + 5)
    kept = roster.open()
    assert kept.face_templates["ann"].made_by == "b" * 64
    np.testing.assert_array_equal(kept.voiceprints["ann"].embedding, VOICE)
    assert roster.enrolments()[0].enrolled_at_ms == NOW_MS + 5


def test_who_is_forgotten_is_in_no_file_and_with_the_last_the_file_goes(roster: SealedRoster) -> None:
    roster.enrol(people("ann", "bo"), NOW_MS)
    assert roster.forget("ann")
    assert set(roster.open().face_templates) == {"bo"}
    assert not roster.forget("ann")
    assert roster.forget("bo")
    assert not roster.vault.path.exists()


def test_what_is_given_now_goes_before_what_was_kept() -> None:
    given = MemoryRoster({"ann": FaceTemplate(FACE * 3, "c" * 64)})
    both = joined(people("ann", "bo"), given)
    assert both.face_templates["ann"].made_by == "c" * 64
    assert both.voice("ann") is not None
    assert "bo" in both.faces()


@pytest.mark.parametrize(("clock_believed", "left"), [(True, ["new"]), (False, ["new", "old"])])
def test_templates_have_their_time_by_a_clock_that_was_set_alone(
    outbox: Outbox, tmp_path: Path, roster: SealedRoster, clock_believed: bool, left: list[str]
) -> None:
    roster.enrol(people("old"), NOW_MS - 401 * MS_A_DAY)
    roster.enrol(people("new"), NOW_MS - 399 * MS_A_DAY)
    house = Housekeeping(outbox, tmp_path / "outbox.db", RetentionSettings(least_free_mb=0), roster)
    house.keep(NOW_MS, clock_believed=clock_believed)
    assert [one.caregiver for one in roster.enrolments()] == left


def test_nobody_is_kept_for_longer_by_a_clock_that_once_stood_ahead(
    outbox: Outbox, tmp_path: Path, roster: SealedRoster
) -> None:
    roster.enrol(people("ann"), NOW_MS + 4000 * MS_A_DAY)
    house = Housekeeping(outbox, tmp_path / "outbox.db", RetentionSettings(least_free_mb=0), roster)
    for days, left in ((0, ["ann"]), (401, [])):
        house.keep(NOW_MS + days * MS_A_DAY, clock_believed=True)
        assert [one.caregiver for one in roster.enrolments()] == left


def test_who_was_enrolled_before_the_clock_was_set_has_their_time_from_then_on(
    outbox: Outbox, tmp_path: Path, roster: SealedRoster
) -> None:
    roster.enrol(people("ann"), None)
    house = Housekeeping(outbox, tmp_path / "outbox.db", RetentionSettings(least_free_mb=0), roster)
    house.keep(NOW_MS, clock_believed=False)
    assert [one.enrolled_at_ms for one in roster.enrolments()] == [None]
    kept = msgspec.msgpack.decode(roster.vault.read() or b"", type=dict[str, dict[str, object]])
    assert isinstance(kept["ann"]["enrolled_at_ms"], int), "a release that is gone back to reads no other"
    for days, left in ((0, [NOW_MS]), (399, [NOW_MS]), (401, [])):
        house.keep(NOW_MS + days * MS_A_DAY, clock_believed=True)
        assert [one.enrolled_at_ms for one in roster.enrolments()] == left


@pytest.mark.parametrize("clock", [Clock(ClockSource.NTP, 0.1), Clock(ClockSource.UNSYNCHRONISED, None)])
def test_somebody_is_enrolled_listed_met_and_forgotten(
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    """Of a clock that nobody set their time begins later, and whoever enrols is told."""
    monkeypatch.setattr(kernel_clock, "kernel_clock", lambda: clock)
    began_ms = time.time_ns() // 1_000_000
    settings = ("--settings", device / "settings.toml")
    picture = device / "camera" / "portrait.png"
    called = call(capsys, "roster", "enrol", *settings, "--caregiver", "caregiver-1", "--face", picture)
    assert (called.status, called.err) == (0, "")
    (line,) = call(capsys, "roster", "list", *settings, "--json").lines
    assert (line["caregiver"], line["face"], line["voice"]) == ("caregiver-1", True, False)
    assert ("时钟未同步" in called.out) is (clock.source is ClockSource.UNSYNCHRONISED)
    if clock.source is ClockSource.UNSYNCHRONISED:
        assert line["enrolled_at_ms"] is None
    else:
        assert began_ms <= line["enrolled_at_ms"] <= time.time_ns() // 1_000_000
    assert call(capsys, "roster", "forget", *settings, "--caregiver", "caregiver-1").status == 0
    again = call(capsys, "roster", "forget", *settings, "--caregiver", "caregiver-1")
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert call(capsys, "roster", "enrol", *settings, "--caregiver", "caregiver-1").status == 1


def test_two_programs_change_a_roster_one_after_the_other(roster: SealedRoster) -> None:
    roster.enrol(people("caregiver-1"), NOW_MS)
    with roster.vault.changing():
        other = threading.Thread(target=roster.enrol, args=(people("caregiver-2"), NOW_MS))
        other.start()
        other.join(0.2)
        assert other.is_alive()
    other.join()
    assert [one.caregiver for one in roster.enrolments()] == ["caregiver-1", "caregiver-2"]
