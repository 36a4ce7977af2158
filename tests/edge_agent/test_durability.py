"""What befalls disks, databases and clocks, with real files."""

import json
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs
from sqlite_utils import Database
from structlog.testing import capture_logs

from edge_agent.actions import CheckOut
from edge_agent.ages import Ages
from edge_agent.assembly import Device
from edge_agent.chain_head import ChainHead, HeadFile
from edge_agent.device_store import TABLES
from edge_agent.disk_reserve import DiskReserve
from edge_agent.errors import DamagedOutboxError, DiskFullError, OutboxError
from edge_agent.housekeeping import MS_A_DAY, Housekeeping
from edge_agent.identity import Identity, create_identity
from edge_agent.journal import ClosedJournal, Progress
from edge_agent.kernel_clock import clock_of, is_believed, kernel_clock
from edge_agent.outbox import Outbox, WaitingRecord
from edge_agent.outbox_repair import files_set_aside, open_sound_outbox
from edge_agent.past_visits import PastVisits
from edge_agent.program_settings import RetentionSettings
from edge_agent.readings import Reading
from edge_agent.running import running
from edge_agent.sealed_roster import SealedRoster
from edge_agent.settings_file import read_settings
from edge_agent.uplink import Uplink
from edge_agent.vault import Vault
from edge_agent.visit_settings import VisitSettings
from edge_agent.witness import Witness
from tests.edge_agent.broker import LiveBroker, ReceiptServer, receipt_of, signing
from tests.edge_agent.full_disk import fill, small_disk
from tests.edge_agent.recovered import cut_visits, seal_cut_visits
from tests.edge_agent.stage import CHECK_IN_UTC_MS, check_in, staged_senses, thermal
from tests.visit_record.examples import honest_visit
from visit_record.receipts import Receipt
from visit_record.record import Clock
from visit_record.sealing import digest_of, open_record, seal
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ClockSource, Ending, IntegrityKind, Modality

NOW_MS = CHECK_IN_UTC_MS
KEEPS = RetentionSettings(journals_days=180, least_free_mb=0)


def sealed(size: int) -> Callable[..., bytes]:
    return lambda link: f"{link.prev} {'x' * size} {link.seq}".encode()


def journal(began_ms: int, size: int = 200) -> ClosedJournal:
    lines = Random(began_ms).randbytes(size)
    return ClosedJournal(visit_id(began_ms, Random(began_ms).randbytes(10)), zlib.compress(lines), digest_of(lines))


def received(record: WaitingRecord) -> Receipt:
    return Receipt("device-1", record.seq, record.digest, 0, 0)


@dataclass
class Filling:
    """A thermal array; the disk is full from one of its readings on."""

    disk: Path
    at_ms: int
    modality: Modality = Modality.THERMAL

    def readings(self) -> Iterator[Reading]:
        for reading in thermal(620).staged:
            if reading.at_ms == self.at_ms:
                fill(self.disk)
            yield reading


@pytest.fixture
def witness(identity: Identity) -> Callable[[Outbox], Witness]:
    return lambda outbox: Witness(
        Device(identity.names, 7, "0.1.0", None),
        identity.key,
        outbox,
        lambda *_: staged_senses(),
        lambda at_ms: CHECK_IN_UTC_MS + at_ms,
        bounds=VisitSettings(kept_every_s=1e-6),
    )


def test_a_disk_that_fills_up_in_a_visit_costs_nothing_where_space_was_held(
    tmp_path: Path, identity: Identity, witness: Callable[[Outbox], Witness]
) -> None:
    with small_disk(tmp_path / "disk", 9_000) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        outbox.reserve = DiskReserve(disk / "outbox.reserve", 500_000)
        assert outbox.reserve.hold()
        visit = witness(outbox).witness([Filling(disk, 300_000)], [check_in(), CheckOut(600_000)])
        assert not outbox.reserve.held
        record = open_record(visit.record.sealed, lambda _kid: identity.key.public_key()).record
        assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 600.0)
        lines = outbox.journal(record.jti)
        assert lines is not None
        assert digest_of(lines) == record.commitment
        assert lines.count(b'"OccupancyObservation"') >= 590


