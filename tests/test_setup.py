"""What a newcomer's machine may lack, said in one clear line before anything is made."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def setup(python: str, venv: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "setup", f"PYTHON={python}", f"VENV={venv}"]
    # As a newcomer's shell has it: the make that runs these tests hands its own flags down.
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=shell)


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert done.returncode != 0
    assert len(said) == 1, done.stderr
    assert all(word in said[0] for word in words), said


def test_missing_python_is_one_clear_line(tmp_path: Path) -> None:
    assert_one_clear_line(setup("python-that-is-not-there", tmp_path / "venv"), "not installed", "3.11")


def test_python_that_is_too_old_is_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    patched = "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{patched}" "$2"\n')
    old.chmod(0o755)
    assert_one_clear_line(setup(str(old), tmp_path / "venv"), "Python 3.9 is too old", "3.11")
    assert not (tmp_path / "venv").exists()


def test_every_goal_that_the_readme_names_is_in_the_makefile() -> None:
    goals = (ROOT / "Makefile").read_text("utf-8")
    for goal in ("help", "setup", "demo", "test", "lint", "bench", "chaos"):
        assert f"\n{goal}:" in goals


def test_locks_name_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text("utf-8")
        assert "://" not in text, lock
        assert "--hash=sha256:" in text, lock
