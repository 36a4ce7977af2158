"""The voiceprint model: GE2E, rebuilt as ONNX from the weights in the resemblyzer wheel."""
