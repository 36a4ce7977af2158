import os
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Never

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from edge_agent.actions import CheckOut, ItemStarted, VisitEvent
from edge_agent.assembly import Device, Occasion
from edge_agent.check_plan import asker
from edge_agent.errors import OutboxError
from edge_agent.identity import Identity
from edge_agent.journal import Journal
from edge_agent.machine import boot_id
from edge_agent.outbox import Outbox, WaitingRecord
from edge_agent.past_visits import PastVisits
from edge_agent.readings import ThermalFrame
from edge_agent.recovery import seal_cut
from edge_agent.sealer import Sealer
from edge_agent.senses import Senses
from edge_agent.sole_witness import sole_witness
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.witness import Witness
from tests.edge_agent.recovered import RELEASE, cut_visits, seal_cut_visits
from tests.edge_agent.stage import (
    CHECK_IN_UTC_MS,
    WARM,
    StagedSensor,
    all_sensors,
    check_in,
    microphone,
    staged_senses,
    thermal,
)
from visit_record.record import FaceEvidence, SoundEvidence, VisitRecord
from visit_record.sealing import digest_of, open_record
from visit_record.vocabulary import Ending, IntegrityKind, Modality

CHECKS = CheckSettings(check_in_s=10, during_every_s=200, during_s=5, check_out_s=10)
VISIT: list[VisitEvent] = [check_in(), ItemStarted(60_000, "feeding"), CheckOut(600_000)]


class PlugPulledError(Exception):
    """Stands for the end of the program: nothing of the witness runs after it."""


class DyingOutbox(Outbox):
    """The program ends at the last moment."""

    def append(self, *_: object, **_also: object) -> Never:
        raise PlugPulledError


@pytest.fixture
def witness(identity: Identity, outbox: Outbox) -> Witness:
    return Witness(
        device=Device(identity.names, 7, "0.1.0", None),
        key=identity.key,
        outbox=outbox,
        open_senses=lambda *_: staged_senses(),
        wall_clock=lambda at_ms: CHECK_IN_UTC_MS + at_ms,
        checks=CHECKS,
        boot="first start",
        # Each happening takes 40 ms, five a second of the visit: it is stored every five seconds.
        now_s=count(1.0, 0.04).__next__,
    )


def pull_plug(witness: Witness, at_ms: int, sensors: list[StagedSensor], events: list[VisitEvent] = VISIT) -> None:
    def until(now_ms: int) -> None:
        if now_ms >= at_ms:
            raise PlugPulledError

    with pytest.raises(PlugPulledError):
        witness.witness(sensors, events, until)


def after(witness: Witness, **changes: Any) -> Witness:  # noqa: ANN401
    return replace(witness, **({"boot": "second start"} | changes))


@pytest.fixture
def opened(identity: Identity) -> Callable[[bytes], VisitRecord]:
    return lambda sealed: open_record(sealed, lambda _kid: identity.key.public_key()).record


Opened = Callable[[bytes], VisitRecord]


def test_a_visit_cut_by_power_is_sealed_with_what_was_seen(witness: Witness, opened: Opened) -> None:
    pull_plug(witness, 300_000, all_sensors(620))
    (record,) = (opened(one.sealed) for one in seal_cut_visits(after(witness)))
    assert (record.span.ending, record.span.check_in_ms) == (Ending.INTERRUPTED, CHECK_IN_UTC_MS)
    assert 294 <= record.span.duration_s <= 300
    assert [event.kind for event in record.integrity.events] == [IntegrityKind.POWER_LOSS]
    assert isinstance(record.face, FaceEvidence)
    assert isinstance(record.sound, SoundEvidence)
    covers = {cover.modality: cover.observed_share for cover in record.integrity.coverage}
    assert all(share > 0.95 for share in covers.values()), covers
    assert [claim.item for claim in record.services.claimed] == ["feeding"]


def test_its_record_is_as_if_it_had_ended_then(witness: Witness, opened: Opened, tmp_path: Path) -> None:
    """What was stored while the visit lasted says the same as the memory of a program that lived on."""
    entropy = bytes(range(10))
    one = after(witness, entropy=lambda _count: entropy, boot="x")
    pull_plug(one, 300_000, all_sensors(620))
    (cut,) = cut_visits(one.outbox)
    recovered = opened(seal_cut(one.sealer, one.boot, cut).sealed)
    with Outbox(tmp_path / "other.db", "device-1") as other:
        lived_on = after(one, outbox=other).witness(all_sensors(cut.progress.now_ms / 1000 + 0.5), VISIT[:2])
        expected = opened(lived_on.record.sealed)
    assert recovered.face == expected.face
    assert recovered.sound == expected.sound
    assert recovered.occupancy == expected.occupancy
    assert recovered.voice == expected.voice
    assert recovered.where == expected.where
    assert recovered.services == expected.services


