"""What people call by hand says how it is called, and does nothing then."""

import subprocess
from pathlib import Path

import pytest

from tests.appliance.brokers import CONFIG


@pytest.mark.parametrize("name", ["card", "enrol", "install", "release", "selftest", "support"])
@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_a_script_tells_its_usage(name: str, asked: str, tmp_path: Path) -> None:
    script = CONFIG / "bin" / f"carewitness-{name}"
    done = subprocess.run([str(script), asked], cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"  carewitness-{name} " in done.stdout
    assert "#" not in done.stdout
    assert "set -" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_release_s_sequence_is_looked_at_before_a_published_one_is_touched(tmp_path: Path) -> None:
    wheels = tmp_path / "release" / "wheels"
    wheels.mkdir(parents=True)
    (tmp_path / "key").touch()
    command = [str(CONFIG / "bin" / "carewitness-release"), str(wheels.parent), "0.2.0", "3", str(tmp_path / "key")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "is no number" in done.stderr
    assert wheels.is_dir()
