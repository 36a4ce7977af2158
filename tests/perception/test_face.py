"""Faces: the right one is near, the other is far, a poor one is not compared, and no template shows."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.observations import FaceFlaw
from edge_agent.perception.face import FacePerceiver, FaceTemplate, enrol_face, yaw_of
from edge_agent.perception.face_library import Box, Embedding, FaceLibrary, Landmarks, Picture
from edge_agent.perception.face_pace import EmbeddingPace
from edge_agent.readings import CameraFrame
from sim.camera import SimulatedCamera
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript

HOPPER, ASTRONAUT = Portrait.GRACE_HOPPER.value, Portrait.ASTRONAUT.value


@pytest.fixture(scope="module")
def library() -> FaceLibrary:
    return FaceLibrary()


@pytest.fixture(scope="module")
def roster(library: FaceLibrary) -> Mapping[str, FaceTemplate]:
    return {portrait.value: enrol_face(_frames(700, portrait, 2), library) for portrait in Portrait}


def _frames(seed: int, portrait: Portrait | None, count: int = 1) -> list[CameraFrame]:
    shown = () if portrait is None else (Appearance(0, 10, portrait, ShownAs.LIVE),)
    script = VisitScript(seed, 0, 60.0, (), (), shown, Sky(0.0, 0.0))
    return list(SimulatedCamera(script, [1.0 + 2 * i for i in range(count)]).readings())


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("portrait", "other"), [(Portrait.GRACE_HOPPER, ASTRONAUT), (Portrait.ASTRONAUT, HOPPER)])
def test_the_expected_face_is_near_and_the_other_on_the_roster_far(
    seed: int, portrait: Portrait, other: str, library: FaceLibrary, roster: Mapping[str, FaceTemplate]
) -> None:
    (frame,) = _frames(seed, portrait)
    seen = FacePerceiver(portrait.value, roster, library).perceive(frame)
    assert seen.faces >= 1 and seen.best_other == other
    assert seen.similarity is not None and seen.similarity > 0.75
    assert seen.best_other_similarity is not None and seen.best_other_similarity < 0.45


def test_a_proxy_is_far_from_the_expected_and_near_to_themself(
    library: FaceLibrary, roster: Mapping[str, FaceTemplate]
) -> None:
    seen = FacePerceiver(ASTRONAUT, roster, library).perceive(_frames(3, Portrait.GRACE_HOPPER)[0])
    assert seen.similarity is not None and seen.similarity < 0.45
    assert seen.best_other_similarity is not None and seen.best_other_similarity > 0.75


def test_an_empty_room_has_no_face(library: FaceLibrary, roster: Mapping[str, FaceTemplate]) -> None:
    seen = FacePerceiver(HOPPER, roster, library).perceive(_frames(4, None)[0])
    assert (seen.faces, seen.similarity, seen.quality, seen.yaw) == (0, None, None, None)


def test_a_blurred_face_is_seen_but_not_compared(library: FaceLibrary, roster: Mapping[str, FaceTemplate]) -> None:
    frame = _frames(5, Portrait.ASTRONAUT)[0]
    blurred = replace(frame, rgb=np.asarray(cv2.GaussianBlur(frame.rgb, (0, 0), 4), np.uint8))
    seen = FacePerceiver(ASTRONAUT, roster, library).perceive(blurred)
    assert seen.faces >= 1 and seen.quality is not None and seen.quality < 0.1
    assert seen.similarity is None and seen.best_other is None and seen.flaw is FaceFlaw.BLURRED


def test_somebody_who_is_not_enrolled_has_no_similarity_but_still_others(
    library: FaceLibrary, roster: Mapping[str, FaceTemplate]
) -> None:
    seen = FacePerceiver("new", roster, library).perceive(_frames(6, Portrait.ASTRONAUT)[0])
    assert seen.similarity is None and seen.best_other == ASTRONAUT


def test_nobody_is_enrolled_from_an_empty_room(library: FaceLibrary) -> None:
    with pytest.raises(ValueError, match="no face"):
        enrol_face(_frames(7, None), library)


def test_printing_a_template_shows_nothing_of_it(roster: Mapping[str, FaceTemplate]) -> None:
    assert repr(roster[HOPPER]) == "FaceTemplate()"


def test_importing_perception_loads_no_face_models() -> None:
    code = "import edge_agent.perception.face, sys; sys.exit('face_recognition' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class CountingLibrary(FaceLibrary):
    """Counts what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = 0

    def embedding(self, rgb: Picture, box: Box) -> Embedding:
        self.embedded += 1
        return super().embedding(rgb, box)


def test_a_check_of_two_seconds_embeds_a_face_that_stays_twice(roster: Mapping[str, FaceTemplate]) -> None:
    engine = CountingLibrary()
    perceiver = FacePerceiver(ASTRONAUT, roster, engine, EmbeddingPace())
    (frame,) = _frames(8, Portrait.ASTRONAUT)
    seen = [perceiver.perceive(replace(frame, at_ms=200 * i)) for i in range(10)]
    assert engine.embedded == 2
    assert [one.at_ms for one in seen if one.similarity is not None] == [0, 1_000]
    assert all(one.quality and one.flaw is None for one in seen)


def test_whoever_steps_before_the_camera_after_another_is_embedded_at_once(roster: Mapping[str, FaceTemplate]) -> None:
    engine = CountingLibrary()
    perceiver = FacePerceiver(ASTRONAUT, roster, engine, EmbeddingPace())
    shown = [*_frames(8, Portrait.ASTRONAUT), *_frames(8, None), *_frames(8, Portrait.GRACE_HOPPER)]
    seen = [perceiver.perceive(replace(frame, at_ms=200 * i)) for i, frame in enumerate(shown)]
    assert engine.embedded == 2
    assert seen[0].similarity is not None and seen[2].similarity is not None
    assert seen[0].similarity > 0.75 and seen[2].similarity < 0.45


@pytest.mark.parametrize(("height", "cut"), [(112, 0.0), (112, 0.12), (112, 0.36), (60, 0.0), (1200, 0.0)])
def test_small_and_large_photographs_and_those_cut_close_are_compared_too(
    height: int, cut: float, library: FaceLibrary, roster: Mapping[str, FaceTemplate]
) -> None:
    (frame,) = _frames(9, Portrait.ASTRONAUT)
    (top, right, bottom, left), *_ = library.boxes(frame.rgb)
    margin = round((0.25 - cut) * (bottom - top))
    photo = frame.rgb[top - margin : bottom + margin, left - margin : right + margin]
    scale = height / photo.shape[0]
    sized = np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    seen = FacePerceiver(ASTRONAUT, roster, library).perceive(CameraFrame(0, sized))
    assert seen.similarity is not None and seen.similarity > 0.55


FACE: dict[str, Any] = {"jaw_left": (200, 180), "jaw_right": (340, 184), "chin": (268, 320), "nose_tip": (285, 230)}
SLOPE = st.floats(-0.5, 0.5)


@given(SLOPE, SLOPE, st.floats(0.6, 1.6), st.floats(0.6, 1.6))
def test_no_affine_view_of_a_flat_picture_turns_its_nose(shear: float, roll: float, wide: float, high: float) -> None:
    view = np.array([[wide, shear], [roll, high]])
    seen = {name: tuple((view @ point).round(6).tolist()) for name, point in FACE.items()}
    before, after = yaw_of(Landmarks(**FACE)), yaw_of(Landmarks(**seen))
    assert before is not None and after == pytest.approx(before, abs=1e-3)


def test_yaw_is_a_half_straight_ahead_and_rises_as_the_nose_goes_right() -> None:
    ahead = Landmarks((0, 0), (100, 0), (50, 100), (50, 40))
    assert yaw_of(ahead) == pytest.approx(0.5)
    assert yaw_of(replace(ahead, nose_tip=(70, 40))) == pytest.approx(0.7)


def test_landmarks_that_coincide_have_no_yaw() -> None:
    assert yaw_of(Landmarks((5, 5), (5, 5), (5, 5), (5, 5))) is None