def test_a_full_disk_keeps_no_caregiver_from_checking_in(
    tmp_path: Path, identity: Identity, witness: Callable[[Outbox], Witness]
) -> None:
    with small_disk(tmp_path / "disk", 9_000) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        outbox.reserve = DiskReserve(disk / "outbox.reserve", 4_000_000)
        assert outbox.reserve.hold()
        fill(disk)
        with capture_logs() as logs:
            visit = witness(outbox).witness([thermal(620)], [check_in(), CheckOut(600_000)])
        assert [line["event"] for line in logs].count("journal_not_kept") == 1
        record = open_record(visit.record.sealed, lambda _kid: identity.key.public_key()).record
        assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 600.0)
        assert cut_visits(outbox) == []


def test_without_it_the_visit_stays_as_far_as_it_was_kept_and_is_sealed_when_there_is_room(
    tmp_path: Path, identity: Identity, witness: Callable[[Outbox], Witness]
) -> None:
    with small_disk(tmp_path / "disk", 9_000) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        with pytest.raises(DiskFullError, match="nothing was lost"):
            witness(outbox).witness([Filling(disk, 300_000)], [check_in(), CheckOut(600_000)])
        (disk / "filler").unlink()
        (waiting,) = seal_cut_visits(witness(outbox))
        record = open_record(waiting.sealed, lambda _kid: identity.key.public_key()).record
        assert record.span.ending is Ending.INTERRUPTED
        assert 250 <= record.span.duration_s <= 300


def test_the_reserve_is_held_again_only_where_there_is_twice_as_much(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1_000) as disk:
        reserve = DiskReserve(disk / "reserve", 300_000)
        assert reserve.hold()
        assert reserve.give_up()
        assert not reserve.give_up()
        filler = fill(disk)
        assert not reserve.hold()
        filler.unlink()
        assert reserve.hold()


def test_a_program_starts_on_a_full_disk_where_space_was_held(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12_000) as disk:
        create_identity(disk / "device", "device-1", "agency-a")
        (tmp_path / "settings.toml").write_text('folder = "disk/device"\nmodels = "none.toml"\n', "utf-8")
        settings = read_settings(tmp_path / "settings.toml")
        with running(settings) as device:
            assert device.outbox.reserve.hold()
            device.outbox.append(sealed(10))
        fill(disk)
        with running(settings) as device:
            assert device.identity.boot_count == 2
            assert not device.outbox.reserve.held
            device.lived()
            assert device.outbox.append(sealed(50_000)).seq == 2
            (disk / "filler").unlink()
        with running(settings) as device:
            device.lived()
            assert device.outbox.reserve.held, "held again where there is room"


def test_whether_the_reserve_is_held_can_be_asked_while_it_is_given_up(tmp_path: Path) -> None:
    reserve, over = DiskReserve(tmp_path / "reserve", 1), threading.Event()

    def give_and_take() -> None:
        while not over.is_set():
            reserve.path.write_bytes(b"x")
            reserve.path.unlink()

    other = threading.Thread(target=give_and_take)
    other.start()
    try:
        assert {reserve.held for _ in range(20_000)} <= {True, False}
    finally:
        over.set()
        other.join()


