"""What a mirror holds, and how soon it lets go of it."""

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from edge_agent.actions import ConsentWithdrawn, VisitEvent
from edge_agent.check_plan import CheckWindow
from edge_agent.errors import DeskError, Refusal, SensorError
from edge_agent.mirror import Mirror, mirrored, mirrored_when_due
from edge_agent.readings import CameraFrame, Reading
from edge_agent.timeline import merged
from tests.edge_agent.stage import StagedSensor, camera, check_in, microphone
from visit_record.vocabulary import CheckMoment, Modality

LOOK = CheckWindow(CheckMoment.CHECK_IN, 1_000, 13_000)
LEAVING = CheckWindow(CheckMoment.CHECK_OUT, 600_000, 612_000)


@dataclass
class Pictures:
    """Takes pictures, and knows which of them are still held by anybody."""

    taken: list[weakref.ref[np.ndarray]] = field(default_factory=list)

    def at(self, at_ms: int) -> CameraFrame:
        frame = CameraFrame(at_ms, np.full((480, 640, 3), at_ms % 251, np.uint8))
        self.taken.append(weakref.ref(frame.rgb))
        return frame

    @property
    def held(self) -> int:
        return sum(one() is not None for one in self.taken)


def seen(mirror: Mirror, now_ms: int) -> int | None:
    """When the picture that may be seen was taken."""
    frame = mirror.picture(now_ms)
    return frame.at_ms if frame else None


def is_dark(mirror: Mirror, now_ms: int) -> bool:
    try:
        mirror.picture(now_ms)
    except DeskError as error:
        return error.refusal is Refusal.NOT_NOW
    return False


def test_of_all_pictures_of_a_look_only_the_last_is_held() -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    assert seen(mirror, 1_100) is None, "the camera has given nothing yet"
    for at_ms in range(1_000, 12_000, 200):
        mirror.take(pictures.at(at_ms))
        assert pictures.held == 1
        assert seen(mirror, at_ms + 50) == at_ms


@pytest.mark.parametrize("at_ms", [0, 999, 13_000, 300_000])
def test_a_picture_outside_the_look_is_dropped_with_the_one_before(at_ms: int) -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    mirror.take(pictures.at(2_000))
    mirror.take(pictures.at(at_ms))
    assert pictures.held == 0
    assert seen(mirror, 2_500) is None


def test_nothing_is_held_before_anybody_is_looked_at() -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.take(pictures.at(2_000))
    assert (pictures.held, is_dark(mirror, 2_000)) == (0, True)


def test_when_the_look_is_over_nothing_is_held_though_the_camera_gives_nothing_more() -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    mirror.take(pictures.at(12_900))
    assert is_dark(mirror, 13_000), "whoever asks late is shown nothing, though nobody said that the look is over"
    assert pictures.held == 0


def test_a_look_that_ends_early_takes_its_picture_with_it() -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    mirror.take(pictures.at(2_000))
    mirror.look(None)
    assert (pictures.held, is_dark(mirror, 2_000)) == (0, True)


def test_consent_taken_back_covers_it_until_the_next_visit_whatever_is_still_on_its_way() -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    mirror.take(pictures.at(2_000))
    mirror.heed(ConsentWithdrawn(2_100, Modality.FACE))
    assert pictures.held == 0
    # The witness has not heard of it yet, and neither has the camera's own thread.
    mirror.look(LOOK)
    mirror.take(pictures.at(2_200))
    assert (pictures.held, is_dark(mirror, 2_300)) == (0, True)
    mirror.begin()
    mirror.look(LEAVING)
    mirror.take(pictures.at(600_000))
    assert seen(mirror, 600_100) == 600_000


@pytest.mark.parametrize("event", [ConsentWithdrawn(2_000, Modality.SOUND), check_in()])
def test_what_is_said_of_other_senses_leaves_it_as_it_is(event: VisitEvent) -> None:
    mirror, pictures = Mirror(), Pictures()
    mirror.look(LOOK)
    mirror.take(pictures.at(2_000))
    mirror.heed(event)
    assert seen(mirror, 2_100) == 2_000


@dataclass
class Opened:
    """A camera that counts how often it is opened, and knows that it was closed."""

    opened: int = 0
    closed: bool = False
    modality: Modality = Modality.FACE

    def readings(self) -> Iterator[Reading]:
        self.opened += 1
        try:
            for at_ms in range(1_000, 3_000, 200):
                yield CameraFrame(at_ms, np.zeros((2, 2, 3), np.uint8))
            raise SensorError("unplugged", "被拔掉了")
        finally:
            self.closed = True


def test_a_camera_before_it_is_opened_once_hands_on_all_and_fails_as_itself() -> None:
    mirror, lens, ear = Mirror(), Opened(), microphone(2)
    mirror.look(LOOK)
    eye, other = mirrored([lens, ear], mirror)
    assert (eye.modality, other, lens.opened) == (Modality.FACE, ear, 0)
    given = []
    with pytest.raises(SensorError, match="unplugged"):
        for reading in eye.readings():
            given.append(reading.at_ms)
            assert seen(mirror, reading.at_ms) == reading.at_ms
    assert (given, lens.opened, lens.closed) == (list(range(1_000, 3_000, 200)), 1, True)


def test_a_camera_that_is_closed_before_it_is_closed_itself() -> None:
    lens = Opened()
    (eye,) = mirrored([lens], Mirror())
    readings = eye.readings()
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    assert lens.closed


def test_a_recording_is_read_ahead_and_seen_when_it_is_due() -> None:
    mirror, recorded = Mirror(), camera(10)
    mirror.look(CheckWindow(CheckMoment.CHECK_IN, 0, 5_000))
    for happening in mirrored_when_due(merged, mirror)([], [recorded], 0):
        if happening.at_ms < 5_000:
            assert seen(mirror, 4_999) == happening.at_ms
        else:
            assert seen(mirror, 4_999) is None


def test_what_gathers_is_closed_through_it() -> None:
    sensor = StagedSensor(Modality.FACE, [])
    lens = Opened()
    gathered = mirrored_when_due(merged, Mirror())([], [sensor, lens], 0)
    next(gathered)
    gathered.close()
    assert lens.closed
