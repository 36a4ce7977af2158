"""The Python environment of a release, built inside its folder from its own wheels and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_agent.errors import UpdateError
from edge_agent.perception.file_hash import FileHashes
from edge_agent.updating.shelf import MANIFEST, sequence_of
from visit_record.bilingual import Words

WHEELS, BUILD_LOCK, EDGE_LOCK = "wheels", "build.lock", "edge.lock"
PROGRAM = "carewitness-*.whl"
_BUILT = "built"


def environment_of(folder: Path) -> Path:
    """Where the environment of a release lies."""
    return folder / "venv"


def release_of(environment: Path) -> str | None:
    """The name of the release that an environment is of, links followed; ``None`` where it is of none."""
    place = environment.resolve()
    folder = place.parent
    ours = place == environment_of(folder) and sequence_of(folder.name) is not None and (folder / MANIFEST).is_file()
    return folder.name if ours else None


def is_built(folder: Path) -> bool:
    """Whether the environment is there, whole."""
    return (environment_of(folder) / _BUILT).exists()


def build_environment(folder: Path) -> None:
    """Build the environment; one that a power cut left half-built is built anew.

    Every package must have the hash that the release's locks name; no index is asked. Packages of the system are
    seen too, since Raspberry Pi OS brings the camera's library in no other way.

    Raises:
        UpdateError: something is missing from the release, or does not install.
    """
    if is_built(folder):
        return
    venv = environment_of(folder)
    shutil.rmtree(venv, ignore_errors=True)
    _run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", str(venv)])
    # What unpacks packages comes first: see decision 6.
    _install(folder, ["-r", str(folder / BUILD_LOCK)])
    _install(folder, ["-r", str(folder / EDGE_LOCK), "-r", str(_pinned_program(folder))])
    os.sync()
    (venv / _BUILT).touch()


def _pinned_program(folder: Path) -> Path:
    """Our own wheel as a requirement with its hash: the manifest has vouched for the file, pip holds to it."""
    wheels = sorted((folder / WHEELS).glob(PROGRAM))
    if len(wheels) != 1:
        raise UpdateError(
            f"{folder / WHEELS} must hold one {PROGRAM}, it holds {len(wheels)}; publish it anew",
            f"{folder / WHEELS} 里应有一个 {PROGRAM}，现有 {len(wheels)} 个；请发布者重新发布",
        )
    digest = FileHashes().of(wheels[0])
    pinned = environment_of(folder) / "program.txt"
    pinned.write_text(f"{wheels[0].resolve().as_uri()} --hash=sha256:{digest}\n", "utf-8")
    return pinned


def _install(folder: Path, what: Sequence[str]) -> None:
    how = ["--no-index", "--find-links", str(folder / WHEELS), "--no-deps", "--require-hashes", "--no-build-isolation"]
    quiet = ["--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-input"]
    python = environment_of(folder) / "bin" / "python"
    _run([sys.executable, "-m", "pip", "--python", str(python), "install", *quiet, *how, *what])


def _run(command: Sequence[str]) -> None:
    # Settings of this machine must not lead pip to an index, nor a running program's path into the new environment.
    aside = {"PYTHONPATH", "PYTHONHOME"}
    environment = {name: value for name, value in os.environ.items() if name not in aside and name[:4] != "PIP_"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment | {"PIP_CONFIG_FILE": os.devnull}
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[-600:] or f"exit status {done.returncode}"
        raise UpdateError(
            f"the environment of the release cannot be built: {said}",
            "新版本的运行环境建不成，原来的版本照常",
            Words("请把英文里的话交给发布者", "give the publisher these words; what ran goes on"),
        )
