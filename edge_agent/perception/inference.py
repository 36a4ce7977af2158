"""How models run on the device: on one core, asleep when idle.

Measured on x86 with every model that runs so: a second thread took more processor time, with spinning up to twice as
much, and without the memory arena nothing was saved.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime as ort


def open_session(content: bytes) -> "ort.InferenceSession":
    """An inference session of a model's bytes, as a Raspberry Pi wants it; it raises what ONNX Runtime raises."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
