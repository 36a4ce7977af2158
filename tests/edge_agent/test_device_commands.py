import json
from pathlib import Path

import pytest

from edge_agent.identity import open_identity
from edge_agent.outbox import Outbox
from tests.commands.call import call
from tests.edge_agent.full_disk import fill, small_disk
from tests.visit_record.examples import honest_visit
from visit_record.keys import key_from_jwk
from visit_record.sealing import seal


def enrolled(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    called = call(capsys, "enrol", "--folder", folder, "--device", "device-1", "--agency", "agency-a")
    assert called.status == 0
    return called.lines[0]


def test_enrol_prints_what_the_server_must_know_and_nothing_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = enrolled(tmp_path / "device", capsys)
    identity = open_identity(tmp_path / "device")
    assert set(told) == {"device", "agency", "ueid", "jwk"}
    jwk = told["jwk"]
    assert isinstance(jwk, dict)
    assert set(jwk) == {"kty", "crv", "x"}
    assert key_from_jwk(jwk).public_bytes_raw() == identity.key.public_key().public_bytes_raw()


def test_enrol_under_the_same_names_says_the_same_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrolled(tmp_path / "device", capsys) == enrolled(tmp_path / "device", capsys)


def test_enrol_under_other_names_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled(tmp_path / "device", capsys)
    called = call(capsys, "enrol", "--folder", tmp_path / "device", "--device", "device-2", "--agency", "agency-a")
    assert called.status == 1
    assert "device-1 of agency-a" in called.err
    assert called.err.count("\n") == 1


def test_outbox_tells_what_waits_and_where_the_chain_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled(tmp_path, capsys)
    key = open_identity(tmp_path).key
    with Outbox(tmp_path / "outbox.db", "device-1") as outbox:
        first, last = (outbox.append(lambda link: seal(honest_visit(chain=link), key)) for _ in range(2))
    told = call(capsys, "outbox", "--folder", tmp_path, "--json").lines[0]
    assert told["waiting"] == 2
    assert told["oldest"]["digest"] == first.digest
    assert told["oldest"]["visit"] == honest_visit().jti
    assert told["head"] == {"seq": 2, "digest": last.digest}
    assert first.digest in call(capsys, "outbox", "--folder", tmp_path).out


def test_an_empty_outbox_is_empty_and_no_outbox_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled(tmp_path, capsys)
    assert call(capsys, "outbox", "--folder", tmp_path).status == 1
    assert not (tmp_path / "outbox.db").exists()
    Outbox(tmp_path / "outbox.db", "device-1").close()
    told = json.loads(call(capsys, "outbox", "--folder", tmp_path, "--json").out)
    assert told == {"device": "device-1", "waiting": 0, "oldest": None, "head": {"seq": 0, "digest": None}}


def test_the_house_is_kept_on_a_full_disk_by_the_space_that_was_held_for_that_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what an installer is told to do there."""
    with small_disk(tmp_path / "disk", 12_000) as disk:
        enrolled(disk / "device", capsys)
        (tmp_path / "settings.toml").write_text('folder = "disk/device"\nmodels = "none.toml"\n', "utf-8")
        settings = ("--settings", tmp_path / "settings.toml")
        assert call(capsys, "housekeeping", *settings).status == 0
        assert (disk / "device" / "outbox.reserve").exists()
        filler = fill(disk)
        called = call(capsys, "housekeeping", *settings)
        assert "待发 waiting: 0" in called.out, called.err
        filler.unlink()
        assert call(capsys, "housekeeping", *settings).status == 0
        assert (disk / "device" / "outbox.reserve").exists(), "held again where there is room"


def test_housekeeping_that_could_not_be_done_ends_so_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enrolled(tmp_path / "device", capsys)
    (tmp_path / "settings.toml").write_text('folder = "device"\nmodels = "none.toml"\n', "utf-8")
    settings = ("--settings", tmp_path / "settings.toml")
    assert call(capsys, "housekeeping", *settings, "--json").lines[0]["failed"] == []
    (tmp_path / "device" / "outbox.reserve").unlink()
    (tmp_path / "device" / "outbox.reserve").mkdir()
    called = call(capsys, "housekeeping", *settings)
    assert called.status == 1
    assert "could not be done, for the reasons above: reserve_held" in called.err