def test_the_commitment_is_the_hash_of_what_was_kept(witness: Witness, opened: Opened, outbox: Outbox) -> None:
    pull_plug(witness, 300_000, all_sensors(620))
    (kept,) = cut_visits(outbox)
    (waiting,) = seal_cut_visits(after(witness))
    record = opened(waiting.sealed)
    lines = outbox.journal(record.jti)
    assert lines is not None
    assert record.jti == kept.begun.visit
    assert digest_of(lines) == record.commitment
    assert lines.startswith(kept.lines)
    assert cut_visits(outbox) == []


def test_a_cut_costs_at_most_the_last_second_of_the_program(witness: Witness, outbox: Outbox) -> None:
    at_s = count(1.0, 0.5)
    pull_plug(after(witness, now_s=at_s.__next__), 30_000, [thermal(620), microphone(620)])
    (kept,) = cut_visits(outbox)
    # Two readings a second, each after half a second.
    assert 28_000 <= kept.progress.now_ms <= 30_000


def test_what_people_do_is_stored_at_once(witness: Witness, outbox: Outbox) -> None:
    pull_plug(after(witness, now_s=lambda: 1.0), 61_000, [thermal(620)])
    (kept,) = cut_visits(outbox)
    assert b'"ItemStarted"' in kept.lines
    assert kept.progress.now_ms == 60_000


def test_a_program_that_died_lost_no_power(witness: Witness, opened: Opened) -> None:
    pull_plug(witness, 300_000, all_sensors(620))
    (sealed,) = seal_cut_visits(after(witness, boot="first start"))
    record = opened(sealed.sealed)
    assert record.span.ending is Ending.INTERRUPTED
    assert record.integrity.events == ()


def test_a_long_visit_that_is_cut_is_no_more_abandoned_than_one_that_goes_on(witness: Witness, opened: Opened) -> None:
    """Six hours were ordered, and the power failed in the sixth; nor is it one where the settings changed meanwhile."""
    told, hour_ms = check_in(), 3_600_000
    assert told.order is not None
    long = structs.replace(told, order=structs.replace(told.order, planned_duration_s=6 * 3600.0))
    array = StagedSensor(Modality.THERMAL, [ThermalFrame(at_ms, WARM) for at_ms in range(0, 6 * hour_ms, 60_000)])
    pull_plug(witness, 5 * hour_ms, [array], [long])
    (waiting,) = seal_cut_visits(after(witness, bounds=VisitSettings(forgotten_after_s=60)))
    span = opened(waiting.sealed).span
    assert span.ending is Ending.INTERRUPTED
    assert 4.5 * 3600 < span.duration_s <= 5 * 3600


def test_who_had_checked_out_has_checked_out(witness: Witness, opened: Opened) -> None:
    pull_plug(witness, 603_000, all_sensors(620))
    (sealed,) = seal_cut_visits(after(witness))
    record = opened(sealed.sealed)
    assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 600.0)


def test_a_visit_that_ended_and_was_not_sealed_is_sealed_once(
    witness: Witness, opened: Opened, outbox: Outbox, tmp_path: Path
) -> None:
    with DyingOutbox(tmp_path / "outbox.db", "device-1") as dying, pytest.raises(PlugPulledError):
        after(witness, outbox=dying).witness(all_sensors(620), VISIT)
    (sealed,) = seal_cut_visits(after(witness))
    assert opened(sealed.sealed).span.ending is Ending.CHECKED_OUT
    assert list(seal_cut_visits(after(witness))) == []
    assert outbox.count() == 1


def test_what_was_sealed_is_never_sealed_twice_whatever_a_damaged_database_tells(
    witness: Witness, outbox: Outbox
) -> None:
    pull_plug(witness, 60_000, all_sensors(620))
    (cut,) = cut_visits(outbox)
    assert len(list(seal_cut_visits(after(witness)))) == 1
    outbox.visits.begin(cut.begun)
    assert list(seal_cut_visits(after(witness))) == []
    assert outbox.count() == 1


