"""A recognisable picture, sound, template and name are planted, and looked for in all that a device leaves behind."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import textwrap
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import cv2
import httpx
import numpy as np
import pytest
import soundfile
from structlog.testing import capture_logs

from edge_agent.bootstrap import kept
from edge_agent.device_log import system_log
from edge_agent.device_store import TABLES
from edge_agent.errors import DiskFullError, OutboxError
from edge_agent.identity import create_identity, open_identity
from edge_agent.kiosk.mirror import jpeg
from edge_agent.outbox import Outbox
from edge_agent.perception.face import FaceTemplate
from edge_agent.perception.voice import Voiceprint
from edge_agent.redaction import IN_ITS_PLACE, Redaction
from edge_agent.roster import MemoryRoster
from edge_agent.sealed_roster import SealedRoster
from edge_agent.settings_file import read_settings
from tests.commands.call import call
from tests.edge_agent.full_disk import fill, small_disk
from tests.edge_agent.needles import LENGTH, encoded, found, found_in_files, of_array
from tests.edge_agent.test_run import VISIT, device  # noqa: F401 - a fixture
from tests.visit_record.examples import honest_visit
from tests.whole import await_true
from visit_record.sealing import seal
from visit_record.visit_id import visit_id

CAREGIVER, OTHER, RECIPIENT, ORDER = "zhang-meili-7731", "wang-daming-4402", "li-laotai-9982", "order-geheim-5540"
PARTS = {f"{part}.json" for part in ("versions", "settings", "health", "outbox", "roster", "files")} | {"log.txt"}
FACE = np.random.default_rng(11).normal(size=128)
VOICE = np.random.default_rng(12).normal(size=256)


@dataclass(frozen=True)
class Planted:
    """What lies in the room: of a record of a visit the names are a part, so that they are looked for apart."""

    room: Mapping[str, bytes]
    names: Mapping[str, bytes]


@pytest.fixture
def planted(device: Path) -> Planted:  # noqa: F811
    visit = VISIT.replace("caregiver-1", CAREGIVER).replace("recipient-1", RECIPIENT).replace("order-1", ORDER)
    (device / "visit.toml").write_text(visit, "utf-8")
    with (device / "settings.toml").open("a") as settings_file:
        settings_file.write("[kiosk]\nport = 0\n")
    settings = read_settings(device / "settings.toml")
    roster = MemoryRoster({OTHER: FaceTemplate(FACE, "e" * 64)}, {OTHER: Voiceprint(VOICE.astype(np.float32))})
    SealedRoster.of(settings, open_identity(settings.folder).key).enrol(roster, 0)
    portrait = cv2.imread(str(device / "camera" / "portrait.png"))
    assert portrait is not None
    in_a_mirror = cv2.resize(portrait, (320, 375), interpolation=cv2.INTER_AREA)[:, ::-1]
    samples, _ = soundfile.read(device / "room.wav", dtype="int16")
    room = {
        "picture, as a file": (device / "camera" / "portrait.png").read_bytes()[5_000:][:LENGTH],
        "picture, pixels": portrait[100, 100:].tobytes()[:LENGTH],
        "picture, pixels as the senses see them": portrait[100, 100:, ::-1].tobytes()[:LENGTH],
        "picture, in the mirror": jpeg(np.asarray(portrait[:, :, ::-1], np.uint8))[10_000:][:LENGTH],
        "picture, turned as in a mirror": portrait[100, ::-1].tobytes()[300:][:LENGTH],
        "picture, pixels in the mirror": in_a_mirror[100].tobytes()[300:][:LENGTH],
        "sound, samples": samples[8_000:].tobytes()[:LENGTH],
        "sound, as the senses hear it": (samples[8_000:] / 32_768).astype("<f4").tobytes()[:LENGTH],
        **{f"face template {i}": needle for i, needle in enumerate(of_array(FACE))},
        **{f"voiceprint {i}": needle for i, needle in enumerate(of_array(VOICE))},
    }
    return Planted(room, {one: one.encode() for one in (CAREGIVER, OTHER, RECIPIENT, ORDER)})


MOST_CRASHES = 6


def runs(device: Path, *how: str) -> list[str]:  # noqa: F811
    visit = ("--settings", str(device / "settings.toml"), "--replay", str(device / "visit.toml"), *how)
    return [sys.executable, "-X", "faulthandler", "-m", "edge_agent", "run", *visit]


def seen_in_a_mirror(device: Path, said: IO[bytes]) -> bytes:  # noqa: F811
    """A visit at the screen whose program crashes while somebody sees themselves: the picture that they see.

    What walks running threads may fall over them (CPython, faulthandler), and half a dump shows little: once more.
    """
    for _ in range(MOST_CRASHES):
        picture, ended = crashed_at_a_mirror(device, said)
        if ended == -signal.SIGABRT:
            return picture
        assert ended == -signal.SIGSEGV
    raise AssertionError("no dump was written to its end")


def crashed_at_a_mirror(device: Path, said: IO[bytes]) -> tuple[bytes, int]:  # noqa: F811
    """The picture, and how the program ended."""
    crashing = subprocess.Popen(runs(device, "--kiosk"), stdout=subprocess.PIPE, stderr=said, text=True)
    assert crashing.stdout is not None
    address = next(line.split()[-1] for line in crashing.stdout if "screen" in line)
    asked = {"caregiver": CAREGIVER, "recipient": RECIPIENT}
    with httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False) as screen:
        assert screen.post(f"/arrive/{ORDER}", data=asked | {"all": "yes"}).status_code == 303
        await_true(lambda: first_picture(screen) != b"", timeout_s=120)
        with screen.stream("GET", "/mirror") as held_open:
            next(held_open.iter_raw())
            picture = first_picture(screen)
            crashing.send_signal(signal.SIGABRT)
            ended = crashing.wait()
    said.write(crashing.stdout.read().encode())
    return picture, ended


@contextmanager
def without_the_roster(device: Path) -> Iterator[None]:  # noqa: F811
    """With templates by another model nobody is looked at."""
    roster = read_settings(device / "settings.toml").folder / "roster.sealed"
    aside = roster.rename(roster.with_name("aside"))
    yield
    aside.rename(roster)


def first_picture(screen: httpx.Client) -> bytes:
    """Of a stream, if there is one."""
    seen = b""
    with screen.stream("GET", "/mirror") as stream:
        for part in stream.iter_raw():
            seen += part
            _, _, picture = seen.partition(b"image/jpeg\r\n")
            if b"\r\n--picture" in picture:
                return picture.split(b"\r\n\r\n", 1)[1].split(b"\r\n--picture")[0]
    return b""


def lived_through(device: Path) -> Path:  # noqa: F811
    """A visit that ends well, two whose program crashes, one after them: all that they said, in one log."""
    log = device / "agent.log"
    portrait = cv2.imread(str(device / "camera" / "portrait.png"))
    assert portrait is not None
    with log.open("ab") as said:
        # Somebody on the roster was enrolled by another model: the log names them.
        assert subprocess.run(runs(device), stdout=said, stderr=said, timeout=300, check=False).returncode == 0
        crashing = subprocess.Popen(runs(device), stdout=said, stderr=said)
        await_true(lambda: under_way(device), timeout_s=120)
        crashing.send_signal(signal.SIGABRT)
        assert crashing.wait() == -signal.SIGABRT
        with without_the_roster(device):
            assert seen_in_a_mirror(device, said) == jpeg(np.asarray(portrait[:, :, ::-1], np.uint8)), "it was on"
        assert subprocess.run(runs(device), stdout=said, stderr=said, timeout=300, check=False).returncode == 0
    return log


def under_way(device: Path) -> bool:  # noqa: F811
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        return outbox.visits.count() > 0


def members(bundle: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(bundle) as opened:
        for member in opened:
            file = opened.extractfile(member)
            assert file is not None
            yield Path(member.name).name, file.read()


def test_nothing_of_the_room_is_in_logs_crash_dumps_databases_or_the_bundle_and_no_name_in_the_bundle(
    device: Path,  # noqa: F811
    planted: Planted,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = lived_through(device)
    said = log.read_text("utf-8")
    assert "Fatal Python error: Aborted" in said, "there was a crash, and it told where it was"
    assert OTHER in said, "the log names somebody, who is to be taken out"
    bundle = device / "bundle.tar.gz"
    settings = device / "settings.toml"
    called = call(capsys, "support", "--settings", settings, "--log", log, "--out", bundle)
    assert called.status == 0, called.err
    assert bundle.stat().st_mode & 0o777 == 0o600
    parts = dict(members(bundle))
    assert set(parts) == PARTS
    assert b"Fatal Python error" in parts["log.txt"]
    everything = {**planted.room, **planted.names}
    assert {name: there for name, part in parts.items() if (there := found(everything, part))} == {}
    left_behind = (path for path in device.rglob("*") if path.is_file() and "camera" not in path.parts)
    sources = {"room.wav", "thermal.npy", "receiver.nmea"}
    assert found_in_files(planted.room, (path for path in left_behind if path.name not in sources)) == {}


def test_what_the_bundle_tells_helps(device: Path, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811, ARG001
    with (device / "settings.toml").open("a") as settings:
        settings.write('[broker]\nurl = "mqtt://somebody:secret-word@broker.example:1883"\n')
    bundle = device / "bundle.tar.gz"
    assert call(capsys, "support", "--settings", device / "settings.toml", "--out", bundle).status == 0
    parts = dict(members(bundle))
    assert b"secret-word" not in b"".join(parts.values())
    assert b"broker.example" not in b"".join(parts.values())
    assert b"31.23" not in parts["settings.json"], "where the home lies"
    told = {name: json.loads(part) for name, part in parts.items() if name.endswith("json")}
    assert told["versions.json"]["packages"]["cryptography"]
    assert told["outbox.json"]["rows"] == dict.fromkeys(TABLES, 0) | {"chain": 1}
    assert any("CREATE TABLE" in table for table in told["outbox.json"]["schema"])
    assert told["health.json"]["queue"]["waiting"] == 0
    assert told["roster.json"] == {"enrolled": 1}
    assert {"name", "bytes", "mode"} == set(told["files.json"]["files"][0])
    assert told["settings.json"]["broker"]["url"] == "mqtt://…:1883"


@pytest.fixture
def full(tmp_path: Path, registry: Path) -> Iterator[Path]:
    """A device whose disk takes nothing more, a log of its own elsewhere."""
    with small_disk(tmp_path / "disk", 4_096) as disk:
        create_identity(disk / "device", "device-1", "agency-a")
        (disk / "settings.toml").write_text(f'folder = "device"\nmodels = "{registry}"\n', "utf-8")
        Outbox(disk / "device" / "outbox.db", "device-1").close()
        noise = np.random.default_rng(1).integers(0, 256, 500_000, np.uint8).tobytes()
        (tmp_path / "agent.log").write_text(b64encode(noise).decode(), "ascii")
        fill(disk)
        yield disk


UNREADABLE: Mapping[str, tuple[Callable[[Path], object], str, bool]] = {
    "a damaged outbox": (
        lambda at: (at / "device" / "outbox.db").write_bytes(b"nonsense" * 512),
        "数据库",
        True,
    ),
    "a lost outbox": (lambda at: (at / "device" / "outbox.db").unlink(), "可能已丢失", True),
    "no key": (lambda at: (at / "device" / "device.pem").unlink(), "device.pem", True),
    "a bad line": (lambda at: (at / "settings.toml").write_text("[camera\n", "utf-8"), "settings.toml", False),
    "no settings": (lambda at: (at / "settings.toml").unlink(), "settings.toml", False),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_told_in_a_bundle_of_the_rest_and_the_log_stays_here(
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    breaks, said, has_settings = UNREADABLE[case]
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", identity.names.device) as outbox:
        outbox.append(lambda link: seal(honest_visit(chain=link), identity.key))
    breaks(device)
    (device / "log").write_text(f"{CAREGIVER} came\n", "utf-8")
    bundle = device / "bundle.tar.gz"
    settings = device / "settings.toml"
    called = call(capsys, "support", "--settings", settings, "--out", bundle, "--log", device / "log")
    assert called.status == 0, called.err
    assert "不完整，没有日志" in called.err
    with tarfile.open(bundle) as packed:
        told = {Path(one.name).name: packed.extractfile(one).read() for one in packed.getmembers()}  # type: ignore[union-attr]
    assert set(told) == {"versions.json", "unreadable.json"} | ({"settings.json"} if has_settings else set())
    why = json.loads(told["unreadable.json"])
    assert said in why["zh"]
    assert "log.txt" in why["left_out"]
    assert CAREGIVER.encode() not in b"".join(told.values())


def test_on_a_full_disk_the_bundle_is_written_where_there_is_room(
    full: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "stick.tar.gz"
    called = call(
        capsys, "support", "--settings", full / "settings.toml", "--log", tmp_path / "agent.log", "--out", bundle
    )
    assert called.status == 0, called.err
    parts = dict(members(bundle))
    assert set(parts) == PARTS
    assert json.loads(parts["health.json"])["machine"]["disk_free_mb"] == 0


@pytest.mark.parametrize("room_bytes", [0, 65_536], ids=["none", "some, not enough"])
def test_where_there_is_no_room_it_says_where_to_write_and_leaves_nothing(
    full: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], room_bytes: int
) -> None:
    os.truncate(full / "filler", (full / "filler").stat().st_size - room_bytes)
    before = {one: one.read_bytes() for one in (full / "device").iterdir()}
    log, bundle = tmp_path / "agent.log", full / "bundle.tar.gz"
    called = call(capsys, "support", "--settings", full / "settings.toml", "--log", log, "--out", bundle)
    assert (called.status, called.out) == (1, "")
    (line,) = called.err.splitlines()
    zh, _, en = line.partition(" · ")
    assert zh.startswith(f"错误 error: {bundle} 处的磁盘已满，没有留下任何文件")
    assert "--out /mnt/bundle.tar.gz" in zh
    assert "there is no room" in en
    assert not bundle.exists()
    assert {one: one.read_bytes() for one in before} == before


def test_that_a_disk_fails_is_told_rather_than_who_else_has_the_outbox(
    device: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def open_outbox(_path: Path, _device: str, *, alone: bool = False) -> Outbox:
        raise OutboxError("held", "被占用") if alone else DiskFullError("the card fails", "磁盘出错")

    monkeypatch.setattr(kept, "Outbox", open_outbox)
    called = call(capsys, "support", "--settings", device / "settings.toml", "--out", device / "bundle.tar.gz")
    assert (called.status, called.err) == (1, "错误 error: 磁盘出错 · the card fails\n")


def test_where_nobody_may_write_it_says_so_in_both_languages(
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = device / "none" / "bundle.tar.gz"
    called = call(capsys, "support", "--settings", device / "settings.toml", "--out", nowhere)
    assert called.status == 1
    assert called.err.startswith(f"错误 error: 无法写入 {nowhere}：不存在；请用 --out 换一个地方 · cannot write")


def test_a_bundle_never_replaces_a_file(device: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    bundle = device / "bundle.tar.gz"
    bundle.write_bytes(b"another one")
    called = call(capsys, "support", "--settings", device / "settings.toml", "--out", bundle)
    assert (called.status, called.err.count("\n")) == (1, 1)
    assert bundle.read_bytes() == b"another one"


ORDERED = """
[[order]]
order = "order-next-8111"
caregiver = "caregiver-next-8112"
recipient = "recipient-next-8113"
planned_start = 2026-01-05T09:00:00+08:00
planned_duration_s = 600
items = []
[[caregiver]]
id = "caregiver-spare-8114"
name = "两字"
"""


def test_whom_only_orders_or_past_visits_name_is_taken_out_too(
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    (device / "device" / "orders.toml").write_text(ORDERED, "utf-8")
    # What it said before, where what it says now cannot be read.
    (device / "device" / ".orders.toml.last").write_text(ORDERED.replace("-next-", "-last-"), "utf-8")
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        past = kept.past_visits(identity, outbox)
        record = honest_visit()
        outbox.append(lambda link: seal(honest_visit(chain=link), identity.key), keep=past.keep)
        with outbox.store.transaction() as db:
            # As once the server has it, and its journal had to make room.
            db.execute("DELETE FROM outbox")
    told = ["order-next-8111", "caregiver-next-8112", "recipient-next-8113", "caregiver-spare-8114", "两字"]
    told += ["order-last-8111", "caregiver-last-8112", "recipient-last-8113"]
    assert record.who.order is not None
    told += [record.who.caregiver, record.who.recipient, record.who.order.order]
    log, bundle = device / "agent.log", device / "bundle.tar.gz"
    log.write_text("\n".join(told), "utf-8")
    called = call(capsys, "support", "--settings", device / "settings.toml", "--log", log, "--out", bundle)
    assert called.status == 0, called.err
    assert dict(members(bundle))["log.txt"].decode().split() == ["==", "agent.log", *[IN_ITS_PLACE] * len(told)]


def test_what_is_damaged_costs_no_bundle_and_hides_nobody_whom_the_rest_names(
    device: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_in = json.dumps({"caregiver": CAREGIVER, "recipient": RECIPIENT, "order": {"order": ORDER}}).encode()
    damaged, further_on = (visit_id(at_ms, bytes(10)) for at_ms in (1, 2))
    journals = {
        damaged: b"\x78\x9cwhat a dying card left",
        further_on: zlib.compress(check_in + b"\n" + bytes(90_000))[:-4],
    }
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox, outbox.store.transaction() as db:
        for seq, (visit, packed) in enumerate(journals.items()):
            db.execute("INSERT INTO journals VALUES (?, ?, '', ?)", (visit, seq, packed))
        db.execute("INSERT INTO outbox VALUES (1, '', ?)", (b"no record",))
    log, bundle = device / "agent.log", device / "bundle.tar.gz"
    log.write_text("\n".join((CAREGIVER, RECIPIENT, ORDER)), "utf-8")
    with capture_logs() as logs:
        called = call(capsys, "support", "--settings", device / "settings.toml", "--log", log, "--out", bundle)
    assert called.status == 0, called.err
    assert dict(members(bundle))["log.txt"].decode().split() == ["==", "agent.log", *[IN_ITS_PLACE] * 3]
    told = {line["event"]: line for line in logs}
    assert (told["journal_unreadable"]["visit"], told["record_unreadable"]["seq"]) == (damaged, 1)


def test_of_journals_no_more_than_one_is_held_to_find_whom_they_name(tmp_path: Path) -> None:
    check_in = b'{"caregiver":"ann","recipient":"bo","note":"%s"}\n' % (b"x" * 9_000)
    packed = zlib.compress(check_in + np.random.default_rng(1).bytes(1_000_000))
    with Outbox(tmp_path / "outbox.db", "device-1") as outbox:
        with outbox.store.transaction() as db:
            for seq in range(20):
                db.execute("INSERT INTO journals VALUES (?, ?, '', ?)", (f"visit-{seq}", seq, packed))
        tracemalloc.start()
        try:
            assert outbox.journals.named() == {"ann", "bo"}
            _, most_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most_bytes < 4_000_000, "of twenty megabytes"


def test_the_journal_of_every_unit_of_the_device_is_asked_for(tmp_path: Path) -> None:
    journalctl = tmp_path / "journalctl"
    journalctl.write_text('#!/bin/sh\necho "$@"\n')
    journalctl.chmod(0o755)
    asked = system_log(str(journalctl)).split()
    assert {"--unit=carewitness-*", "--unit=mosquitto", "--unit=gpsd", "--unit=chrony"} <= set(asked)


def test_ids_are_taken_out_the_longest_first() -> None:
    redact = Redaction.of(["ann", "ann-lee", "x"])
    assert redact("ann-lee met ann at x") == f"{IN_ITS_PLACE} met {IN_ITS_PLACE} at x"


CRASHES = """
    import sys
    import structlog
    from edge_agent.crash_guard import log_plainly
    if sys.argv[1] == "guarded":
        log_plainly()
    template = "{secret}"
    try:
        raise ValueError("it went wrong")
    except ValueError:
        structlog.get_logger().exception("perception_failed")
    raise KeyError("uncaught")
