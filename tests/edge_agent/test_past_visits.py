"""What a device keeps of past visits and notes: sealed at rest, in one transaction with the chain, for its time."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from edge_agent.actions import CheckOut
from edge_agent.assembly import Device
from edge_agent.errors import DiskFullError
from edge_agent.housekeeping import MS_A_DAY, Housekeeping
from edge_agent.identity import Identity, create_identity
from edge_agent.note_writing import NoteWriter, Written
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import open_sound_outbox
from edge_agent.outbox_view import view_outbox
from edge_agent.past_visit import PastRoom, told_of
from edge_agent.past_visits import Delivery, KeptVisit, PastVisits
from edge_agent.program_settings import RetentionSettings
from edge_agent.redaction import ids_in
from edge_agent.uplink import Uplink
from edge_agent.witness import Witness
from tests.edge_agent.broker import LiveBroker, ReceiptServer
from tests.edge_agent.full_disk import fill, small_disk
from tests.edge_agent.stage import CHECK_IN_UTC_MS, all_sensors, check_in, staged_senses
from tests.edge_agent.test_durability import received
from tests.visit_record.examples import honest_visit
from visit_record.errors import RefusedError
from visit_record.note_sealing import open_note, open_sealed
from visit_record.receipts import Receipt, sign_receipt
from visit_record.record import FaceEvidence, Liveness, NotObserved, OccupancyEvidence
from visit_record.sealing import digest_of
from visit_record.vocabulary import ContestReason, IdentityMethod, LivenessMethod, NotObservedReason

LATE = "I left at half past ten. 我十点半才走。"


class Home:
    """A device in a home: lives visits and writes notes about them."""

    def __init__(self, identity: Identity, outbox: Outbox) -> None:
        self.outbox, self.past = outbox, PastVisits.of(outbox, identity.key)
        self.device = Device(identity.names, 7, "0.1.0", None)
        self.key = identity.key
        self.writer = NoteWriter(self.device, identity.key, outbox, self.past)

    def visit(self, day: int = 0) -> KeptVisit:
        """Live a visit of so many days after the first."""
        began_ms = CHECK_IN_UTC_MS + day * MS_A_DAY
        witness = Witness(
            self.device,
            self.key,
            self.outbox,
            lambda *_: staged_senses(),
            lambda at_ms: began_ms + at_ms,
            past=self.past,
        )
        witness.witness(all_sensors(620), [check_in(), CheckOut(600_000)])
        return self.kept()[0]

    def kept(self, caregiver: str = "caregiver-1") -> list[KeptVisit]:
        return self.past.of_caregiver(caregiver)

    def note(self, about: KeptVisit, text: str | None = LATE) -> int:
        written = Written(about.said, IdentityMethod.PIN, ContestReason.TIME, text)
        return self.writer.write(written, CHECK_IN_UTC_MS + 700_000)


@pytest.fixture
def home(identity: Identity, outbox: Outbox) -> Home:
    return Home(identity, outbox)


def test_a_visit_is_remembered_as_it_was_sealed_and_for_its_own_caregiver(home: Home) -> None:
    kept = home.visit()
    (record,) = home.outbox.pending(9)
    assert (kept.said.digest, kept.said.seq, kept.delivery, kept.notes) == (record.digest, 1, Delivery.WAITING, ())
    assert kept.said.room is not None
    assert kept.said.room.most_people == 2
    assert home.kept("caregiver-2") == []
    home.outbox.accept(received(record))
    assert [one.delivery for one in home.kept()] == [Delivery.RECEIVED]


def test_a_note_is_the_next_link_of_the_chain_and_is_remembered_beside_its_visit(home: Home) -> None:
    first, second = home.visit(), home.visit(1)
    assert home.note(first) == 3
    assert home.visit(2).said.seq == 4
    sealed = home.outbox.pending(9)
    note = open_note(sealed[2].sealed, lambda _kid: home.key.public_key()).note
    assert note.chain.prev == sealed[1].digest
    assert (note.about.digest, note.caregiver, note.text) == (sealed[0].digest, "caregiver-1", LATE)
    notes = {one.said.seq: [(kept.note, kept.delivery) for kept in one.notes] for one in home.kept()}
    assert notes == {1: [(note, Delivery.WAITING)], second.said.seq: [], 4: []}


@pytest.mark.parametrize("text", ["a\x1b[2J", "abc\u202edef", "\ud800", "x" * 501])
def test_what_no_server_would_take_is_refused_and_leaves_the_chain_as_it_was(home: Home, text: str) -> None:
    kept = home.visit()
    with pytest.raises(RefusedError):
        home.note(kept, text)
    assert (home.outbox.head().seq, home.outbox.count(), home.kept()[0].notes) == (1, 1, ())


def test_nobody_reads_it_without_the_devices_key(home: Home, tmp_path: Path) -> None:
    home.note(home.visit())
    home.outbox.accept_all([received(one) for one in home.outbox.pending(9)])
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db:
        rows = db.execute("SELECT sealed FROM past_visits UNION ALL SELECT sealed FROM past_notes").fetchall()
    assert len(rows) == 2
    for needle in (LATE.encode(), b"half past", b"caregiver-1", b"recipient-1"):
        assert not any(needle in sealed for (sealed,) in rows)
    stranger = create_identity(tmp_path / "stranger", "device-1", "agency-a")
    assert PastVisits.of(home.outbox, stranger.key).of_caregiver("caregiver-1") == []


def test_a_row_that_was_put_in_anothers_place_is_not_shown_and_hides_no_other(home: Home, tmp_path: Path) -> None:
    home.visit()
    home.visit(1)
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db:
        db.execute("UPDATE past_visits SET sealed = (SELECT sealed FROM past_visits WHERE seq = 1)")
        db.commit()
    assert [one.said.seq for one in home.kept()] == [1]


def test_a_row_of_another_version_hides_no_other(home: Home, tmp_path: Path) -> None:
    first = home.visit()
    home.note(first)
    home.note(home.visit(1))
    odd = msgspec.msgpack.encode({"visit": "later", "ending": "a word of a later version"})
    rows = (home.past.seal.seal(odd, first.said.visit), home.past.seal.seal(odd, "note 2"))
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db:
        db.execute("UPDATE past_visits SET sealed = ? WHERE seq = 1", rows[:1])
        db.execute("UPDATE past_notes SET sealed = ? WHERE seq = 2", rows[1:])
        db.commit()
    with capture_logs() as logs:
        kept = home.kept()
    assert [(one.said.seq, len(one.notes)) for one in kept] == [(3, 1)]
    assert "a word" not in str(logs), "a log has no values of what is sealed"


def test_what_waits_outlives_its_time_and_what_was_received_does_not(home: Home, tmp_path: Path) -> None:
    home.note(home.visit())
    home.note(home.visit(100))
    first, note, *_ = home.outbox.pending(9)
    settings = RetentionSettings(past_visits_days=90, least_free_mb=0)
    house = Housekeeping(home.outbox, tmp_path / "outbox.db", settings, past=home.past)
    house.keep(CHECK_IN_UTC_MS, clock_believed=True)
    later_ms = CHECK_IN_UTC_MS + 120 * MS_A_DAY
    assert house.keep(later_ms, clock_believed=True).past == 0
    home.outbox.accept_all([received(first)])
    assert house.keep(later_ms, clock_believed=False).past == 0
    assert house.keep(later_ms, clock_believed=True).past == 1
    assert [len(one.notes) for one in home.kept()] == [1]
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as db:
        counted = "SELECT count(*) FROM past_notes"
        assert db.execute(counted).fetchone()[0] == 2, "it waits"
        home.outbox.accept_all([received(note)])
        house.keep(later_ms, clock_believed=True)
        assert db.execute(counted).fetchone()[0] == 1
        assert db.execute("SELECT seq FROM past_received").fetchall() == []


def test_a_full_disk_takes_no_note_says_so_and_stays_whole(identity: Identity, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 1_500) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        home = Home(identity, outbox)
        kept = home.visit()
        fill(disk)
        with pytest.raises(DiskFullError):
            for _ in range(200):
                home.note(kept)
        (disk / "filler").unlink()
        notes = len(home.kept()[0].notes)
        assert (outbox.head().seq, outbox.count()) == (notes + 1, notes + 1)
        assert home.note(kept) == notes + 2


def test_a_note_leaves_the_space_that_is_held_for_the_visit_under_way(identity: Identity, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 10_000) as disk, Outbox(disk / "outbox.db", "device-1") as outbox:
        home = Home(identity, outbox)
        kept = home.visit()
        assert outbox.reserve.hold()
        fill(disk)
        with pytest.raises(DiskFullError):
            for _ in range(200):
                home.note(kept)
        assert outbox.reserve.held
        assert outbox.reserve.size <= outbox.reserve.path.stat().st_blocks * 512
        before = outbox.head().seq
        assert outbox.append(lambda _link: bytes(50_000)).seq == before + 1, "a record is stored into it"
        assert not outbox.reserve.held


def lose_a_table(path: Path, table: str) -> None:
    """One page overwritten, from which the table's others are found."""
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = Random(3).randbytes(4096)
    path.write_bytes(content)


