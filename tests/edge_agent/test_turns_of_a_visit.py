"""What may befall a visit on the device: tried again, let in otherwise, handed over, carried off, over midnight."""

from datetime import datetime
from itertools import pairwise

import pytest

from edge_agent.actions import CheckOut, HandOver, ItemStarted, LookAgain, OtherWayIn, VisitEvent
from edge_agent.assembly import Device
from edge_agent.errors import VisitStateError
from edge_agent.identity import Identity
from edge_agent.looks import MOST_LOOKS
from edge_agent.observations import FaceObservation
from edge_agent.outbox import Outbox
from edge_agent.ports import Sensor
from edge_agent.readings import PositionReading, Reading
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import VisitState
from edge_agent.witness import Witness
from edge_agent.witness_ports import WallClock
from tests.edge_agent.stage import CHECK_IN_UTC_MS, StagedSensor, all_sensors, camera, check_in, every, staged_senses
from visit_record.record import FaceEvidence, VisitRecord
from visit_record.sealing import open_record
from visit_record.vocabulary import CheckMoment, Ending, FixType, IdentityMethod, IntegrityKind, Modality

CHECKS = CheckSettings(check_in_s=10, during_every_s=60, during_s=5, check_out_s=10, frame_interval_ms=1000)
# Some 1.1 km of latitude.
FAR_DEG = 0.01


def session() -> VisitSession:
    return VisitSession(check_in(), staged_senses(), CHECKS, VisitSettings())


@pytest.fixture
def device(identity: Identity) -> Device:
    return Device(identity.names, 1, "0.1.0", None)


class Room:
    """Lives visits one after another on one device."""

    def __init__(self, identity: Identity, outbox: Outbox, device: Device) -> None:
        self.identity, self.outbox, self.device = identity, outbox, device

    def live(
        self, sensors: list[StagedSensor], events: list[VisitEvent], started_utc_ms: int = CHECK_IN_UTC_MS
    ) -> VisitRecord:
        clock: WallClock = lambda at_ms: started_utc_ms + at_ms  # noqa: E731 - an argument with a type
        witness = Witness(self.device, self.identity.key, self.outbox, lambda *_: staged_senses(), clock, CHECKS)
        opened: list[Sensor[Reading]] = list(sensors)
        visit = witness.witness(opened, events)
        assert visit.refused_actions == ()
        return open_record(visit.record.sealed, lambda _kid: self.identity.key.public_key()).record


@pytest.fixture
def room(identity: Identity, outbox: Outbox, device: Device) -> Room:
    return Room(identity, outbox, device)


def test_who_was_not_recognised_is_looked_at_again_and_every_look_is_in_the_record(room: Room) -> None:
    record = room.live([camera(120)], [check_in(), LookAgain(20_000), LookAgain(25_000), CheckOut(100_000)])
    assert isinstance(record.face, FaceEvidence)
    arrivals = [check for check in record.face.checks if check.moment is CheckMoment.CHECK_IN]
    assert len(arrivals) == 3
    # The second look was broken off by the third: frames are looked at once a second.
    assert [check.frames for check in arrivals] == [10, 5, 10]


def test_a_look_that_is_asked_for_anew_takes_its_whole_time_and_care_goes_on() -> None:
    visit = session()
    visit.happen(LookAgain(8_000))
    states = []
    for event in (ItemStarted(17_000, "feeding"), ItemStarted(18_500, "oral_care")):
        visit.happen(event)
        states.append(visit.course.state)
    assert states == [VisitState.CHECKING_IN, VisitState.IN_VISIT]


def test_nobody_is_looked_at_until_they_pass() -> None:
    visit = session()
    for look in range(MOST_LOOKS - 1):
        visit.happen(LookAgain(20_000 * (look + 1)))
    before = (visit.course.state, visit.journal.commitment())
    with pytest.raises(VisitStateError):
        visit.happen(LookAgain(visit.course.now_ms + 1))
    assert (visit.course.state, visit.journal.commitment()) == before
    assert visit.looks.left == 0