"""


@pytest.mark.parametrize(("how", "told"), [("guarded", False), ("as structlog is by itself", True)])
def test_no_traceback_prints_the_values_of_variables(how: str, told: bool) -> None:
    secret = FACE[:4].astype("<f8").tobytes().hex()
    script = textwrap.dedent(CRASHES.replace("{secret}", secret))
    died = subprocess.run([sys.executable, "-c", script, how], capture_output=True, check=False)
    said = died.stdout + died.stderr
    assert b"it went wrong" in said
    assert b"uncaught" in said
    in_the_source = said.count(secret[:LENGTH].encode()) > 0
    assert in_the_source is told


DUMPS = "import os, sys; from edge_agent.crash_guard import leave_no_dump; {guard}; os.abort()"


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    def dies(guard: str) -> bytes:
        command = f"ulimit -c unlimited; {sys.executable} -c '{DUMPS.format(guard=guard)}'; true"
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}  # noqa: PTH109 - the tests' own folder
        died = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=False, env=environment)
        return died.stderr + died.stdout

    assert b"core dumped" not in dies("leave_no_dump()")
    assert not list(tmp_path.glob("core*"))
    if b"core dumped" not in dies("None"):
        pytest.skip("this system dumps no core of anybody, so that this shows little")


@pytest.mark.parametrize("needle", [FACE.tobytes()[:LENGTH], bytes(range(LENGTH))], ids=["template", "bytes"])
def test_the_search_finds_what_is_there(needle: bytes, tmp_path: Path) -> None:
    """A search that finds nothing because it cannot would be worth nothing."""
    for before in range(3):
        longer = bytes(before) + needle + b"rest"
        for hay in (longer, longer.hex().encode(), b64encode(longer), repr(longer).encode()):
            assert found({"it": needle}, b"... " + hay) == {"it"}
    assert found({"it": needle}, b"nothing at all") == set()
    assert len(set(encoded(needle))) >= 6
    (tmp_path / "log").write_bytes(needle)
    assert found_in_files({"it": needle}, tmp_path.iterdir()) == {str(tmp_path / "log"): {"it"}}