def test_power_that_fails_while_models_load_leaves_the_visit(witness: Witness, opened: Opened) -> None:
    def dies(*_: object) -> Any:  # noqa: ANN401
        raise PlugPulledError

    with pytest.raises(PlugPulledError):
        after(witness, open_senses=dies).witness(all_sensors(620), VISIT)
    (sealed,) = seal_cut_visits(after(witness, boot="third start"))
    record = opened(sealed.sealed)
    assert (record.span.ending, record.span.duration_s) == (Ending.INTERRUPTED, 0.0)


def test_what_was_asked_of_a_face_is_remembered(witness: Witness, outbox: Outbox) -> None:
    pull_plug(after(witness, ask=asker(CHECKS, Random(3))), 300_000, all_sensors(620))
    (cut,) = cut_visits(outbox)
    again = VisitSession(check_in(), Senses(), CHECKS, cut.begun.bounds)
    again.recall(Journal(cut.lines), cut.progress)
    assert again.windows()[0].challenge is not None


def test_a_recalled_visit_has_come_as_far_and_heard_as_much_as_was_kept(witness: Witness, outbox: Outbox) -> None:
    pull_plug(witness, 300_000, all_sensors(620))
    (cut,) = cut_visits(outbox)
    again = VisitSession(check_in(), Senses(), CHECKS, cut.begun.bounds)
    kept = structs.replace(cut.progress, now_ms=cut.progress.now_ms + 1)
    again.recall(Journal(cut.lines), kept)
    assert (again.course.now_ms, again.sensing.heard_ms) == (kept.now_ms, kept.heard_ms)
    assert kept.heard_ms > 290_000


def test_a_lost_sensor_stays_lost(witness: Witness, opened: Opened) -> None:
    pull_plug(witness, 300_000, [microphone(100, fails="unplugged"), thermal(620)])
    (sealed,) = seal_cut_visits(after(witness))
    events = {(event.kind, event.modality) for event in opened(sealed.sealed).integrity.events}
    assert (IntegrityKind.SENSOR_LOST, Modality.SOUND) in events


def test_each_of_several_cut_visits_is_sealed_in_the_order_in_which_they_began(
    witness: Witness, opened: Opened
) -> None:
    later = after(witness, wall_clock=lambda at_ms: CHECK_IN_UTC_MS + 7_200_000 + at_ms)
    for one in (witness, later):
        pull_plug(one, 50_000, all_sensors(620))
    records = [opened(one.sealed) for one in seal_cut_visits(after(witness, boot="third"))]
    assert [record.span.check_in_ms for record in records] == [CHECK_IN_UTC_MS, CHECK_IN_UTC_MS + 7_200_000]
    assert [record.chain.seq for record in records] == [1, 2]


def test_a_line_of_a_later_version_stays_in_the_journal(witness: Witness, opened: Opened, outbox: Outbox) -> None:
    pull_plug(witness, 300_000, all_sensors(620))
    (cut,) = cut_visits(outbox)
    outbox.visits.keep(cut.begun.visit, b'{"type":"SmellObservation","at_ms":5}\n', cut.progress)
    (sealed,) = seal_cut_visits(after(witness))
    record = opened(sealed.sealed)
    lines = outbox.journal(record.jti)
    assert lines is not None
    assert b"SmellObservation" in lines
    assert digest_of(lines) == record.commitment


UNREADABLE: dict[str, tuple[str, bytes]] = {
    "no JSON": ("begun", b"\xa5\x00"),
    "a word of a later version": ("begun", b'{"check_in":{"caregiver":"caregiver-9","method":"palm"}}'),
    "how far it had come": ("progress", b"[]"),
}


def spoil(outbox: Outbox, visit: str, column: str, content: bytes) -> None:
    with outbox.store.transaction() as db:
        db.execute(f"UPDATE open_visits SET {column} = ? WHERE visit = ?", (content, visit))


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_visit_that_cannot_be_read_is_kept_and_told_and_costs_no_other(witness: Witness, case: str) -> None:
    outbox = witness.outbox
    later = after(witness, wall_clock=lambda at_ms: CHECK_IN_UTC_MS + 7_200_000 + at_ms)
    for one in (witness, later):
        pull_plug(one, 50_000, all_sensors(620))
    bad, good = outbox.visits.unsealed(RELEASE)
    spoil(outbox, bad, *UNREADABLE[case])
    with capture_logs() as logs:
        assert len(seal_cut_visits(after(witness))) == 1
        assert seal_cut_visits(after(witness)) == []
    told = [line for line in logs if line["event"] == "visit_left_open"]
    assert [line["visit"] for line in told] == [bad], "once by each release"
    assert "palm" not in str(told)
    assert outbox.journal(good) is not None
    assert outbox.visits.count() == 1
    assert outbox.visits.unsealed("another one") == [bad], "one that can read it seals it"


