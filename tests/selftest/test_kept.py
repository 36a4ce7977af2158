"""What is kept on the device: its folder, outbox, key, people, orders and clock, each of them damaged once."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from edge_agent.errors import OutboxError
from edge_agent.identity import ENROL, create_identity, open_identity
from edge_agent.outbox import Outbox
from edge_agent.perception.face import FaceTemplate
from edge_agent.roster import MemoryRoster
from edge_agent.sealed_roster import ROSTER_FILE, SealedRoster
from edge_agent.selftest.clock_check import EARLIEST_MS, ClockCheck
from edge_agent.selftest.finding import Verdict
from edge_agent.selftest.folder_checks import FolderCheck, OutboxCheck
from edge_agent.sole_witness import sole_witness
from tests.commands.call import call
from tests.edge_agent.full_disk import fill, small_disk
from tests.selftest.conftest import Fit, Walked
from tests.visit_record.examples import honest_visit
from visit_record.record import Clock
from visit_record.sealing import seal
from visit_record.vocabulary import ClockSource


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 8_192) as folder:
        yield folder


def test_a_folder_that_is_not_there_fails_and_says_how_to_make_one(tmp_path: Path) -> None:
    found = FolderCheck(tmp_path / "none", 1).look()
    assert found.verdict is Verdict.FAIL
    assert found.remedy == ENROL
    with pytest.raises(OutboxError) as refused, sole_witness(tmp_path / "none"):
        pass
    assert refused.value.do == ENROL


def test_a_full_disk_fails_and_says_how_to_make_room(disk: Path) -> None:
    assert FolderCheck(disk, 1).look().verdict is Verdict.PASS
    fill(disk)
    found = FolderCheck(disk, 1).look()
    assert (found.verdict, found.measured["free_mb"]) == (Verdict.FAIL, 0)
    assert found.remedy
    assert "edge-agent housekeeping" in found.remedy.en


def test_less_room_than_is_set_fails(disk: Path) -> None:
    found = FolderCheck(disk, 200).look()
    assert found.verdict is Verdict.FAIL
    assert "fewer than the 200 MB" in found.said.en


def test_an_outbox_is_read_through_and_counted(tmp_path: Path) -> None:
    key = create_identity(tmp_path, "device-1", "agency-a").key
    with Outbox(tmp_path / "outbox.db", "device-1") as outbox:
        outbox.append(lambda link: seal(honest_visit(chain=link), key))
    found = OutboxCheck(tmp_path / "outbox.db", "device-1").look()
    assert (found.verdict, found.measured["waiting"]) == (Verdict.PASS, 1)


DAMAGE: Mapping[str, Callable[[bytes], bytes]] = {
    "noise in the middle": lambda content: content[:4096] + bytes(8192) + content[12288:],
    "no database at all": lambda content: b"nonsense" * (len(content) // 8),
    "a page that only reading it through finds": lambda content: content[:12288] + bytes(4096) + content[16384:],
    "cut short": lambda content: content[: len(content) // 2],
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_outbox_fails_and_is_left_as_it_is(tmp_path: Path, case: str) -> None:
    key = create_identity(tmp_path, "device-1", "agency-a").key
    database = tmp_path / "outbox.db"
    with Outbox(database, "device-1") as outbox:
        for _ in range(4):
            outbox.append(lambda link: seal(honest_visit(chain=link), key))
    database.write_bytes(DAMAGE[case](database.read_bytes()))
    found = OutboxCheck(database, "device-1").look()
    assert found.verdict is Verdict.FAIL
    assert found.remedy
    assert found.remedy.zh.startswith("不要删除")
    assert not list(tmp_path.glob("*.damaged-*")), "that is for the program that goes on with the chain"


@pytest.mark.parametrize("content", [None, b""], ids=["gone", "empty"])
def test_a_lost_outbox_fails_for_who_looks_and_no_new_one_hides_it(
    device: Path, walked: Walked, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    folder = device / "device"
    with Outbox(folder / "outbox.db", "device-1") as outbox:
        outbox.append(lambda link: seal(honest_visit(chain=link), open_identity(folder).key))
    (folder / "outbox.db").unlink()
    if content is not None:
        (folder / "outbox.db").write_bytes(content)
    before = {place.name: place.read_bytes() for place in folder.iterdir() if place.is_file()}
    [line] = walked("outbox").lines
    assert line["verdict"] == "fail"
    assert "1 records were sealed in this folder" in line["en"]
    assert "可能已丢失" in line["zh"]
    told = call(capsys, "outbox", "--folder", folder)
    assert told.status == 1
    assert "可能已丢失" in told.err
    walked("clock")
    assert {place.name: place.read_bytes() for place in folder.iterdir() if place.name in before} == before
    assert (folder / "outbox.db").exists() is (content is not None)


def test_before_the_first_visit_there_is_no_outbox_and_none_is_made(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").touch()
    assert OutboxCheck(tmp_path / "outbox.db", "device-1").look().verdict is Verdict.PASS
    assert (tmp_path / "outbox.db").read_bytes() == b""


def test_another_devices_outbox_fails(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.db", "device-2").close()
    assert OutboxCheck(tmp_path / "outbox.db", "device-1").look().verdict is Verdict.FAIL


def test_a_device_that_is_not_enrolled_fails_and_what_its_key_opens_is_not_observable(
    device: Path, walked: Walked
) -> None:
    (device / "device" / "device.pem").unlink()
    found = {line["step"]: line for line in walked("outbox", "identity", "roster").lines if not line["subject"]}
    assert {step: line["verdict"] for step, line in found.items()} == {
        "outbox": "not_observable",
        "identity": "fail",
        "roster": "not_observable",
    }
    assert "edge-agent enrol" in found["identity"]["do_zh"]


def test_without_the_servers_key_a_device_that_is_to_send_fails_and_one_that_is_not_is_well(
    device: Path, fit: Fit, walked: Walked
) -> None:
    (device / "device" / "server.jwk.json").unlink()
    assert walked("identity").status == 0
    fit('[broker]\nurl = "mqtt://127.0.0.1:1"\n')
    called = walked("identity")
    assert called.status == 1
    assert "server.jwk.json" in called.lines[0]["do_zh"]


@pytest.mark.parametrize(
    ("name", "measured", "remedy"),
    [
        ("server.jwk.json", {"server_key": False, "starts": 0}, "carewitness-enrol"),
        ("boot_count", {"server_key": True, "starts": None}, "carewitness-agent"),
    ],
)
def test_a_damaged_small_file_fails_and_says_what_mends_it(
    device: Path, walked: Walked, name: str, measured: dict[str, object], remedy: str
) -> None:
    (device / "device" / name).write_bytes(b"?")
    called = walked("identity")
    assert called.status == 1
    [line] = called.lines
    assert f"{name} is damaged" in line["en"]
    assert remedy in line["do_zh"]
    assert line["measured"] == {"device": "device-1", "agency": "agency-a"} | measured
    assert (device / "device" / name).read_bytes() == b"?", "a self-test mends nothing"


def test_people_are_counted_and_neither_named_nor_shown(device: Path, fit: Fit, walked: Walked) -> None:
    settings = fit()
    template = np.random.default_rng(1).normal(size=128)
    people = MemoryRoster({"zhang-meili-7731": FaceTemplate(template, "e" * 64)}, {})
    SealedRoster.of(settings, open_identity(settings.folder).key).enrol(people, 0)
    called = walked("roster")
    assert called.lines[0]["measured"] == {"enrolled": 1, "faces": 1, "voices": 0}
    assert "zhang" not in called.out + called.err
    sealed = device / "device" / ROSTER_FILE
    sealed.write_bytes(sealed.read_bytes()[:-1])
    assert walked("roster").lines[0]["verdict"] == "fail"


def test_orders_that_cannot_be_read_fail(device: Path, walked: Walked) -> None:
    (device / "device" / "orders.toml").write_text('[[order]]\norder = "one"\n', "utf-8")
    line = walked("roster").lines[1]
    assert (line["subject"], line["verdict"]) == ("orders", "fail")
    (device / "device" / "orders.toml").write_text("", "utf-8")
    assert "order = []" in walked("roster").lines[1]["en"]
    (device / "device" / "orders.toml").write_text("order = []", "utf-8")
    assert walked("roster").lines[1]["verdict"] == "pass"


NTP, NONE = Clock(ClockSource.NTP, 0.1), Clock(ClockSource.UNSYNCHRONISED, None)
CLOCKS: Mapping[str, tuple[Clock, Mapping[str, bool], int, int, Verdict]] = {
    "the kernel believes it": (NTP, {}, EARLIEST_MS + 1, 0, Verdict.PASS),
    "before this program was": (NTP, {}, EARLIEST_MS - 1, 0, Verdict.FAIL),
    "before a visit that it kept": (NTP, {}, EARLIEST_MS + 1, EARLIEST_MS + 2, Verdict.FAIL),
    "chrony alone knows": (NONE, {"chrony": True}, EARLIEST_MS + 1, 0, Verdict.PASS),
    "chrony does not know either": (NONE, {"chrony": False}, EARLIEST_MS + 1, 0, Verdict.FAIL),
    "nobody to ask": (NONE, {}, EARLIEST_MS + 1, 0, Verdict.NOT_OBSERVABLE),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_the_clock(case: str) -> None:
    kernel, services, now_ms, newest_ms, verdict = CLOCKS[case]
    found = ClockCheck(lambda: kernel, lambda: services, lambda: now_ms, lambda: newest_ms).look()
    assert found.verdict is verdict
    assert (found.remedy is not None) is (verdict is not Verdict.PASS)
