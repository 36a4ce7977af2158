"""Build ``ge2e.onnx`` from the weights in the resemblyzer wheel: ``python -m models.voiceprint.build``.

GE2E (Wan et al., ICASSP 2018): three LSTM layers over a mel spectrogram, a linear layer, ReLU, unit length. The wheel
is read as data; neither it nor torch is imported. The bytes are the same wherever it is built, and checked against
``models/registry.toml``.
"""

import hashlib
import os
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.voiceprint.mel import HOP, N_FFT, fourier_kernels, mel_filters
from models.voiceprint.torch_archive import ArchiveError, read_tensors

TARGET = Path(__file__).with_name("ge2e.onnx")
REGISTRY = Path(__file__).parents[1] / "registry.toml"
WINDOW_SAMPLES = 25_600
HIDDEN = 256
# torch keeps an LSTM's gates as input, forget, cell, output; ONNX as input, output, forget, cell.
GATES = (0, 3, 1, 2)

Tensors = dict[str, NDArray[np.float32]]


def main(target: Path = TARGET, registry: Path = REGISTRY) -> int:
    """Build the file unless it is already right; 1 and one clear line on standard error if that cannot be."""
    try:
        expected = registered_sha256(registry)
        if not (target.is_file() and _sha256(target.read_bytes()) == expected):
            _write(target, build(read_tensors(wheel_weights(), "model_state")), expected)
    except (ArchiveError, OSError, PackageNotFoundError, KeyError, ValueError) as cause:
        sys.stderr.write(f"cannot build the voiceprint model: {_said(cause)}\n")
        return 1
    return 0


def _said(cause: Exception) -> str:
    if isinstance(cause, PackageNotFoundError):
        return "the resemblyzer wheel is not installed; run `make setup`"
    return str(cause) or type(cause).__name__


def registered_sha256(registry: Path) -> str:
    """The hash that the registry pins for the ``voiceprint`` role.

    Raises:
        ValueError: the registry is no TOML, or names no such model.
    """
    rows = tomllib.loads(registry.read_text("utf-8"))["model"]
    for row in rows:
        if row["role"] == "voiceprint":
            return str(row["sha256"])
    raise ValueError(f"{registry} names no voiceprint model; restore it")


def wheel_weights() -> Path:
    """Where the installed resemblyzer wheel keeps its weights.

    Raises:
        PackageNotFoundError: resemblyzer is not installed.
    """
    return Path(str(distribution("resemblyzer").locate_file("resemblyzer/pretrained.pt")))


def build(weights: Tensors) -> bytes:
    """The encoder as an ONNX file: ``waveform`` [N, 25600] at 16 kHz in, ``embedding`` [N, 256] of unit length out."""
    nodes = [*_front_end(), *_recurrent_layers(), *_projection()]
    graph = helper.make_graph(
        nodes,
        "ge2e",
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, ["N", WINDOW_SAMPLES])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", HIDDEN])],
        [numpy_helper.from_array(array, name) for name, array in _constants(weights).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="")
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _front_end() -> list[onnx.NodeProto]:
    """Mel spectrogram over librosa's centred frames, zeros around the waveform, without the last of 161 frames."""
    return [
        helper.make_node("Unsqueeze", ["waveform", "axis_1"], ["channel"]),
        helper.make_node("Pad", ["channel", "margins"], ["padded"]),
        helper.make_node("Conv", ["padded", "fourier"], ["spectrum"], strides=[HOP]),
        helper.make_node("Mul", ["spectrum", "spectrum"], ["power"]),
        helper.make_node("MatMul", ["mel", "power"], ["mel_by_time"]),
        helper.make_node("Transpose", ["mel_by_time"], ["layer_0"], perm=[2, 0, 1]),
    ]


def _recurrent_layers() -> list[onnx.NodeProto]:
    nodes = []
    for layer in range(3):
        inputs = [f"layer_{layer}", f"w_{layer}", f"r_{layer}", f"b_{layer}"]
        nodes.append(helper.make_node("LSTM", inputs, [f"all_{layer}", f"last_{layer}"], hidden_size=HIDDEN))
        nodes.append(helper.make_node("Squeeze", [f"all_{layer}", "axis_1"], [f"layer_{layer + 1}"]))
    nodes.pop()
    return nodes


def _projection() -> list[onnx.NodeProto]:
    return [
        helper.make_node("Squeeze", ["last_2", "axis_0"], ["state"]),
        helper.make_node("Gemm", ["state", "linear_w", "linear_b"], ["projected"], transB=1),
        helper.make_node("Relu", ["projected"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embedding"], axis=1, p=2),
    ]


def _constants(weights: Tensors) -> dict[str, NDArray[np.float32] | NDArray[np.int64]]:
    filters = mel_filters()
    constants: dict[str, NDArray[np.float32] | NDArray[np.int64]] = {
        "axis_0": np.array([0], np.int64),
        "axis_1": np.array([1], np.int64),
        "margins": np.array([0, 0, N_FFT // 2, 0, 0, N_FFT // 2 - HOP], np.int64),
        "fourier": fourier_kernels()[:, None, :],
        "mel": np.concatenate([filters, filters], axis=1),
        "linear_w": weights["linear.weight"],
        "linear_b": weights["linear.bias"],
    }
    for layer in range(3):
        constants[f"w_{layer}"] = _regate(weights[f"lstm.weight_ih_l{layer}"])[None]
        constants[f"r_{layer}"] = _regate(weights[f"lstm.weight_hh_l{layer}"])[None]
        biases = [_regate(weights[f"lstm.bias_{side}_l{layer}"]) for side in ("ih", "hh")]
        constants[f"b_{layer}"] = np.concatenate(biases)[None]
    return constants


def _regate(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    blocks = weights.reshape(4, HIDDEN, *weights.shape[1:])
    return np.concatenate([blocks[gate] for gate in GATES])


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(target: Path, content: bytes, expected: str) -> None:
    """Put the file in place in one step, so that a build cut short leaves none.

    Raises:
        ValueError: the bytes are not those that the registry pins.
    """
    if _sha256(content) != expected:
        raise ValueError(f"built SHA-256 {_sha256(content)}, but the registry pins {expected}; reinstall resemblyzer")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