def test_whom_an_unreadable_visit_names_is_still_known_by_name(witness: Witness) -> None:
    pull_plug(witness, 50_000, all_sensors(620))
    (visit,) = witness.outbox.visits.unsealed(RELEASE)
    assert {"caregiver-1", "recipient-1"} <= witness.outbox.visits.named()
    later = b'{"check_in":{"caregiver":"caregiver-9","recipient":"recipient-9","method":"palm"},"more":1}'
    spoil(witness.outbox, visit, "begun", later)
    assert witness.outbox.visits.named() == {"caregiver-9", "recipient-9"}


class CannotAssemble(Sealer):
    """Whatever it is, it goes wrong while the record is made."""

    def seal(self, session: VisitSession, occasion: Occasion) -> WaitingRecord:
        if occasion.clock.check_in_utc_ms == CHECK_IN_UTC_MS:
            raise ZeroDivisionError
        return super().seal(session, occasion)


def test_whatever_goes_wrong_with_one_visit_costs_no_other(witness: Witness) -> None:
    later = after(witness, wall_clock=lambda at_ms: CHECK_IN_UTC_MS + 7_200_000 + at_ms)
    for one in (witness, later):
        pull_plug(one, 50_000, all_sensors(620))
    cannot = CannotAssemble(witness.device, witness.key, witness.outbox)
    assert len(seal_cut_visits(witness, sealer=cannot)) == 1
    assert len(seal_cut_visits(after(witness), "another one")) == 1


LEAVES_OPEN = """
import sys
from pathlib import Path
from edge_agent.bootstrap.program import release
from edge_agent.left_open import LeftOpen
from edge_agent.outbox import Outbox
def fail():
    raise ZeroDivisionError
with Outbox(Path(sys.argv[1]), "device-1") as outbox:
    left_open = LeftOpen(outbox.visits, release())
    for visit in left_open.unsealed():
        print(visit)
        left_open.add(visit, fail)
"""


def test_what_one_release_leaves_open_the_next_of_the_same_version_tries_again(
    tmp_path: Path, witness: Witness
) -> None:
    pull_plug(witness, 50_000, all_sensors(620))
    (visit,) = witness.outbox.visits.unsealed(RELEASE)
    current = tmp_path / "current"

    def tried(sequence: str) -> list[str]:
        release = tmp_path / sequence
        venv.create(release, symlinks=True)
        current.unlink(missing_ok=True)
        current.symlink_to(release)
        command = [str(current / "bin" / "python"), "-c", LEAVES_OPEN, str(tmp_path / "outbox.db")]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
        return [line for line in run.stdout.splitlines() if line == visit]

    assert [tried(one) for one in ("000001", "000001", "000002", "000002")] == [[visit], [], [visit], []]


def test_a_visit_whose_journal_alone_is_lost_is_not_sealed_again(witness: Witness, identity: Identity) -> None:
    outbox = witness.outbox
    remembers = after(witness, past=PastVisits.of(outbox, identity.key))
    pull_plug(remembers, 60_000, all_sensors(620))
    (cut,) = cut_visits(outbox)
    assert len(seal_cut_visits(remembers)) == 1
    outbox.visits.begin(cut.begun)
    with outbox.store.transaction() as db:
        db.execute("DELETE FROM journals")
    assert cut_visits(outbox) == []
    assert seal_cut_visits(remembers) == []
    assert outbox.count() == 1


def test_only_one_program_witnesses_in_a_folder(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from edge_agent.sole_witness import sole_witness
with sole_witness(Path(sys.argv[1])):
    print("holds", flush=True)
    sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdout.readline() == b"holds\n"
    with pytest.raises(OutboxError, match="another edge-agent"), sole_witness(tmp_path):
        pass
    other.kill()
    other.communicate()
    with sole_witness(tmp_path):
        pass


def test_the_kernel_names_its_start(tmp_path: Path) -> None:
    assert boot_id() == boot_id() != ""
    assert boot_id(tmp_path / "absent") == ""