def test_what_cannot_be_done_in_the_house_is_told_and_keeps_nothing_else_from_being_done(
    tmp_path: Path, outbox: Outbox, identity: Identity
) -> None:
    roster = SealedRoster(Vault(tmp_path / "roster.sealed", "roster", identity.key))
    (tmp_path / "roster.sealed").write_bytes(b"what a dying card left of it")
    old = outbox.append(sealed(10), journal(NOW_MS - 200 * MS_A_DAY))
    outbox.accept_all([received(old)])
    house = Housekeeping(outbox, tmp_path / "outbox.db", KEEPS, roster, PastVisits.of(outbox, identity.key))
    house.keep(NOW_MS - 200 * MS_A_DAY, clock_believed=True)
    with capture_logs() as logs:
        done = house.keep(NOW_MS, clock_believed=True)
    assert (done.failed, done.aged, done.reserve_held) == (("forgotten",), 1, True)
    assert [line["deed"] for line in logs if line["event"] == "house_not_kept"] == ["forgotten"]


def test_a_full_disk_is_no_reason_for_the_house_to_end_a_visit(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 600) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        outbox.accept_all([received(outbox.append(sealed(10), journal(NOW_MS, 20_000)))])
        fill(disk)
        done = Housekeeping(outbox, disk / "outbox.db", replace_least_free(1.0)).keep(NOW_MS, clock_believed=False)
        assert not done.reserve_held


def test_on_a_disk_that_fills_up_the_oldest_received_journals_go_and_nothing_that_waits(tmp_path: Path) -> None:
    """Six months offline after six months online, on a disk that is too small for the journals of both."""
    with small_disk(tmp_path / "disk", 7_500) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        house = Housekeeping(outbox, disk / "outbox.db", replace_least_free(1.0))
        outbox.reserve = DiskReserve(disk / "outbox.reserve", 100_000)
        online = [outbox.append(sealed(500), journal(NOW_MS + day * MS_A_DAY, 9_000)) for day in range(180)]
        outbox.accept_all([received(record) for record in online])
        offline = []
        for day in range(180, 360):
            offline.append(outbox.append(sealed(500), journal(NOW_MS + day * MS_A_DAY, 9_000)))
            house.keep(NOW_MS + day * MS_A_DAY, clock_believed=False)
        assert outbox.pending(999) == offline
        kept = {day for day in range(360) if outbox.journal(journal(NOW_MS + day * MS_A_DAY).visit) is not None}
        assert kept >= set(range(180, 360)), "a journal stays as long as its record waits"
        assert 0 < len(kept) - 180 < 180
        assert kept == set(range(min(kept), 360)), "the oldest went first"


def replace_least_free(megabytes: float) -> RetentionSettings:
    return RetentionSettings(least_free_mb=megabytes)


def test_six_months_offline_arrive_whole_and_in_order(
    outbox: Outbox, identity: Identity, server_key: Ed25519PrivateKey, broker: LiveBroker
) -> None:
    records = [outbox.append(sealed(9_000)) for _ in range(180 * 4)]
    with ReceiptServer(broker.port, signing(server_key)) as server, Uplink(broker.url, identity, outbox) as uplink:
        assert uplink.drain(120) == 0
    assert list(dict.fromkeys(server.records)) == [record.sealed for record in records]
    assert receipt_of("device-1", records[-1].sealed).seq == 720


def test_journals_have_their_time_by_a_clock_that_was_set_alone(outbox: Outbox, tmp_path: Path) -> None:
    house = Housekeeping(outbox, tmp_path / "outbox.db", KEEPS)
    kept = {}
    for days_ago in (200, 190, 10):
        kept[days_ago] = outbox.append(sealed(10), journal(NOW_MS - days_ago * MS_A_DAY))
        house.keep(NOW_MS - days_ago * MS_A_DAY, clock_believed=True)
    outbox.accept_all([received(kept[200]), received(kept[10])])
    far_future_ms = NOW_MS + 40_000 * MS_A_DAY
    assert house.keep(far_future_ms, clock_believed=False).aged == 0
    done = house.keep(NOW_MS, clock_believed=True)
    assert (done.aged, done.journals, done.waiting) == (1, 2, 1)
    assert outbox.journal(journal(NOW_MS - 200 * MS_A_DAY).visit) is None
    assert outbox.journal(journal(NOW_MS - 190 * MS_A_DAY).visit) is not None, "its record waits, however old it is"


