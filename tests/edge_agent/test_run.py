import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from matplotlib import cbook

from edge_agent.identity import create_identity, open_identity, pin_server_key
from edge_agent.notify import STARTING
from edge_agent.outbox import Outbox
from tests.commands.call import Called, call
from tests.edge_agent.broker import LiveBroker, ReceiptServer
from tests.edge_agent.supervisor import listening
from visit_record.catalogue import service_items
from visit_record.receipts import Receipt, sign_receipt
from visit_record.record import FaceEvidence, Fix, NotObserved, OccupancyEvidence, SoundEvidence, VisitRecord
from visit_record.sealing import digest_of, open_record
from visit_record.vocabulary import Ending, IntegrityKind, Modality

VISIT = """
started_at = 2026-01-05T09:00:00+08:00
caregiver = "caregiver-1"
recipient = "recipient-1"
check_out_s = 20
withheld = ["voice"]
[order]
order = "order-1"
planned_start = 2026-01-05T09:00:00+08:00
planned_duration_s = 3600
items = ["feeding"]
[camera]
path = "camera"
rate_hz = 0.25
[microphone]
path = "room.wav"
[thermal]
path = "thermal.npy"
rate_hz = 2
[position]
path = "receiver.nmea"
[[enrolled]]
caregiver = "caregiver-1"
faces = ["camera/portrait.png"]
[[action]]
at_s = 2
do = "start"
item = "feeding"
[[action]]
at_s = 18
do = "finish"
item = "feeding"
"""


@pytest.fixture
def device(tmp_path: Path, registry: Path) -> Path:
    create_identity(tmp_path / "device", "device-1", "agency-a")
    settings = f'folder = "device"\nmodels = "{registry}"\n[site]\nlatitude_deg = 31.23\nlongitude_deg = 121.47\n'
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    (tmp_path / "visit.toml").write_text(VISIT, "utf-8")
    record_a_visit(tmp_path)
    return tmp_path


def record_a_visit(folder: Path) -> None:
    rng = np.random.default_rng(3)
    (folder / "camera").mkdir()
    portrait = cv2.imread(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)))
    assert portrait is not None
    cv2.imwrite(str(folder / "camera" / "portrait.png"), portrait)
    soundfile.write(folder / "room.wav", rng.normal(0, 0.05, 21 * 16_000).astype(np.float32), 16_000)
    np.save(folder / "thermal.npy", rng.normal(22, 0.3, (42, 8, 8)).astype(np.float32))
    (folder / "receiver.nmea").write_text("".join(fixes(21)), "ascii")


def fixes(seconds: int) -> Iterator[str]:
    for second in range(seconds):
        body = f"GPGGA,0100{second:02d}.00,3113.8000,N,12128.2000,E,1,09,1.0,10.0,M,0.0,M,,"
        checksum = 0
        for byte in body.encode():
            checksum ^= byte
        yield f"${body}*{checksum:02X}\r\n"


def run(device: Path, capsys: pytest.CaptureFixture[str]) -> Called:
    return call(capsys, "run", "--settings", device / "settings.toml", "--replay", device / "visit.toml")


def sealed_in(device: Path) -> VisitRecord:
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        (waiting,) = outbox.pending(9)
    return open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record


def test_a_visit_from_files_goes_through_the_real_models_into_the_outbox(
    device: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    called = run(device, capsys)
    assert called.status == 0, called.err
    record = sealed_in(device)
    assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 20.0)
    assert record.bootcount == 1
    # Voice was withheld: what its model would have said is in no part of the record.
    assert set(record.models) >= {"care_sound", "occupancy"}
    assert "voiceprint" not in record.models
    assert isinstance(record.face, FaceEvidence)
    similarity = record.face.checks[0].similarity
    assert similarity is not None
    assert similarity > 0.9
    assert isinstance(record.sound, SoundEvidence)
    assert isinstance(record.voice, NotObserved)
    assert isinstance(record.occupancy, OccupancyEvidence)
    assert isinstance(record.where.check_in, Fix)
    assert record.where.check_in.distance_to_site_m == pytest.approx(0, abs=20)
    assert [claim.duration_s for claim in record.services.claimed] == [16.0]
    assert record.integrity.events == ()


