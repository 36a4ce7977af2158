"""Cues of one look: a display's grid, MiniFASNet's input, warmth only from the array's last frame."""

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from edge_agent.observations import FaceObservation
from edge_agent.perception.antispoof import ROLES, AntiSpoof, model_input
from edge_agent.perception.array_view import Area, ArrayView
from edge_agent.perception.face_cues import ANTISPOOF_EVERY_MS, WARMTH_HOLDS_MS, FaceCues
from edge_agent.perception.face_library import Landmarks
from edge_agent.perception.liveness import MOST_GRID
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.presentation import grid_peak
from edge_agent.readings import ThermalFrame
from models.liveness.evaluate import store_of
from sim.portraits import load_portrait
from sim.script import Portrait

BOX = (140, 420, 340, 220)
EYES = (((260, 200), (270, 195), (280, 195), (290, 200), (280, 205), (270, 205)),) * 2
POINTS = Landmarks((225, 220), (415, 220), (320, 335), (320, 260), *EYES)
FACE = FaceObservation(0, 1, yaw=0.5)
WHOLE = ArrayView(Area(0, 0, 1, 1))


def _skin(seed: int = 1) -> NDArray[np.uint8]:
    """An even face under a camera's noise, with shading and a dark eye or two."""
    rng = np.random.default_rng(seed)
    rgb = np.full((480, 640, 3), (190, 150, 130), np.float32)
    rgb *= np.linspace(0.8, 1.1, 640, dtype=np.float32)[None, :, None]
    for x in (275, 365):
        cv2.ellipse(rgb, (x, 200), (16, 7), 0, 0, 360, (40, 30, 30), -1)
    return np.clip(rgb + rng.normal(0, 3, (480, 640, 1)), 0, 255).astype(np.uint8)


def _wave(pitch_px: float, share: float) -> NDArray[np.float32]:
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    return np.asarray(1 + share * np.cos(2 * np.pi * (x + 0.4 * y) / pitch_px), np.float32)[..., None]


@pytest.mark.parametrize("pitch_px", [3.0, 4.7, 9.0])
def test_a_displays_grid_stands_out_and_a_cameras_noise_does_not(pitch_px: float) -> None:
    skin = _skin()
    display = np.clip(skin * _wave(pitch_px, 0.02), 0, 255).astype(np.uint8)
    plain, shown = grid_peak(skin, BOX), grid_peak(display, BOX)
    assert plain is not None and shown is not None
    assert plain < MOST_GRID < shown


def test_a_face_too_small_for_a_grid_cannot_tell() -> None:
    assert grid_peak(_skin(), (200, 320, 300, 220)) is None
    assert grid_peak(_skin(), (-40, 100, 160, -100)) is None


def test_a_picture_that_was_enlarged_is_not_searched_for_a_grid() -> None:
    small = _skin()[:320]
    assert FaceCues().fill(FACE, small, (100, 420, 300, 220), POINTS).grid is None
    assert FaceCues().fill(FACE, _skin(), BOX, POINTS).grid is not None


def test_eyes_are_more_open_than_shut_ones_and_missing_ones_are_not_shut() -> None:
    seen = FaceCues().fill(FACE, _skin(), BOX, POINTS)
    shut = tuple((x, 200) for x, _ in EYES[0])
    narrow = FaceCues().fill(FACE, _skin(), BOX, replace(POINTS, eye_left=shut, eye_right=shut))
    none = FaceCues().fill(FACE, _skin(), BOX, replace(POINTS, eye_left=(), eye_right=()))
    assert seen.eyes_open is not None and narrow.eyes_open == 0.0 and seen.eyes_open > 0.05
    assert (none.eyes_open, none.face_share) == (None, None)
    assert seen.face_share == pytest.approx(142.3 / 480, abs=0.001)


def test_a_wholly_black_picture_shows_no_eyes() -> None:
    assert FaceCues().fill(FACE, np.zeros((480, 640, 3), np.uint8), BOX, POINTS).eyes_open is None


def _heat(at_ms: int, face_c: float) -> ThermalFrame:
    celsius = np.random.default_rng(2).normal(22, 0.1, (24, 32)).astype(np.float32)
    celsius[6:18, 10:22] += face_c - 22
    return ThermalFrame(at_ms, celsius)


def test_warmth_is_the_arrays_last_frame_and_goes_stale() -> None:
    cues = FaceCues(view=WHOLE)
    assert cues.fill(FACE, _skin(), BOX, POINTS).warm is None
    cues.feel(_heat(0, 33.5))
    assert cues.fill(FACE, _skin(), BOX, POINTS).warm is True
    assert cues.fill(FaceObservation(WARMTH_HOLDS_MS + 1, 1), _skin(), BOX, POINTS).warm is None
    cues.feel(_heat(2_000, 22.5))
    assert cues.fill(FaceObservation(2_100, 1), _skin(), BOX, POINTS).warm is False


def test_without_a_view_no_heat_is_kept_or_judged() -> None:
    cues = FaceCues()
    cues.feel(_heat(0, 33.5))
    assert cues.fill(FACE, _skin(), BOX, POINTS).warm is None


def test_minifasnets_input_is_blue_first_and_not_divided() -> None:
    rgb = np.zeros((480, 640, 3), np.uint8)
    rgb[...] = (250, 120, 10)
    image = model_input(rgb, BOX, 2.7)
    assert image.shape == (1, 3, 80, 80) and image.dtype == np.float32
    assert image[0, :, 40, 40].tolist() == [10.0, 120.0, 250.0]


@pytest.mark.parametrize(
    ("box", "scale"), [(BOX, 4.0), ((0, 200, 200, 0), 2.7), ((300, 640, 480, 460), 4.0), ((0, 640, 480, 0), 2.7)]
)
def test_a_crop_beyond_the_picture_is_moved_back_into_it(box: tuple[int, int, int, int], scale: float) -> None:
    image = model_input(np.full((480, 640, 3), 200, np.uint8), box, scale)
    assert (image == 200).all()


def _store(folder: Path) -> ModelStore:
    """Models whose logits are the means of blue, green and red."""
    image = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 80, 80])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 3])
    node = helper.make_node("ReduceMean", ["input"], ["logits"], axes=[2, 3], keepdims=0)
    graph = helper.make_graph([node], "means", [image], [logits])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(folder / "means.onnx"))
    digest = hashlib.sha256((folder / "means.onnx").read_bytes()).hexdigest()
    return ModelStore(folder, {role: ModelEntry(role, "means.onnx", digest, "", "", "", "", "") for role in ROLES})


def test_minifasnet_is_asked_once_a_second_and_says_the_softmax_of_its_second_class(tmp_path: Path) -> None:
    cues = FaceCues(AntiSpoof(_store(tmp_path)))
    green = np.zeros((480, 640, 3), np.uint8)
    green[..., 1] = 9
    told = [cues.fill(FaceObservation(at, 1), green, BOX, POINTS).live_probability for at in range(0, 2_001, 250)]
    asked = [number for number, probability in enumerate(told) if probability is not None]
    assert asked == [0, ANTISPOOF_EVERY_MS // 250, 2 * ANTISPOOF_EVERY_MS // 250]
    assert told[0] == pytest.approx(1 / (1 + 2 * np.exp(-9)), abs=1e-3)


def test_minifasnet_is_held_only_where_both_files_are(tmp_path: Path) -> None:
    store = _store(tmp_path)
    assert AntiSpoof.held(store)
    assert not AntiSpoof.held(ModelStore(tmp_path, {"antispoof_2_7": store.entries["antispoof_2_7"]}))
    (tmp_path / "means.onnx").unlink()
    assert not AntiSpoof.held(store)


@pytest.mark.realdata
def test_the_real_minifasnet_takes_a_portrait_for_alive_and_the_same_divided_for_a_picture(realdata: Path) -> None:
    folder = realdata.parent / "models"
    if not (folder / "2.7_80x80_MiniFASNetV2.onnx").is_file():
        pytest.skip(f"the two MiniFASNet files are not in {folder}")
    model = AntiSpoof(store_of(folder))
    rgb = load_portrait(Portrait.ASTRONAUT).rgb
    dark = (rgb / 255).astype(np.uint8)
    box = (117, 282, 252, 147)
    assert model.live_probability(rgb, box) > 0.5 > model.live_probability(dark, box)