def test_what_was_made_before_the_clock_was_set_has_its_time_from_then_on(
    tmp_path: Path, outbox: Outbox, identity: Identity
) -> None:
    built_ms = NOW_MS - 300 * MS_A_DAY
    past = PastVisits.of(outbox, identity.key)
    visit = honest_visit(jti=journal(built_ms).visit)
    made = outbox.append(
        lambda link: seal(structs.replace(visit, chain=link), identity.key), journal(built_ms), keep=past.keep
    )
    outbox.accept_all([received(made)])
    (tmp_path / f"outbox.db.damaged-{built_ms:015d}").write_bytes(b"the only copy")
    house = Housekeeping(outbox, tmp_path / "outbox.db", KEEPS, past=past)

    def gone(now_ms: int, *, clock_believed: bool = True) -> tuple[int, int, int]:
        done = house.keep(now_ms, clock_believed=clock_believed)
        return done.aged, done.past, done.damaged_files

    assert gone(built_ms, clock_believed=False) == (0, 0, 0)
    ahead_ms = NOW_MS + 4000 * MS_A_DAY
    Ages(outbox.store).see([f"outbox.db.damaged-{built_ms:015d}"], ahead_ms)
    assert gone(NOW_MS) == gone(NOW_MS + 179 * MS_A_DAY) == (0, 0, 0), "nor longer by a clock that stood ahead"
    assert gone(NOW_MS + 181 * MS_A_DAY) == (1, 1, 1)
    assert Ages(outbox.store).seen_before(NOW_MS * 2) == {visit.jti, f"outbox.db.damaged-{built_ms:015d}"}
    house.keep(NOW_MS + 182 * MS_A_DAY, clock_believed=True)
    assert Ages(outbox.store).seen_before(NOW_MS * 2) == set(), "of what is no more no age is kept"


STRAYS = (
    "outbox.db.damaged-001764000000000.gz",
    "outbox.db.damaged-old",
    "outbox.db.damaged-",
    "boot_count.damaged-00176400000000\u0663",
    "outbox.db.mended-001764000000000.gz",
    "outbox.db.mended-old",
)


def test_what_somebody_left_in_the_folder_is_neither_taken_for_the_devices_nor_in_its_way(tmp_path: Path) -> None:
    path, folder_ms, file_ms = tmp_path / "outbox.db", 1_764_000_000_000, 1_764_000_000_001
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    for stray in STRAYS:
        (tmp_path / stray).write_bytes(b"somebody's")
    (tmp_path / f"outbox.db.damaged-{folder_ms:015d}").mkdir()
    (tmp_path / f"outbox.db.damaged-{file_ms:015d}").write_bytes(b"a damaged one")
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        house = Housekeeping(outbox, path, KEEPS)
        house.keep(NOW_MS, clock_believed=True)
        done = house.keep(NOW_MS + 181 * MS_A_DAY, clock_believed=True)
        assert (outbox.head().seq, done.damaged_files, done.failed) == (1, 1, ())
    assert not (tmp_path / f"outbox.db.damaged-{file_ms:015d}").exists()
    assert all((tmp_path / stray).read_bytes() == b"somebody's" for stray in STRAYS)


