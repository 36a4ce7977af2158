"""What running a model leaves behind on a machine."""

import os
import subprocess
import sys
from pathlib import Path

OPENS = """
import sys
from pathlib import Path
from edge_agent.perception.inference import open_session
open_session(Path(sys.argv[1]).read_bytes())
"""


def test_a_model_leaves_no_identifier_of_the_machine_in_its_home(tmp_path: Path, registry: Path) -> None:
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    model = registry.parent / "occupancy" / "occupancy.onnx"
    subprocess.run([sys.executable, "-c", OPENS, str(model)], env=home, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []
