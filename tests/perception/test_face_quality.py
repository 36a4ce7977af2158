"""The quality gate: each flaw is told by its name, and light, noise and contrast alone pass for no blur."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.observations import FaceFlaw
from edge_agent.perception.face_library import Box, Picture
from edge_agent.perception.face_quality import SIZE, FaceQuality, Ramp, quality_of
from sim.portraits import load_portrait
from sim.script import Portrait

HEIGHT_PX = 160.0
BOX: Box = (95, 290, 255, 130)


@pytest.fixture(scope="module", params=list(Portrait))
def face(request: pytest.FixtureRequest) -> Picture:
    return load_portrait(request.param).rgb


def _motion(rgb: Picture, length: int, *, upright: bool) -> Picture:
    kernel = np.full((length, 1) if upright else (1, length), 1 / length, np.float32)
    return np.asarray(cv2.filter2D(rgb, -1, kernel), np.uint8)


def _lit(rgb: Picture, gain: float) -> Picture:
    return np.asarray(np.clip(rgb * gain, 0, 255), np.uint8)


SPOILT: dict[str, tuple[Callable[[Picture], Picture], float, float | None, FaceFlaw | None]] = {
    "as it is": (lambda rgb: rgb, HEIGHT_PX, 0.5, None),
    "far away": (lambda rgb: rgb, 15.0, 0.5, FaceFlaw.TOO_SMALL),
    "looking aside": (lambda rgb: rgb, HEIGHT_PX, 0.95, FaceFlaw.TURNED),
    "without sensible landmarks": (lambda rgb: rgb, HEIGHT_PX, None, FaceFlaw.TURNED),
    "out of focus": (lambda rgb: np.asarray(cv2.GaussianBlur(rgb, (0, 0), 8), np.uint8), 160.0, 0.5, FaceFlaw.BLURRED),
    "shaken sideways": (lambda rgb: _motion(rgb, 40, upright=False), HEIGHT_PX, 0.5, FaceFlaw.BLURRED),
    "nodding": (lambda rgb: _motion(rgb, 40, upright=True), HEIGHT_PX, 0.5, FaceFlaw.BLURRED),
    "in the dark": (lambda rgb: _lit(rgb, 0.03), HEIGHT_PX, 0.5, FaceFlaw.DARK),
    "in the glare": (lambda rgb: _lit(rgb, 6.0), HEIGHT_PX, 0.5, FaceFlaw.BRIGHT),
    "in little light": (lambda rgb: _lit(rgb, 0.3), HEIGHT_PX, 0.5, None),
}


@pytest.mark.parametrize("case", SPOILT)
def test_each_flaw_is_told_by_its_name(case: str, face: Picture) -> None:
    spoil, height_px, yaw, flaw = SPOILT[case]
    quality = quality_of(spoil(face), BOX, height_px, yaw)
    assert quality.flaw is flaw
    assert (quality.overall == 0.0) is (flaw is not None)


@pytest.mark.parametrize("gain", [0.3, 0.6, 1.1])
def test_sharpness_does_not_follow_the_light(face: Picture, gain: float) -> None:
    before, after = (quality_of(rgb, BOX, HEIGHT_PX, 0.5).sharpness for rgb in (face, _lit(face, gain)))
    assert after == pytest.approx(before, abs=0.1)


def test_light_from_one_side_is_no_blur(face: Picture) -> None:
    shade = np.linspace(1, 0.15, face.shape[1], dtype=np.float32)[None, :, None]
    assert quality_of(np.asarray(face * shade, np.uint8), BOX, HEIGHT_PX, 0.5).flaw is None


def test_noise_over_a_blurred_face_does_not_make_it_sharp(face: Picture) -> None:
    blurred = cv2.GaussianBlur(face, (0, 0), 10) + np.random.default_rng(1).normal(0, 6, face.shape)
    assert quality_of(np.clip(blurred, 0, 255).astype(np.uint8), BOX, HEIGHT_PX, 0.5).flaw is FaceFlaw.BLURRED


def test_a_cause_is_told_before_what_follows_from_it() -> None:
    assert FaceQuality(size=0, sharpness=0, turn=1, darkness=0, brightness=1).flaw is FaceFlaw.TOO_SMALL
    assert FaceQuality(size=1, sharpness=0, turn=1, darkness=0, brightness=1).flaw is FaceFlaw.DARK


@pytest.mark.parametrize("box", [(-20, 440, 430, -30), (0, 420, 420, 0)])
def test_a_box_that_reaches_over_the_edge_is_judged_by_what_is_there(face: Picture, box: Box) -> None:
    assert 0 < quality_of(face, box, HEIGHT_PX, 0.5).overall <= 1


def test_a_face_of_one_colour_is_no_sharp_one() -> None:
    assert quality_of(np.full((300, 300, 3), 128, np.uint8), BOX, HEIGHT_PX, 0.5).flaw is FaceFlaw.BLURRED


@given(st.floats(0, 400), st.floats(0, 400))
def test_nearer_is_never_worse(one_px: float, other_px: float) -> None:
    near, far = max(one_px, other_px), min(one_px, other_px)
    assert 0.0 <= SIZE(far) <= SIZE(near) <= 1.0


def test_a_ramp_may_fall() -> None:
    falling = Ramp(poor=0.5, good=0.1)
    assert [falling(value) for value in (0.0, 0.1, 0.3, 0.5, 0.9)] == pytest.approx([1, 1, 0.5, 0, 0])
