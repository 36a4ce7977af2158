"""How models run on the device: on one core, asleep when idle.

Measured on x86 with every model that runs so: a second thread took more processor time, with spinning up to twice as
much, and without the memory arena nothing was saved.

The one door to ONNX Runtime, whose releases tell their maker of each process and model (1DS, its Privacy.md): on by
default, with an identifier of the machine that it keeps in the home folder.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime as ort


def open_session(content: bytes) -> "ort.InferenceSession":
    """An inference session of a model's bytes, as a Raspberry Pi wants it; it raises what ONNX Runtime raises."""
    # Heeded before the library is loaded alone: its own call to turn it off comes after the first word was sent.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
