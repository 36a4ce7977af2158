"""The voice encoder that is built from the wheel: its parity, its bytes, and what its reader refuses."""

import pickle
from pathlib import Path

import librosa
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.inference import open_session
from edge_agent.perception.model_store import ModelStore
from models.voiceprint import build as builder
from models.voiceprint.torch_archive import MAGIC, PROTOCOL, ArchiveError, read_tensors
from sim.script import Voice
from sim.sound.speech import synthesise_speech

Tensors = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def weights() -> Tensors:
    return read_tensors(builder.wheel_weights(), "model_state")


@pytest.mark.long
def test_graph_agrees_with_librosa_and_a_plain_lstm(weights: Tensors) -> None:
    waveform = synthesise_speech(Voice(140, 1.0), 1.6, np.random.default_rng(3))
    session = open_session(builder.build(weights))
    (found,) = session.run(None, {"waveform": waveform[None]})
    mel = librosa.feature.melspectrogram(y=waveform, sr=16_000, n_fft=400, hop_length=160, n_mels=40).T[:160]
    assert np.allclose(found[0], _reference(mel.astype(np.float64), weights), atol=1e-4)


def _reference(layer: NDArray[np.float64], weights: Tensors) -> NDArray[np.float64]:
    """GE2E by the definition of the LSTM, gates in torch's order."""
    for index in range(3):
        w, r = weights[f"lstm.weight_ih_l{index}"], weights[f"lstm.weight_hh_l{index}"]
        bias = weights[f"lstm.bias_ih_l{index}"] + weights[f"lstm.bias_hh_l{index}"]
        hidden, cell, outputs = np.zeros(256), np.zeros(256), []
        for frame in layer:
            enter, forget, candidate, leave = np.split(w @ frame + r @ hidden + bias, 4)
            cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(candidate)
            hidden = _sigmoid(leave) * np.tanh(cell)
            outputs.append(hidden)
        layer = np.array(outputs)
    projected = np.maximum(weights["linear.weight"] @ layer[-1] + weights["linear.bias"], 0)
    return np.asarray(projected / np.linalg.norm(projected))


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_build_gives_the_very_bytes_that_the_registry_pins(tmp_path: Path, registry: Path) -> None:
    target = tmp_path / "ge2e.onnx"
    assert builder.main(target, registry) == 0
    assert target.read_bytes() == ModelStore.open(registry).read("voiceprint")


def test_a_right_file_is_left_alone_and_a_wrong_one_replaced(tmp_path: Path, registry: Path) -> None:
    target = tmp_path / "ge2e.onnx"
    target.write_bytes(b"half a download")
    assert builder.main(target, registry) == 0
    first = target.stat()
    assert builder.main(target, registry) == 0
    assert target.stat().st_mtime_ns == first.st_mtime_ns and first.st_size > 6_000_000


def test_a_registry_that_pins_other_bytes_leaves_no_file(
    tmp_path: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "registry.toml"
    right = builder.registered_sha256(registry)
    other.write_text(registry.read_text("utf-8").replace(right, "0" * 64), "utf-8")
    assert builder.main(tmp_path / "ge2e.onnx", other) == 1
    assert "reinstall resemblyzer" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["registry.toml"]


class _Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code that an archive brought along ran",)


HEADER = pickle.dumps(MAGIC, 2) + pickle.dumps(PROTOCOL, 2) + pickle.dumps({}, 2)
REFUSED = {
    "empty": b"",
    "no pickle": b"PK\x03\x04 a zip of the new format",
    "other magic": pickle.dumps(1, 2) + HEADER,
    "cut after its header": HEADER,
    "brings code": HEADER + pickle.dumps({"model_state": _Attack()}, 2),
    "no such part": HEADER + pickle.dumps({}, 2) + pickle.dumps([], 2),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_archive_is_refused_and_runs_nothing(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(ArchiveError):
        read_tensors(path, "model_state")
    assert capsys.readouterr().out == ""


def test_archive_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(builder.wheel_weights().read_bytes()[:1_000_000])
    with pytest.raises(ArchiveError, match="cut short"):
        read_tensors(path, "model_state")
