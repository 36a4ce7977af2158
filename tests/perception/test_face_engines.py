"""Face engines: what is pulled is used, dlib does the rest, and nothing compares another model's templates."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from msgspec import structs
from onnx import TensorProto, helper, numpy_helper

from edge_agent.commands.options import INSTALLED_REGISTRY
from edge_agent.consent import Permissions
from edge_agent.errors import ModelError
from edge_agent.model_senses import ModelSenses
from edge_agent.perception.face import FacePerceiver, enrol_face
from edge_agent.perception.face_choice import DETECTOR_ROLE, EMBEDDER_ROLE, open_face_engine
from edge_agent.perception.face_library import LIBRARY_ROLES, Box, FaceLibrary
from edge_agent.perception.face_opencv import OpenCvFaces, SFace, YuNet
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.readings import CameraFrame
from edge_agent.roster import MemoryRoster
from edge_agent.sensors.picture_files import read_picture
from sim.camera import SimulatedCamera
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript
from tests.edge_agent.stage import check_in
from visit_record.vocabulary import Modality


@pytest.fixture(scope="module")
def library() -> FaceLibrary:
    return FaceLibrary()


@pytest.fixture(scope="module")
def sface() -> bytes:
    """A network with SFace's input and output; it embeds how a face's parts are coloured."""
    weights = np.random.default_rng(5).standard_normal((48, 128)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("AveragePool", ["data"], ["pooled"], kernel_shape=[28, 28], strides=[28, 28]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["fc1"]),
        ],
        "sface",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, [1, 128])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(onnx.ModelProto.SerializeToString(model))


@pytest.fixture(scope="module")
def yunet(realdata: Path) -> bytes:
    path = realdata.parent / "models" / "yunet_n_320_320.onnx"
    if not path.is_file():
        pytest.skip(f"YuNet is not at {path}: reference models lie beside the real recordings")
    return path.read_bytes()


def _store(folder: Path, files: Mapping[str, bytes]) -> ModelStore:
    own = ModelStore.open(INSTALLED_REGISTRY).entries
    entries = {role: own[role] for role in LIBRARY_ROLES}
    for role, content in files.items():
        (folder / f"{role}.onnx").write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        entries[role] = ModelEntry(role, f"{role}.onnx", sha256, "", "", "", "", "pulled")
    return ModelStore(folder, entries)


def _device_store(registry: Path, folder: Path, files: Mapping[str, bytes]) -> ModelStore:
    """The device's own models, and those that it has pulled."""
    own, pulled = ModelStore.open(registry), _store(folder, files)
    entries = {role: structs.replace(pulled.entries[role], file=str(folder / f"{role}.onnx")) for role in files}
    return replace(own, entries={**own.entries, **entries})


def _frame(portrait: Portrait, seed: int = 1) -> CameraFrame:
    shown = Appearance(0, 10, portrait, ShownAs.LIVE)
    camera = SimulatedCamera(VisitScript(seed, 0, 60.0, (), (), (shown,), Sky(0.0, 0.0)), [1.0])
    return next(iter(camera.readings()))


def _overlap(a: Box, b: Box) -> float:
    rows, columns = min(a[2], b[2]) - max(a[0], b[0]), min(a[1], b[1]) - max(a[3], b[3])
    both = max(0, rows) * max(0, columns)
    return both / (sum((box[2] - box[0]) * (box[1] - box[3]) for box in (a, b)) - both)


def test_without_pulled_models_dlib_does_everything(tmp_path: Path) -> None:
    assert isinstance(open_face_engine(_store(tmp_path, {})), FaceLibrary)


def test_a_role_whose_file_was_not_pulled_is_done_without(tmp_path: Path, sface: bytes) -> None:
    store = _store(tmp_path, {EMBEDDER_ROLE: sface})
    (tmp_path / f"{EMBEDDER_ROLE}.onnx").unlink()
    assert isinstance(open_face_engine(store), FaceLibrary)


def test_a_pulled_embedder_embeds_and_dlib_detects(tmp_path: Path, library: FaceLibrary, sface: bytes) -> None:
    engine, frame = open_face_engine(_store(tmp_path, {EMBEDDER_ROLE: sface})), _frame(Portrait.ASTRONAUT)
    assert engine.made_by == hashlib.sha256(sface).hexdigest()
    assert engine.boxes(frame.rgb) == library.boxes(frame.rgb) != []


def test_similarity_of_sface_is_the_cosine_of_aligned_faces(library: FaceLibrary, sface: bytes) -> None:
    engine = OpenCvFaces(library, None, SFace(sface, library))
    frames = [_frame(Portrait.ASTRONAUT, 1), _frame(Portrait.ASTRONAUT, 2), _frame(Portrait.GRACE_HOPPER, 1)]
    one, again, other = (engine.embedding(frame.rgb, engine.boxes(frame.rgb)[0]) for frame in frames)
    assert np.linalg.norm(one) == pytest.approx(1.0) and one.shape == (128,)
    assert engine.similarity(one, 3 * again) == pytest.approx(float(one @ again))
    assert engine.similarity(one, again) > engine.similarity(one, other)


def test_a_tilted_face_is_set_upright_before_it_is_embedded(library: FaceLibrary, sface: bytes) -> None:
    rgb, engine = _frame(Portrait.GRACE_HOPPER).rgb, SFace(sface, library)
    (box,) = library.boxes(rgb)
    points = library.five_points(rgb, box)
    assert points[0, 0] < points[1, 0] and points[3, 0] < points[4, 0]
    assert points[:2, 1].max() < points[2, 1] < points[3:, 1].min()
    moved = np.ascontiguousarray(np.roll(rgb, 20, axis=1))
    shifted = (box[0], box[1] + 20, box[2], box[3] + 20)
    assert engine.similarity(engine.embedding(rgb, box), engine.embedding(moved, shifted)) > 0.999


