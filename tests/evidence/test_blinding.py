"""A covered camera and a muted microphone are told of; darkness, a broken sensor and a quiet room are not."""

import numpy as np
import pytest

from edge_agent.evidence.blinding import covered_at_ms, muted_at_ms
from edge_agent.observations import FaceObservation, SoundObservation
from edge_agent.perception.face_quality import is_black
from sim.camera import SimulatedCamera
from sim.script import Conditions, Deed, Sky, VisitScript
from visit_record.vocabulary import IntegrityKind, SoundCue

NOTHING = (0.0,) * len(SoundCue)


def looks(*black: bool) -> list[FaceObservation]:
    return [FaceObservation(1000 * at_s, faces=0, black=empty) for at_s, empty in enumerate(black)]


def sounds(*levels_dbfs: float) -> list[SoundObservation]:
    return [SoundObservation(480 * index, NOTHING, level) for index, level in enumerate(levels_dbfs)]


def test_camera_that_was_lit_and_then_shows_nothing_is_covered() -> None:
    assert covered_at_ms(looks(False, False, True, True, True)) == 2000


@pytest.mark.parametrize("seen", [(True, True, True), (False, True, False), (False, False), ()])
def test_dark_room_and_a_hand_that_passes_are_no_cover(seen: tuple[bool, ...]) -> None:
    assert covered_at_ms(looks(*seen)) is None


def test_microphone_that_falls_into_a_silence_that_no_room_has_is_muted() -> None:
    assert muted_at_ms(sounds(*[-40.0] * 100, *[-120.0] * 100)) == 48_000


@pytest.mark.parametrize(
    "levels",
    [[-120.0] * 200, [-40.0, *[-120.0] * 30, -40.0], [-40.0, *[-80.0] * 200], []],
    ids=["never worked", "a moment", "a quiet room", "nothing heard"],
)
def test_broken_microphone_a_moment_and_a_quiet_room_are_not_muted(levels: list[float]) -> None:
    assert muted_at_ms(sounds(*levels)) is None


@pytest.mark.parametrize(("light", "black"), [(1.0, False), (0.25, False), (0.0, True)])
def test_picture_is_black_when_no_light_comes_in(light: float, black: bool) -> None:
    script = VisitScript(1, 0, 60.0, (), (), (), Sky(0, 0), Conditions(light=light))
    assert is_black(next(SimulatedCamera(script, [1.0]).readings()).rgb) is black


def test_covered_lens_is_black_and_a_white_wall_is_not() -> None:
    deeds = (Deed(0.0, IntegrityKind.CAMERA_COVERED),)
    script = VisitScript(1, 0, 60.0, (), (), (), Sky(0, 0), deeds=deeds)
    assert is_black(next(SimulatedCamera(script, [1.0]).readings()).rgb)
    assert not is_black(np.full((480, 640, 3), 240, np.uint8))
