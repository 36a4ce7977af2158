"""One model alone, in a process of its own: ``python -m bench.one_model ROLE``."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from numpy.typing import NDArray

from bench.process import REGISTRY, resident_mib, stay_on_one_core, tell
from bench.timing import latency
from edge_agent.perception.inference import open_session
from edge_agent.perception.model_store import ModelStore

if TYPE_CHECKING:
    import onnxruntime as ort

RUNS = 200
# Where a graph leaves a length open, and one is not what it is for.
LENGTHS = {"voice_activity": {"input": (1, 576)}}


def main(role: str) -> None:
    """Load it, run it on noise, and tell what that cost."""
    stay_on_one_core()
    # What ONNX Runtime itself needs is every model's, and no model's: a session that does nothing has it loaded.
    open_session(_nothing()).run(None, {"in": np.zeros(1, np.float32)})
    before_mib = resident_mib()
    session = ModelStore.open(REGISTRY).session(role)
    feed = {one.name: _noise(role, one) for one in session.get_inputs()}
    took = latency(lambda _: session.run(None, feed), range(RUNS))
    tell({"p50_ms": took.p50_ms, "p95_ms": took.p95_ms, "mib": resident_mib() - before_mib})


def _nothing() -> bytes:
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in ("in", "out")]
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["in"], ["out"])], "nothing", ends[:1], ends[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def _noise(role: str, wanted: "ort.NodeArg") -> NDArray[Any]:
    fixed: Mapping[str, tuple[int, ...]] = LENGTHS.get(role, {})
    shape = fixed.get(wanted.name) or tuple(side if isinstance(side, int) else 1 for side in wanted.shape)
    if "int64" in wanted.type:
        return np.full(shape, 16_000, np.int64)
    return np.random.default_rng(1).normal(0, 0.1, shape).astype(np.float32)


if __name__ == "__main__":
    main(sys.argv[1])