def damage(path: Path, rng: Random, share: float = 0.25) -> None:
    """Whole pages overwritten, as a dying card does."""
    content = bytearray(path.read_bytes())
    pages = range(1, len(content) // 4096)
    for page in rng.sample(pages, max(1, round(len(pages) * share))):
        content[page * 4096 : (page + 1) * 4096] = rng.randbytes(4096)
    path.write_bytes(content)


def spoil(path: Path, table: str) -> None:
    """The first page of one table overwritten, and no other."""
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xa5" * 4096
    path.write_bytes(content)


def test_a_damaged_outbox_is_set_aside_and_the_chain_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        # Each reaches over three pages: one whose last is another's is read without a complaint.
        records = [outbox.append(sealed(9_000), journal(NOW_MS + day * MS_A_DAY)) for day in range(60)]
    damage(path, Random(2))
    damaged = path.read_bytes()
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        (aside,) = files_set_aside(path)
        assert aside.read_bytes() == damaged
        assert outbox.head().seq == 60
        left = outbox.pending(99)
        assert 0 < len(left) < 60
        assert set(map(tuple_of, left)) <= set(map(tuple_of, records)), "what is not what it was is not sent"
        more = outbox.append(sealed(10))
        assert more.seq == 61
        assert more.sealed.startswith(records[-1].digest.encode())
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        assert len(files_set_aside(path)) == 1


CUT_AT_EVERY_STEP = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from edge_agent.outbox_repair import open_sound_outbox

STEPS = {"os.link", "os.remove", "os.rename"}
damaged, cuts = Path(sys.argv[1]), Path(sys.argv[2])

def repair(folder, dies_at):
    steps = count(1)

    def hook(event, _):
        if event in STEPS and next(steps) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    open_sound_outbox(folder / "outbox.db", "device-1", 1)
    os._exit(0)

for step in count(1):
    folder = cuts / str(step)
    shutil.copytree(damaged, folder)
    if not (child := os.fork()):
        repair(folder, step)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


def test_a_repair_that_is_cut_at_any_step_loses_nothing_that_could_be_read(tmp_path: Path) -> None:
    damaged, cuts = tmp_path / "damaged", tmp_path / "cuts"
    damaged.mkdir()
    cuts.mkdir()
    with Outbox(damaged / "outbox.db", "device-1") as outbox:
        for day in range(60):
            outbox.append(sealed(9_000), journal(NOW_MS + day * MS_A_DAY))
    spoil(damaged / "outbox.db", "journals")
    subprocess.run([sys.executable, "-c", CUT_AT_EVERY_STEP, str(damaged), str(cuts)], check=True, timeout=60)
    # The last of them was not cut.
    *cut, whole = sorted(cuts.iterdir(), key=lambda folder: int(folder.name))
    with open_sound_outbox(whole / "outbox.db", "device-1", NOW_MS) as outbox:
        left = outbox.pending(99)
    assert len(left) == 60
    assert len(cut) > 5
    for folder in cut:
        with open_sound_outbox(folder / "outbox.db", "device-1", NOW_MS) as outbox:
            assert outbox.pending(99) == left, folder.name
            assert outbox.head().seq == 60
        (aside,) = files_set_aside(folder / "outbox.db")
        assert aside.read_bytes() == (damaged / "outbox.db").read_bytes()
        assert {one.name.partition("-")[0] for one in folder.iterdir()} == {
            "outbox.db",
            "outbox.db.damaged",
            "outbox.head.json",
        }


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"chain"}))
def test_every_table_is_taken_over(tmp_path: Path, table: str) -> None:
    path = tmp_path / "outbox.db"
    rows: dict[str, list[tuple[object, ...]]] = {
        "outbox": [(7, digest_of(b"sealed"), b"sealed")],
        "journals": [("visit", 7, digest_of(b"lines"), zlib.compress(b"lines"))],
    }
    example = {int: 7, str: "text", bytes: b"bytes"}
    row = rows.get(table, [tuple(example[kind] for kind in TABLES[table].values())])[0]
    with Outbox(path, "device-1") as outbox, outbox.store.transaction() as db:
        db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", row)
        db.execute("CREATE TABLE other AS SELECT zeroblob(9000) AS filling")
    spoil(path, "other")
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox, outbox.store.reading() as db:
        assert files_set_aside(path)
        assert db.execute(f"SELECT * FROM {table}").fetchall() == [row]


