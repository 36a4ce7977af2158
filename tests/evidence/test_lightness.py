"""What sums evidence up, what reads settings, and what says which program runs, loads no library of the senses."""

import subprocess
import sys
from pathlib import Path

import pytest

import edge_agent.evidence

EVIDENCE = [f"edge_agent.evidence.{path.stem}" for path in Path(edge_agent.evidence.__path__[0]).glob("[a-z]*.py")]


def loads(module: str, heavy: set[str]) -> bool:
    code = f"import sys, {module}; sys.exit(bool({heavy} & set(sys.modules)))"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode != 0


@pytest.mark.parametrize("module", ["edge_agent.evidence.sound", ",".join(EVIDENCE)], ids=["sound", "all"])
def test_evidence_is_summed_up_without_the_runtime_of_the_models(module: str) -> None:
    assert not loads(module, {"onnxruntime", "cv2", "face_recognition"})


def test_settings_are_read_without_numpy() -> None:
    assert not loads("edge_agent.settings_file", {"numpy", "onnxruntime"})


def test_a_program_says_which_it_is_without_numpy() -> None:
    assert not loads("edge_agent.bootstrap.program", {"numpy", "onnxruntime"})
