"""At a desk: when a screen may see what the camera sees, from the first picture to the sealed record."""

import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from msgspec.structs import replace

from edge_agent.desk.asks import Leave, TryAgain, WithdrawConsent
from edge_agent.desk.view import SenseState, VisitView
from edge_agent.errors import DeskError, Refusal, SensorError
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.readings import CameraFrame, Reading
from edge_agent.supervision.gathering import LiveGathering
from edge_agent.visit_state import VisitState
from tests.desk.room import GRANTED, Room, arrive, open_room
from tests.edge_agent.stage import CHECK_IN_UTC_MS, microphone
from tests.supervision.parts import QUICK, STEP_S, clock
from tests.whole import await_true
from visit_record.record import Consent
from visit_record.vocabulary import Modality

ARRIVE = arrive("order-1", GRANTED)


@dataclass
class Lens:
    """A camera that knows which of its pictures are held by anybody, and breaks when it is told to."""

    breaks: bool = False
    opened: int = 0
    taken: list[weakref.ref[np.ndarray]] = field(default_factory=list)
    modality: Modality = Modality.FACE

    def readings(self) -> Iterator[Reading]:
        self.opened += 1
        rng = np.random.default_rng(1)
        while not self.breaks:
            time.sleep(STEP_S)
            rgb = rng.integers(0, 255, (8, 8, 3), np.uint8)
            self.taken.append(weakref.ref(rgb))
            yield CameraFrame(clock(), rgb)
            del rgb
        raise SensorError("unplugged", "被拔掉了")

    @property
    def held(self) -> int:
        return sum(one() is not None for one in self.taken)


@pytest.fixture
def lens() -> Lens:
    return Lens()


@pytest.fixture
def live(identity: Identity, outbox: Outbox, lens: Lens) -> Iterator[Room]:
    """Sensors in threads of their own, none of which is given up; a look takes two seconds."""
    gathering = LiveGathering(replace(QUICK, restarts=10_000), clock, lambda: clock() + CHECK_IN_UTC_MS)
    with open_room(identity, outbox, sensors=lambda: [lens], live=gathering, look_s=2) as room:
        yield room


def sees(room: Room) -> bool:
    """Whether a screen is shown a picture now."""
    try:
        return room.desk.mirror() is not None
    except DeskError:
        return False


def refused(room: Room) -> Refusal:
    with pytest.raises(DeskError) as error:
        room.desk.mirror()
    return error.value.refusal


def may_show(visit: VisitView) -> bool:
    return visit.look is not None and visit.look.mirrored


def in_care(room: Room) -> None:
    room.visit(lambda visit: visit.state is VisitState.IN_VISIT and not may_show(visit))


def test_a_screen_sees_at_check_in_at_another_look_and_at_check_out_and_never_in_care(live: Room, lens: Lens) -> None:
    assert refused(live) is Refusal.NOT_NOW, "nobody has come"
    live.desk.ask(ARRIVE)
    for again in (TryAgain(), Leave()):
        live.visit(may_show)
        await_true(lambda: sees(live))
        in_care(live)
        assert refused(live) is Refusal.NOT_NOW
        # What the witness and its mailbox still held of the look goes with what comes after it.
        await_true(lambda: lens.held <= 1)
        live.desk.ask(again)
    live.visit(lambda visit: visit.state is VisitState.CHECKING_OUT and may_show(visit))
    await_true(lambda: sees(live))
    live.wait(lambda view: view.sealed is not None)
    assert refused(live) is Refusal.NOT_NOW
    await_true(lambda: lens.held == 0)
    assert lens.opened == 1


def test_the_picture_changes_as_the_camera_gives_others(live: Room) -> None:
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    shown = set[int]()

    def follows() -> bool:
        frame = live.desk.mirror()
        shown.update({frame.at_ms} if frame else ())
        return len(shown) > 5

    await_true(follows)


def test_consent_taken_back_at_a_screen_leaves_nothing_to_be_seen_from_that_moment_on(live: Room, lens: Lens) -> None:
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    await_true(lambda: sees(live))
    live.desk.ask(WithdrawConsent(Modality.FACE))
    until_s = time.monotonic() + 0.5
    while time.monotonic() < until_s:
        assert refused(live) is Refusal.NOT_NOW
    live.visit(lambda visit: not may_show(visit))
    await_true(lambda: lens.held == 0)


def test_what_one_took_back_holds_for_whoever_comes_next_no_longer(live: Room) -> None:
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    live.desk.ask(WithdrawConsent(Modality.FACE))
    live.visit(lambda visit: visit.look is None)
    live.desk.ask(Leave())
    live.wait(lambda view: view.sealed is not None)
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    await_true(lambda: sees(live))


def test_a_camera_that_broke_shows_nothing_for_as_long(live: Room, lens: Lens) -> None:
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    await_true(lambda: sees(live))
    lens.breaks = True
    live.visit(lambda visit: not may_show(visit) and visit.look is not None and visit.look.looking)
    assert refused(live) is Refusal.NOT_NOW


def test_a_desk_that_is_closed_in_a_look_shows_nothing(live: Room) -> None:
    live.desk.ask(ARRIVE)
    live.visit(may_show)
    await_true(lambda: sees(live))
    live.desk.close()
    assert refused(live) is Refusal.CLOSED


def assert_nothing_is_shown(room: Room) -> None:
    """Of a visit under way, for longer than a camera takes to open."""
    room.any_visit()
    until_s = time.monotonic() + 0.6
    while time.monotonic() < until_s:
        assert refused(room) is Refusal.NOT_NOW
        seen = room.any_visit().look
        assert seen is None or not seen.mirrored


@pytest.mark.parametrize("consents", [(), tuple(Consent(one, one is not Modality.FACE, "1") for one in Modality)])
def test_without_consent_for_the_face_nothing_is_ever_seen(live: Room, lens: Lens, consents: tuple[Consent]) -> None:
    live.desk.ask(arrive("order-1", consents))
    assert_nothing_is_shown(live)
    assert lens.opened == 0


def test_a_device_without_a_mirror_looks_and_shows_nothing(identity: Identity, outbox: Outbox, lens: Lens) -> None:
    gathering = LiveGathering(QUICK, clock, lambda: clock() + CHECK_IN_UTC_MS)
    with open_room(identity, outbox, sensors=lambda: [lens], live=gathering, shows=False) as room:
        room.desk.ask(ARRIVE)
        room.visit(lambda visit: visit.look is not None and visit.look.looking)
        assert_nothing_is_shown(room)
        assert lens.opened == 1


def test_a_device_without_a_camera_has_no_mirror(identity: Identity, outbox: Outbox) -> None:
    with open_room(identity, outbox, sensors=lambda: [microphone(60)]) as room:
        room.desk.ask(ARRIVE)
        assert_nothing_is_shown(room)
        assert room.any_visit().senses[0].state is SenseState.UNUSED


def test_a_recorded_room_is_seen_at_its_own_pace(room: Room) -> None:
    room.desk.ask(ARRIVE)
    room.visit(may_show)
    await_true(lambda: sees(room))
    in_care(room)
    assert refused(room) is Refusal.NOT_NOW
