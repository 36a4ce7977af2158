"""YAMNet as the teacher: what it says of a window, and the weights of its first layers to begin from.

YAMNet (Plakal and Ellis, Google, Apache-2.0) is a MobileNet (Howard et al. 2017) trained on AudioSet. The file is not
part of this project; only training and the comparison in ``evaluate`` read it.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from edge_agent.perception.inference import open_session

WINDOW_SAMPLES = 15_600
EMBEDDING = "yamnet_frames/global_average_pooling2d/Mean_Squeeze__273:0"
CLASSES = 521

Array = NDArray[np.float32]


class Yamnet:
    """The teacher by itself, one window after the other."""

    def __init__(self, path: Path) -> None:
        model = onnx.load(path)
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(EMBEDDING))
        self._session = open_session(model.SerializeToString())

    def scores_and_embedding(self, samples: Array) -> tuple[Array, Array]:
        """Scores [521] and embedding [1024] of a window; one shorter than 15 600 samples is filled up with silence."""
        whole = np.zeros(WINDOW_SAMPLES, np.float32)
        whole[: len(samples)] = samples[:WINDOW_SAMPLES]
        scores, embedding = self._session.run(["Identity", EMBEDDING], {"input_1": whole[None]})
        return np.asarray(scores[0]), np.asarray(embedding).reshape(-1)


def convolutions(path: Path, count: int) -> list[tuple[Array, Array]]:
    """Weights and bias of YAMNet's first ``count`` convolutions, batch normalisation folded in as in the file.

    Raises:
        ValueError: the file has fewer convolutions.
    """
    graph = onnx.load(path).graph
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            values, scale, zero = (constants[name] for name in node.input)
            constants[node.output[0]] = (values.astype(np.float32) - zero) * scale
    found = [node for node in graph.node if node.op_type == "Conv"][:count]
    if len(found) < count:
        raise ValueError(f"{path} has {len(found)} convolutions instead of {count} or more; is it YAMNet?")
    return [(constants[node.input[1]], constants[node.input[2]]) for node in found]