def test_the_visit_is_sent_on_when_a_broker_is_set(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    def answer(name: str, sealed: bytes) -> list[bytes]:
        return [sign_receipt(Receipt(name, 1, digest_of(sealed), 0, 0), server_key)]

    pin_server_key(device / "device", server_key.public_key())
    with (device / "settings.toml").open("a") as settings:
        settings.write(f'[broker]\nurl = "{broker.url}"\n')
    with ReceiptServer(broker.port, answer) as server:
        called = run(device, capsys)
    assert called.status == 0, called.err
    assert "waiting: 0" in called.out
    assert len(server.records) == 1
    told = json.loads(call(capsys, "outbox", "--folder", device / "device", "--json").out)
    assert (told["waiting"], told["head"]["seq"]) == (0, 1)


def set_broker(device: Path, url: str, drain_s: float, trusted: Ed25519PrivateKey) -> None:
    pin_server_key(device / "device", trusted.public_key())
    with (device / "settings.toml").open("a") as settings:
        settings.write(f'[broker]\nurl = "{url}"\ndrain_s = {drain_s}\n')


def test_a_visit_that_gets_no_receipt_is_an_error_that_says_what_to_do_and_the_visit_stays(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    set_broker(device, broker.url, 0.5, server_key)
    called = run(device, capsys)
    assert called.status == 1
    assert "waiting: 1" in called.out
    assert called.err.count("\n") == 1
    assert "1 条记录没有回执" in called.err
    assert "enrolled there" in called.err
    assert sealed_in(device).chain.seq == 1


def test_without_a_pinned_key_the_visit_stays_and_that_is_said(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker
) -> None:
    with (device / "settings.toml").open("a") as settings:
        settings.write(f'[broker]\nurl = "{broker.url}"\n')
    called = run(device, capsys)
    assert called.status == 1
    assert "no server key is pinned" in called.err
    assert called.err.count("\n") == 1
    assert sealed_in(device).chain.seq == 1


def test_with_a_damaged_server_key_the_visit_stays_and_goes_once_the_key_is_pinned_again(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    def answer(name: str, sealed: bytes) -> list[bytes]:
        return [sign_receipt(Receipt(name, 1, digest_of(sealed), 0, 0), server_key)]

    set_broker(device, broker.url, 2, server_key)
    pinned = device / "device" / "server.jwk.json"
    backup = pinned.read_bytes()
    pinned.write_bytes(backup[:20])
    with ReceiptServer(broker.port, answer) as server:
        called = run(device, capsys)
        assert server.records == []
    assert called.status == 1
    assert "the file with the server's key is damaged" in called.err
    assert "`edge-agent pin`" in called.err
    assert sealed_in(device).chain.seq == 1
    (device / "key").write_bytes(backup)
    assert call(capsys, "pin", "--folder", device / "device", device / "key").status == 0
    with ReceiptServer(broker.port, answer) as server:
        run(device, capsys)
        assert len(server.records) == 2


@pytest.mark.parametrize("left", [b"", b"many"])
def test_with_a_damaged_count_of_starts_the_device_starts_and_seals_a_visit(
    device: Path, capsys: pytest.CaptureFixture[str], left: bytes
) -> None:
    assert run(device, capsys).status == 0
    (device / "device" / "boot_count").write_bytes(left)
    called = run(device, capsys)
    assert called.status == 0, called.err
    identity = open_identity(device / "device")
    with Outbox(device / "device" / "outbox.db", "device-1") as outbox:
        sealed = [open_record(one.sealed, lambda _kid: identity.key.public_key()).record for one in outbox.pending(9)]
    assert [(record.chain.seq, record.bootcount) for record in sealed] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"kty":"RSA","crv":"","x":""}'])
def test_what_is_no_key_is_not_pinned(device: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    pin_server_key(device / "device", key)
    (device / "key").write_bytes(content)
    called = call(capsys, "pin", "--folder", device / "device", device / "key")
    assert (called.status, called.out) == (1, "")
    assert "is not a trusted party's key" in called.err
    assert open_identity(device / "device").server_key == key


def test_receipts_by_a_key_that_is_not_pinned_are_told_as_such(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    stranger = Ed25519PrivateKey.generate()
    set_broker(device, broker.url, 2, server_key)
    with ReceiptServer(
        broker.port,
        lambda name, sealed: [sign_receipt(Receipt(name, 1, digest_of(sealed), 0, 0), stranger)],
    ):
        called = run(device, capsys)
    assert called.status == 1
    assert "server.jwk.json" in called.err
    assert sealed_in(device).chain.seq == 1


def test_some_receipts_are_no_error_but_what_still_waits_is_told(
    device: Path, capsys: pytest.CaptureFixture[str], broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    def first_alone(name: str, sealed: bytes) -> list[bytes]:
        return [sign_receipt(Receipt(name, 1, digest_of(sealed), 0, 0), server_key)]

    assert run(device, capsys).status == 0
    set_broker(device, broker.url, 2, server_key)
    with ReceiptServer(broker.port, first_alone):
        called = run(device, capsys)
    assert called.status == 0
    assert "1 records wait" in called.err
    assert "enrolled there" in called.err
    assert sealed_in(device).chain.seq == 2


def test_no_broker_is_one_clear_line_and_the_visit_stays(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pin_server_key(device / "device", Ed25519PrivateKey.generate().public_key())
    with (device / "settings.toml").open("a") as settings:
        settings.write('[broker]\nurl = "mqtt://127.0.0.1:1"\n')
    called = run(device, capsys)
    assert called.status == 1
    assert called.err.count("\n") == 1
    assert "does not answer" in called.err
    assert sealed_in(device).chain.seq == 1


def test_a_recording_that_is_cut_short_is_told_and_the_visit_is_kept(
    device: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (device / "room.wav").read_bytes()
    (device / "room.wav").write_bytes(whole[: len(whole) // 2])
    called = run(device, capsys)
    assert called.status == 0
    assert "room.wav" in called.err
    lost = [(event.kind, event.modality) for event in sealed_in(device).integrity.events]
    assert lost == [(IntegrityKind.SENSOR_LOST, Modality.SOUND)]


def test_without_a_visit_nobody_can_check_in_and_nothing_is_sealed(
    device: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    called = call(capsys, "run", "--settings", device / "settings.toml")
    assert (called.status, called.out) == (1, "")
    assert called.err.count("\n") == 1
    assert "--visit WHO.toml" in called.err
    assert not (device / "device" / "outbox.db").exists()
    assert open_identity(device / "device").boot_count == 0


SLIPS: dict[str, tuple[str, str]] = {
    "a file that is not there": ("room.wav", "rome.wav"),
    "a time without offset": ("2026-01-05T09:00:00+08:00\ncaregiver", "2026-01-05T09:00:00\ncaregiver"),
    "a sense that is none": ('withheld = ["voice"]', 'withheld = ["smell"]'),
    "an action that is none": ('do = "finish"', 'do = "forget"'),
    "a name that would leave its topic": ('caregiver = "caregiver-1"\nrecipient', 'caregiver = "../x"\nrecipient'),
    "an item that is done and in no catalogue": ('do = "start"\nitem = "feeding"', 'do = "start"\nitem = "nonsense"'),
    "an item that is ordered and in no catalogue": ('items = ["feeding"]', 'items = ["nonsense"]'),
    "check-out before check-in": ("check_out_s = 20", "check_out_s = -5"),
}


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_in_the_visit_s_file_is_one_clear_line(
    device: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    right, wrong = SLIPS[case]
    (device / "visit.toml").write_text(VISIT.replace(right, wrong, 1), "utf-8")
    called = run(device, capsys)
    assert called.status == 1
    assert called.err.count("\n") == 1
    assert not (device / "device" / "outbox.db").exists()
    assert open_identity(device / "device").boot_count == 0


def test_an_action_that_cannot_be_is_told_in_chinese_first(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (device / "visit.toml").write_text(VISIT.replace('do = "finish"', 'do = "start"', 1), "utf-8")
    told = run(device, capsys).err
    assert "服务进行到这一步时不能这样做，详情见英文 · feeding has been begun already\n" in told


def test_an_unknown_item_is_answered_with_the_catalogue(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (device / "visit.toml").write_text(VISIT.replace('item = "feeding"', 'item = "nonsense"', 1), "utf-8")
    told = run(device, capsys).err
    assert "nonsense" in told
    assert all(item in told for item in service_items())


def test_a_supervisor_hears_that_the_witness_is_ready_and_that_it_ends(
    device: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(device / "notify"))
    monkeypatch.setenv("CAREWITNESS_ALIVE", str(device / "alive.json"))
    with listening(str(device / "notify")) as supervisor:
        assert run(device, capsys).status == 0
        heard = supervisor.all()
    assert (*heard[:2], heard[-1]) == (STARTING, "READY=1", "STOPPING=1")
    assert set(heard[2:-1]) <= {"WATCHDOG=1"}
    assert not (device / "alive.json").exists()