def test_a_repair_that_takes_long_is_waited_for(tmp_path: Path) -> None:
    path, works = tmp_path / "outbox.db", list[int]()
    with Outbox(path, "device-1") as outbox:
        for _ in range(20):
            outbox.append(sealed(9_000))
    spoil(path, "journals")
    with open_sound_outbox(path, "device-1", NOW_MS, lambda: works.append(1)) as outbox:
        assert len(works) > outbox.count() == 20


def test_a_repair_holds_a_row_at_a_time_and_no_table(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        for day in range(30):
            outbox.append(sealed(10), journal(NOW_MS + day * MS_A_DAY, 400_000))
    spoil(path, "outbox")
    tracemalloc.start()
    try:
        with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
            _, most_bytes = tracemalloc.get_traced_memory()
            assert outbox.journals.count() == 30
    finally:
        tracemalloc.stop()
    assert most_bytes < 4_000_000, "of twelve megabytes"


def test_a_database_that_lost_its_latest_records_uses_none_of_their_places_again(tmp_path: Path) -> None:
    path, before = tmp_path / "outbox.db", tmp_path / "before.db"
    with Outbox(path, "device-1") as outbox:
        for _ in range(3):
            outbox.append(sealed(10))
    before.write_bytes(path.read_bytes())
    with Outbox(path, "device-1") as outbox:
        records = [outbox.append(sealed(10)) for _ in range(4)]
    before.replace(path)
    with capture_logs() as logs, Outbox(path, "device-1") as outbox:
        more = outbox.append(sealed(10))
    assert more.seq == 8
    assert more.sealed.startswith(records[-1].digest.encode())
    assert [(line["event"], line["stored_seq"], line["last_seq"]) for line in logs] == [("records_lost", 3, 7)]


def test_one_that_lost_its_last_record_alone_does_not_either(tmp_path: Path) -> None:
    path, before = tmp_path / "outbox.db", tmp_path / "before.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    before.write_bytes(path.read_bytes())
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    before.replace(path)
    with Outbox(path, "device-1") as outbox:
        assert outbox.append(sealed(10)).seq == 3


def test_a_place_that_was_announced_and_never_taken_is_free(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
        # What a program leaves that dies between the file and the commit.
        HeadFile.beside(path).announce("device-1", ChainHead(2, digest_of(b"never stored")))
    with Outbox(path, "device-1") as outbox:
        assert outbox.append(sealed(10)).seq == 2
    assert {one.name for one in tmp_path.iterdir()} == {"outbox.db", "outbox.head.json"}


def tuple_of(record: WaitingRecord) -> tuple[int, str, bytes]:
    return record.seq, record.digest, record.sealed


def test_a_visit_under_way_survives_the_damage_of_other_pages(
    tmp_path: Path, witness: Callable[[Outbox], Witness]
) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox, pytest.raises(KeyError):
        witness(outbox).witness([thermal(30)], [check_in()], dict.fromkeys(range(0, 20_000, 500)).__getitem__)
    spoil(path, "outbox")
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        (waiting,) = seal_cut_visits(witness(outbox))
        assert waiting.seq == 1


NO_DATABASE: dict[str, bytes] = {
    "a text": b"this is no database, but it is long enough for one" * 9,
    "nothing but a name": b"SQLite format 3\0" + bytes(4096),
}


@pytest.mark.parametrize("case", NO_DATABASE)
def test_a_file_that_is_no_database_any_more_is_replaced(tmp_path: Path, case: str) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    path.write_bytes(NO_DATABASE[case])
    with open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        assert (outbox.head().seq, outbox.count()) == (1, 0)
    assert files_set_aside(path)[0].read_bytes() == NO_DATABASE[case]


def test_a_release_before_this_one_and_the_next_share_a_file(tmp_path: Path) -> None:
    """A release that is rolled back must find its records again, and the one after it what was under way."""
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        for added in ("open_visits", "open_lines"):
            db.execute(f"DROP TABLE {added}")
        db.commit()
    with Outbox(path, "device-1") as outbox:
        assert outbox.visits.count() == 0
        assert outbox.count() == 1


def test_where_nothing_says_where_the_chain_ended_no_new_one_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(NO_DATABASE["a text"])
    with pytest.raises(DamagedOutboxError, match="enrol the device anew"):
        open_sound_outbox(path, "device-1", NOW_MS)
    assert path.read_bytes() == NO_DATABASE["a text"]


def test_two_that_seal_at_once_leave_each_others_marks_alone(tmp_path: Path) -> None:
    path, marked = tmp_path / "outbox.db", list[int]()

    def seal_many(outbox: Outbox) -> None:
        for _ in range(100):
            outbox.append(sealed(10), keep=see)

    def see(_db: Database, record: WaitingRecord) -> None:
        if HeadFile.beside(path).before.exists():
            marked.append(record.seq)

    with Outbox(path, "device-1") as outbox:
        both = [threading.Thread(target=seal_many, args=(outbox,)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert outbox.head().seq == 200
    assert marked == [], "the mark of what was stored is gone before anybody seals"


def damage_head(path: Path) -> Path:
    head = HeadFile.beside(path).path
    head.write_bytes(b"\xa5" * 90)
    return head


def test_a_damaged_head_beside_a_whole_database_costs_no_visit_and_no_number(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        last = [outbox.append(sealed(10)) for _ in range(3)][-1]
    head = damage_head(path)
    with capture_logs() as logs, open_sound_outbox(path, "device-1", NOW_MS) as outbox:
        more = outbox.append(sealed(10))
    assert more.seq == 4
    assert more.sealed.startswith(last.digest.encode())
    assert [(line["event"], line["seq"]) for line in logs] == [("head_set_aside", 3)]
    (aside,) = files_set_aside(path)
    assert (aside.name.partition(".damaged-")[0], aside.read_bytes()) == (head.name, b"\xa5" * 90)


NOT_WHOLE: dict[str, Callable[[Path], object]] = {
    "damaged": lambda path: path.write_bytes(NO_DATABASE["a text"]),
    "emptied": lambda path: path.write_bytes(b""),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("case", NOT_WHOLE)
def test_beside_one_that_is_not_whole_no_chain_is_begun(tmp_path: Path, case: str) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
    head = damage_head(path)
    NOT_WHOLE[case](path)
    for _ in range(2):
        with pytest.raises(DamagedOutboxError, match="enrol the device anew"):
            open_sound_outbox(path, "device-1", NOW_MS)
    assert head.read_bytes() == b"\xa5" * 90


def test_what_was_announced_before_an_unreadable_mark_is_a_gap_and_no_end(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        outbox.append(sealed(10))
        HeadFile.beside(path).announce("device-1", ChainHead(2, digest_of(b"never stored")))
    before = HeadFile.beside(path).before
    before.unlink()
    before.mkdir()
    with Outbox(path, "device-1") as outbox:
        assert outbox.append(sealed(10)).seq == 3


def test_the_head_beside_is_never_behind_what_was_stored(outbox: Outbox, tmp_path: Path) -> None:
    for _ in range(3):
        record = outbox.append(sealed(10))
    named = json.loads((tmp_path / "outbox.head.json").read_bytes())
    assert named == {"seq": 3, "digest": record.digest, "device": "device-1"}
    (tmp_path / "outbox.head.json").unlink()
    (tmp_path / ".outbox.head.json.new").mkdir()
    with pytest.raises(OutboxError, match=r"head\.json"):
        outbox.append(sealed(10))
    assert outbox.head().seq == 3, "what the file could not say was not stored"


def test_a_head_of_another_device_is_refused(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.db", "device-1") as outbox:
        outbox.append(sealed(10))
    (tmp_path / "outbox.db").unlink()
    with pytest.raises(OutboxError, match="belongs to device device-1"):
        Outbox(tmp_path / "outbox.db", "device-2")


@pytest.mark.parametrize("tells_now", [True, False])
def test_a_clock_that_began_anew_at_boot_is_told_and_costs_no_visit(
    outbox: Outbox, identity: Identity, witness: Callable[[Outbox], Witness], tells_now: bool
) -> None:
    visit = [check_in(), CheckOut(60_000)]
    witness(outbox).witness([thermal(80)], visit)
    began_anew = replace(witness(outbox), wall_clock=lambda at_ms: 1_000_000_000 + at_ms, tells_now=tells_now)
    again = began_anew.witness([thermal(80)], visit)
    record = open_record(again.record.sealed, lambda _kid: identity.key.public_key()).record
    events = [(event.kind, event.at_ms) for event in record.integrity.events]
    assert events == ([(IntegrityKind.CLOCK_STEP, record.span.check_in_ms)] if tells_now else [])
    assert (record.chain.seq, record.span.duration_s) == (2, 60.0)


def test_a_record_says_how_the_clock_stood_at_its_own_check_in_and_not_when_the_program_began(
    outbox: Outbox, identity: Identity, witness: Callable[[Outbox], Witness]
) -> None:
    """A program lives for weeks: it begins before the first time comes, and may go on without a network for months."""
    unset, by_ntp = Clock(ClockSource.UNSYNCHRONISED, None), Clock(ClockSource.NTP, 0.5)
    stands = iter([unset, by_ntp, unset])
    at_work = replace(witness(outbox), clock_status=lambda: next(stands))
    for day in range(3):
        at_ms = day * MS_A_DAY
        replace(at_work, wall_clock=lambda ms, at_ms=at_ms: NOW_MS + at_ms + ms).witness(  # type: ignore[misc]
            [thermal(80)], [check_in(), CheckOut(60_000)]
        )
    records = [open_record(one.sealed, lambda _kid: identity.key.public_key()).record for one in outbox.pending(3)]
    assert [record.clock for record in records] == [unset, by_ntp, unset]


@pytest.mark.parametrize("source", [ClockSource.UNSYNCHRONISED, ClockSource.NTP])
def test_a_clock_that_tells_now_is_believed_as_the_kernel_has_it_and_that_of_a_recording_always(
    outbox: Outbox, witness: Callable[[Outbox], Witness], source: ClockSource
) -> None:
    now = replace(witness(outbox), tells_now=True, clock_status=lambda: Clock(source, None))
    assert now.clock_is_set() is (source is ClockSource.NTP)
    assert replace(now, tells_now=False).clock_is_set()


KERNEL_SAYS: dict[str, tuple[tuple[int, int, int], ClockSource]] = {
    "it is set by nobody": ((5, 0x40, 0), ClockSource.UNSYNCHRONISED),
    "it cannot be asked": ((-1, 0, 0), ClockSource.UNSYNCHRONISED),
    "it is set": ((0, 0x2001, 2_500_000), ClockSource.NTP),
}


@pytest.mark.parametrize("case", KERNEL_SAYS)
def test_what_the_kernel_says_of_its_clock(case: str) -> None:
    said, source = KERNEL_SAYS[case]
    assert clock_of(*said).source is source


def test_offsets_are_milliseconds() -> None:
    assert clock_of(0, 0x2001, 2_500_000).offset_ms == clock_of(0, 0x0001, 2_500).offset_ms == 2.5


def test_the_kernel_of_this_machine_answers() -> None:
    assert is_believed(kernel_clock()) is (kernel_clock().source is ClockSource.NTP)


def test_what_is_kept_of_a_visit_under_way_is_no_less_for_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 600) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        fill(disk)
        with pytest.raises(DiskFullError):
            for _ in range(999):
                outbox.visits.keep("visit", bytes(20_000), Progress(1))
        (disk / "filler").unlink()
        outbox.visits.keep("visit", b"more", Progress(2))
