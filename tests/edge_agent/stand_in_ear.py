"""A stand-in for the care-sound model: its embedding is the share of sound in each of 24 bands, and it hears no cue."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from msgspec.structs import asdict
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge_agent.perception.generic_sounds import GenericSounds, to_bytes
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.sound import SoundFramer
from edge_agent.perception.sound_embedder import SoundEmbedder
from edge_agent.perception.sound_stretch import point_of
from edge_agent.readings import SAMPLE_RATE_HZ, SoundBlock
from visit_record.vocabulary import SoundCue

Wave = NDArray[np.float32]
BANDS, FRAME = 24, 256
WHISTLE_HZ = 3_000.0


def noise_around(centre_hz: float, seconds: float, rng: np.random.Generator) -> Wave:
    """Noise within an octave around a pitch, some of it everywhere: a kind of sound."""
    count = round(seconds * SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ), 1) / centre_hz)
    shaped = np.fft.irfft(spectrum * (np.exp(-8 * octaves**2) + 0.03), count)
    return np.asarray(0.1 * shaped / shaped.std(), np.float32)


def whistle(seconds: float, seed: int) -> Wave:
    """The home's own sound: a tone that wavers from take to take, over some noise."""
    rng = np.random.default_rng([7, seed])
    turns = np.cumsum(np.full(round(seconds * SAMPLE_RATE_HZ), WHISTLE_HZ * rng.uniform(0.98, 1.02) / SAMPLE_RATE_HZ))
    return np.asarray(0.2 * np.sin(2 * np.pi * turns) + 0.02 * rng.standard_normal(len(turns)), np.float32)


def rumble(seconds: float, seed: int) -> Wave:
    """What many homes sound like."""
    rng = np.random.default_rng([8, seed])
    return noise_around(rng.uniform(150, 1_500), seconds, rng)


def registry_of(folder: Path, others: Path | None = None, bias: float = -5.0) -> Path:
    """A registry in ``folder`` with the stand-in and its generic sounds; ``bias`` makes another student of it."""
    models = folder / "models"
    models.mkdir(parents=True)
    student = _model(bias)
    entries = [_entry(models, "care_sound", student)]
    points = _generic_points(ModelStore(models, {"care_sound": entries[0]}))
    free = np.ones((len(points), len(SoundCue)), np.bool_)
    generic = to_bytes(GenericSounds(points, free, np.arange(len(points)), hashlib.sha256(student).hexdigest()))
    entries.append(_entry(models, "generic_sounds", generic))
    if others is not None:
        entries += _own_models(others, models)
    path = models / "registry.toml"
    path.write_text("".join(_row(entry) for entry in entries), "utf-8")
    return path


def _own_models(registry: Path, models: Path) -> list[ModelEntry]:
    """The device's other models, as if they stood beside the stand-in; nothing is pulled."""
    store = ModelStore.open(registry)
    replaced = {"care_sound", "generic_sounds"}
    own = [one for role, one in store.entries.items() if one.public is None and role not in replaced]
    for one in own:
        if one.package is None:
            (models / one.file).parent.mkdir(exist_ok=True)
            (models / one.file).symlink_to(store.folder / one.file)
    return own


def _row(entry: ModelEntry) -> str:
    # A JSON string is a TOML string too.
    told = {key: value for key, value in asdict(entry).items() if value is not None}
    return "".join(["[[model]]\n", *(f"{key} = {json.dumps(value)}\n" for key, value in told.items())])


def _entry(models: Path, role: str, content: bytes) -> ModelEntry:
    (models / role).write_bytes(content)
    return ModelEntry(role, role, hashlib.sha256(content).hexdigest(), "i", "o", "Apache-2.0", "CARD.md", "s")


def _generic_points(store: ModelStore) -> Wave:
    embedder, points = SoundEmbedder(store), []
    for seed in range(60):
        windows = SoundFramer().windows(SoundBlock(0, rumble(5.0, 100 + seed)))
        points.append(point_of([one for window in windows if (one := embedder.embed(window))]))
    return np.stack([point for point in points if point is not None])


def _model(bias: float) -> bytes:
    hertz = np.geomspace(120, 7_000, BANDS)
    turns = 2 * np.pi * np.outer(np.arange(FRAME), hertz) / SAMPLE_RATE_HZ
    window = np.hanning(FRAME)[:, None]
    constants = {
        "shape": np.array([-1, 60, FRAME]),
        "cosines": (np.cos(turns) * window).astype(np.float32),
        "sines": (np.sin(turns) * window).astype(np.float32),
        "least": np.array(1e-9, np.float32),
        "weights": np.zeros((BANDS, len(SoundCue)), np.float32),
        "bias": np.full(len(SoundCue), bias, np.float32),
    }
    nodes = [
        helper.make_node("Reshape", ["waveform", "shape"], ["frames"]),
        helper.make_node("MatMul", ["frames", "cosines"], ["real"]),
        helper.make_node("MatMul", ["frames", "sines"], ["imaginary"]),
        helper.make_node("Mul", ["real", "real"], ["real2"]),
        helper.make_node("Mul", ["imaginary", "imaginary"], ["imaginary2"]),
        helper.make_node("Add", ["real2", "imaginary2"], ["power"]),
        helper.make_node("ReduceMean", ["power"], ["bands"], axes=[1], keepdims=0),
        helper.make_node("ReduceMean", ["bands"], ["whole"], axes=[1], keepdims=1),
        helper.make_node("Add", ["whole", "least"], ["some"]),
        helper.make_node("Div", ["bands", "some"], ["embedding"]),
        helper.make_node("Gemm", ["embedding", "weights", "bias"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["probabilities"]),
    ]
    graph = helper.make_graph(
        nodes,
        "stand_in",
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, ["windows", 15_360])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["windows", len(SoundCue)]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["windows", BANDS]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