def test_the_looks_at_check_in_and_in_between_never_overlap() -> None:
    visit = session()
    for event in (LookAgain(58_000), LookAgain(119_000)):
        visit.happen(event)
    visit.happen(ItemStarted(200_000, "feeding"))
    windows = visit.windows()
    assert all(one.end_ms <= following.start_ms for one, following in pairwise(windows))
    assert [window.start_ms for window in windows] == [0, 58_000, 119_000, 180_000]


def test_the_way_in_that_was_taken_in_the_end_is_the_one_that_is_recorded(room: Room) -> None:
    record = room.live([], [check_in(), OtherWayIn(30_000, IdentityMethod.SUPERVISOR_CODE), CheckOut(60_000)])
    assert record.who.checked_in_by is IdentityMethod.SUPERVISOR_CODE


def test_two_who_hand_over_have_a_record_each_and_the_first_is_checked_out_by_it(room: Room) -> None:
    first = room.live(all_sensors(200), [check_in(), HandOver(90_000, "caregiver-2"), CheckOut(150_000)])
    second = room.live(all_sensors(200), [check_in(), CheckOut(60_000)], CHECK_IN_UTC_MS + 90_000)
    assert (first.span.ending, first.span.duration_s) == (Ending.CHECKED_OUT, 90.0)
    assert second.chain.prev is not None
    assert second.span.check_in_ms == first.span.check_out_ms


def test_at_a_handover_nobody_is_judged_by_the_face_of_the_next(room: Room) -> None:
    record = room.live([camera(200)], [check_in(), HandOver(30_000, "caregiver-2")])
    assert isinstance(record.face, FaceEvidence)
    assert [check.moment for check in record.face.checks] == [CheckMoment.CHECK_IN]


def carried(away_from_s: int, until_s: int, accuracy_m: float | None = 8.0) -> StagedSensor:
    """A receiver at home but for a while."""

    def latitude_deg(at_ms: int) -> float:
        return 31.23 + (FAR_DEG if 1000 * away_from_s <= at_ms < 1000 * until_s else 0.0)

    fixes = [PositionReading(at, FixType.FIX_3D, latitude_deg(at), 121.47, accuracy_m, 9, 1.0) for at in every(1, 400)]
    return StagedSensor(Modality.POSITION, fixes)


def test_a_device_that_is_carried_to_another_home_says_when_and_its_visit_goes_on(room: Room) -> None:
    record = room.live([carried(100, 400)], [check_in(), CheckOut(300_000)])
    assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 300.0)
    (moved,) = record.integrity.events
    assert (moved.kind, moved.at_ms) == (IntegrityKind.DEVICE_MOVED, CHECK_IN_UTC_MS + 160_000)


@pytest.mark.parametrize(
    "receiver",
    [carried(100, 150), carried(100, 400, accuracy_m=None), carried(100, 400, accuracy_m=900.0), carried(0, 400)],
    ids=["back within a minute", "of unknown accuracy", "too coarse to tell", "where the visit began"],
)
def test_a_fix_that_strays_is_no_device_that_was_moved(room: Room, receiver: StagedSensor) -> None:
    assert room.live([receiver], [check_in(), CheckOut(300_000)]).integrity.events == ()


def test_a_visit_goes_on_over_midnight(room: Room) -> None:
    before_midnight = datetime.fromisoformat("2026-01-05T23:50:00+08:00")
    started_utc_ms = round(before_midnight.timestamp() * 1000)
    events: list[VisitEvent] = [check_in(), ItemStarted(900_000, "feeding"), CheckOut(1_800_000)]
    record = room.live([], events, started_utc_ms)
    assert (record.span.ending, record.span.duration_s) == (Ending.CHECKED_OUT, 1800.0)
    assert record.span.check_out_ms == started_utc_ms + 1_800_000
    assert [claim.started_at_ms for claim in record.services.claimed] == [started_utc_ms + 900_000]


def test_looks_of_a_session_are_those_of_its_camera() -> None:
    visit = session()
    for reading in camera(40).staged:
        visit.happen(reading)
    visit.happen(LookAgain(40_000))
    for reading in camera(60).staged[80:]:
        visit.happen(reading)
    assert [seen.at_ms // 1000 for seen in visit.observations(FaceObservation)] == [*range(10), *range(40, 50)]
