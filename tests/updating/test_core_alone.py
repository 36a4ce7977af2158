"""A blank device checks its first release with the few packages of ``core.lock`` and nothing more."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.updating.editions import KEY, PYTHON, published
from visit_record.keys import public_jwk

ROOT = Path(__file__).parent.parent.parent
# What the edge lock holds beyond the core, by the names that are imported.
HEAVY = ("paho", "numpy", "onnxruntime", "cv2", "face_recognition", "dlib", "soundfile", "pynmea2", "sqlite_utils")
_WITHOUT = """
import sys
for name in {heavy}:
    sys.modules[name] = None
from edge_agent.cli import main
sys.argv = ["edge-agent", *sys.argv[1:]]
main()
"""


def pinned(lock: str) -> set[str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+==\S+)", text, re.MULTILINE))


def test_the_core_is_a_part_of_what_a_device_has() -> None:
    assert pinned("core") < pinned("edge")
    core = {name.partition("==")[0] for name in pinned("core")}
    assert core >= {"cryptography", "msgspec", "structlog", "typer", "rich"}


def test_a_release_is_checked_without_what_the_senses_need(tmp_path: Path) -> None:
    folder = published(tmp_path / "one", 1).folder
    (tmp_path / "key.json").write_text(json.dumps(public_jwk(KEY.public_key())))
    given = ["--from", str(folder), "--releases", str(tmp_path / "releases"), "--key", str(tmp_path / "key.json")]
    command = [sys.executable, "-c", _WITHOUT.format(heavy=HEAVY), "update", "apply", *given, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"state": "switched", "release": "1-0.1.0"}
    assert (tmp_path / "releases" / "current" / "venv" / "lib" / f"python{PYTHON}").is_dir()