def test_templates_of_another_model_are_refused_by_name(library: FaceLibrary, sface: bytes) -> None:
    template = enrol_face([_frame(Portrait.ASTRONAUT)], library)
    engine = OpenCvFaces(library, None, SFace(sface, library))
    with pytest.raises(ModelError, match=r"templates of cg-a, cg-b .* another model .* enrol them again"):
        FacePerceiver("cg-a", {"cg-b": template, "cg-a": template}, engine)
    renewed = enrol_face([_frame(Portrait.ASTRONAUT)], engine)
    assert FacePerceiver("cg-a", {"cg-a": renewed}, engine).perceive(_frame(Portrait.ASTRONAUT)).similarity == (
        pytest.approx(1.0)
    )


def test_an_altered_template_maker_is_another_model(library: FaceLibrary) -> None:
    template = enrol_face([_frame(Portrait.ASTRONAUT)], library)
    with pytest.raises(ModelError, match="cg-a"):
        FacePerceiver("cg-a", {"cg-a": replace(template, made_by="0" * 64)}, library)


def test_a_device_looks_at_its_own_pace_with_the_models_that_it_holds(
    tmp_path: Path, registry: Path, sface: bytes
) -> None:
    store, frame = _device_store(registry, tmp_path, {EMBEDDER_ROLE: sface}), _frame(Portrait.ASTRONAUT)
    roster = MemoryRoster({"caregiver-1": enrol_face([frame], open_face_engine(store))})
    face_alone = Permissions(frozenset({Modality.FACE}), frozenset())
    senses = ModelSenses(store, roster)(check_in(), face_alone, lambda at_ms: at_ms)
    assert senses.look is not None and not senses.lost
    seen = [senses.look(replace(frame, at_ms=at_ms)) for at_ms in (0, 200, 1_000)]
    assert [look.similarity for look in seen] == [pytest.approx(1.0), None, pytest.approx(1.0)]


def test_old_templates_cost_a_device_its_face_check_and_say_why(tmp_path: Path, registry: Path, sface: bytes) -> None:
    store = _device_store(registry, tmp_path, {EMBEDDER_ROLE: sface})
    roster = MemoryRoster({"caregiver-1": enrol_face([_frame(Portrait.ASTRONAUT)])})
    face_alone = Permissions(frozenset({Modality.FACE}), frozenset())
    senses = ModelSenses(store, roster)(check_in(), face_alone, lambda at_ms: at_ms)
    assert senses.look is None and "enrol them again" in senses.lost[Modality.FACE]


@pytest.mark.parametrize("role", [DETECTOR_ROLE, EMBEDDER_ROLE])
@pytest.mark.parametrize("content", [b"", b"no network", bytes(4096)], ids=["empty", "words", "zeros"])
def test_what_is_no_network_is_refused_in_one_line(tmp_path: Path, role: str, content: bytes) -> None:
    with pytest.raises(ModelError, match=role) as refused:
        open_face_engine(_store(tmp_path, {role: content}))
    assert "\n" not in str(refused.value)


def test_an_embedder_is_no_detector(tmp_path: Path, sface: bytes) -> None:
    with pytest.raises(ModelError, match=DETECTOR_ROLE):
        open_face_engine(_store(tmp_path, {DETECTOR_ROLE: sface}))


def test_a_pulled_file_that_was_altered_is_never_loaded(tmp_path: Path, sface: bytes) -> None:
    store = _store(tmp_path, {EMBEDDER_ROLE: sface})
    (tmp_path / f"{EMBEDDER_ROLE}.onnx").write_bytes(sface + b"\0")
    with pytest.raises(ModelError, match="SHA-256"):
        open_face_engine(store)


@pytest.mark.realdata
def test_yunet_alone_detects_and_dlib_embeds(tmp_path: Path, library: FaceLibrary, yunet: bytes) -> None:
    engine, frame = open_face_engine(_store(tmp_path, {DETECTOR_ROLE: yunet})), _frame(Portrait.GRACE_HOPPER)
    assert engine.made_by == library.made_by
    (ours,), (theirs,) = engine.boxes(frame.rgb), library.boxes(frame.rgb)
    assert ours != theirs and _overlap(ours, theirs) > 0.7
    nose, other = engine.landmarks(frame.rgb, ours).nose_tip, library.landmarks(frame.rgb, theirs).nose_tip
    assert np.hypot(nose[0] - other[0], nose[1] - other[1]) < 0.04 * (theirs[2] - theirs[0])


@pytest.mark.realdata
def test_yunet_boxes_recorded_faces_as_dlib_does(realdata: Path, library: FaceLibrary, yunet: bytes) -> None:
    detector = YuNet(yunet)
    for person in (2, 7, 12, 19):
        rgb = np.repeat(np.repeat(read_picture(realdata / "faces" / "orl" / f"s{person}" / "1.pgm"), 3, 0), 3, 1)
        (ours,), (theirs,) = detector.boxes(rgb), library.boxes(rgb)
        assert _overlap(ours, theirs) > 0.6


@pytest.mark.realdata
def test_yunet_sees_no_face_in_an_empty_room(yunet: bytes) -> None:
    script = VisitScript(4, 0, 60.0, (), (), (), Sky(0.0, 0.0))
    assert YuNet(yunet).boxes(next(iter(SimulatedCamera(script, [1.0]).readings())).rgb) == []