def test_a_damaged_database_gives_back_what_can_be_read(identity: Identity, tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        home = Home(identity, outbox)
        for day in range(3):
            home.note(home.visit(day))
    lose_a_table(path, "journals")
    with open_sound_outbox(path, "device-1", CHECK_IN_UTC_MS) as outbox:
        home = Home(identity, outbox)
        assert outbox.head().seq == 6
        assert [(one.said.seq, [note.note.text for note in one.notes]) for one in home.kept()] == [
            (5, [LATE]),
            (3, [LATE]),
            (1, [LATE]),
        ]
        assert home.visit(20).said.seq == 7


def test_what_was_lost_with_a_damaged_database_is_not_said_to_have_arrived(identity: Identity, tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1") as outbox:
        home = Home(identity, outbox)
        for day in range(2):
            home.note(home.visit(day))
        outbox.accept_all([received(one) for one in outbox.pending(2)])
    lose_a_table(path, "outbox")
    with open_sound_outbox(path, "device-1", CHECK_IN_UTC_MS) as outbox:
        assert outbox.count() == 0
        later, earlier = Home(identity, outbox).kept()
    assert (earlier.delivery, earlier.notes[0].delivery) == (Delivery.RECEIVED, Delivery.RECEIVED)
    assert (later.delivery, later.notes[0].delivery) == (Delivery.LOST, Delivery.LOST)


def test_notes_travel_as_records_do(
    home: Home, identity: Identity, broker: LiveBroker, server_key: Ed25519PrivateKey
) -> None:
    def answer(device: str, sealed: bytes) -> list[bytes]:
        seq = open_sealed(sealed, lambda _kid: home.key.public_key()).said.chain.seq
        return [sign_receipt(Receipt(device, seq, digest_of(sealed), 0, 0), server_key)]

    home.note(home.visit())
    with ReceiptServer(broker.port, answer) as server, Uplink(broker.url, identity, home.outbox) as uplink:
        assert uplink.drain(20) == 0
    assert len(server.records) == 2
    (kept,) = home.kept()
    assert (kept.delivery, [one.delivery for one in kept.notes]) == (Delivery.RECEIVED, [Delivery.RECEIVED])


def test_an_operator_and_a_support_bundle_meet_no_surprise_in_a_note(
    home: Home, identity: Identity, tmp_path: Path
) -> None:
    kept = home.visit()
    home.note(kept)
    home.outbox.accept(received(home.outbox.pending(1)[0]))
    oldest = view_outbox(tmp_path / "outbox.db", identity).oldest
    assert oldest is not None
    assert (oldest.seq, oldest.visit) == (2, kept.said.visit)
    assert "caregiver-1" in ids_in(home.outbox, home.key.public_key())
    assert home.outbox.journals.oldest_waiting_ms() is None


def test_what_was_not_observed_is_told_as_such() -> None:
    blind = NotObserved(NotObservedReason.CONSENT_WITHHELD)
    said = told_of(honest_visit(face=blind, voice=blind, occupancy=blind, sound=blind), "ab" * 32)
    assert (said.looks, said.room, said.heard) == ((), None, ())
    seen = told_of(honest_visit(), "ab" * 32)
    assert seen.looks
    assert seen.heard == tuple(sorted(seen.heard, key=lambda one: -one[1]))


@pytest.mark.parametrize(
    ("liveness", "moved", "against"),
    [
        (Liveness(LivenessMethod.CHALLENGE, True, 1.0), True, None),
        (Liveness(LivenessMethod.CHALLENGE, False, 0.0), False, LivenessMethod.CHALLENGE),
        # All that was asked for was done, and the screen is not to say that it was not.
        (Liveness(LivenessMethod.WARM_FACE, False, 0.0), False, LivenessMethod.WARM_FACE),
        (Liveness(LivenessMethod.HEAD_TURN, True, 0.2), False, None),
        (NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL), False, None),
    ],
)
def test_a_look_says_what_was_asked_for_and_what_spoke_against_a_living_face(
    liveness: Liveness | NotObserved, moved: bool, against: LivenessMethod | None
) -> None:
    record = honest_visit()
    assert isinstance(record.face, FaceEvidence)
    check = msgspec.structs.replace(record.face.checks[0], liveness=liveness)
    said = told_of(honest_visit(face=msgspec.structs.replace(record.face, checks=(check,))), "ab" * 32)
    assert [(one.moved, one.against) for one in said.looks] == [(moved, against)]


def test_where_the_array_could_not_tell_nothing_is_counted_as_nought() -> None:
    record = honest_visit()
    assert isinstance(record.occupancy, OccupancyEvidence)
    untold, other = (
        msgspec.structs.replace(record.occupancy.intervals[0], duration_s=60.0, people=1, **told)
        for told in (
            {"bed_occupied": None, "caregiver_at_bedside": None, "two_close": False},
            {"bed_occupied": None, "caregiver_at_bedside": True, "two_close": False},
        )
    )
    seen = msgspec.structs.replace(record.occupancy, intervals=(untold, other))
    room = told_of(honest_visit(occupancy=seen), "ab" * 32).room
    assert room == PastRoom(1, None, 60.0, 0.0)
