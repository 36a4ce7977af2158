"""Releases for tests: real wheels, locked by their hashes, whose program behaves as well or as badly as it is told."""

import hashlib
import platform
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.updating.manifest import Release
from edge_agent.updating.publishing import Edition, publish

PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

_BEGIN = """
import os, sys, time
from pathlib import Path
from edge_agent.notify import Supervisor
from edge_agent.pulse import Pulse

def main():
    with Pulse(Supervisor(None), Path(os.environ["CAREWITNESS_ALIVE"]), str(Path(sys.prefix).resolve())) as pulse:
"""
PROGRAMS = {
    "healthy": """
        pulse.ready()
        while True:
            pulse.beat()
            time.sleep(0.05)
""",
    "in a visit": """
        pulse.ready()
        with pulse.visit():
            while True:
                pulse.beat()
                time.sleep(0.05)
""",
    "crashing": """
        pulse.ready()
        sys.exit(3)
""",
    "hanging": """
        pulse.ready()
        time.sleep(3600)
""",
}


@dataclass(frozen=True)
class Published:
    """A folder with a sealed release in it."""

    folder: Path
    release: Release


def published(  # what a test may want otherwise
    folder: Path,
    sequence: int,
    version: str = "0.1.0",
    *,
    program: str = "healthy",
    key: Ed25519PrivateKey = KEY,
    extra: Mapping[str, bytes] = {},
    machine: str | None = None,
    issued_at_ms: int = 1_790_000_000_000,
    python: str = PYTHON,
) -> Published:
    """A release whose program is one of :data:`PROGRAMS`; ``extra`` are files beside it, models say."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    for lock in ("build", "edge"):
        _lock(folder / f"{lock}.lock", wheel(wheels, f"little-{lock}", "1.0", {f"little_{lock}.py": "WORTH = 1\n"}))
    wheel(
        wheels, "carewitness", version, {"little_agent.py": _BEGIN + PROGRAMS[program]}, "edge-agent=little_agent:main"
    )
    for path, content in extra.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    edition = Edition(sequence, version, machine or platform.machine(), python, issued_at_ms)
    return Published(folder, publish(folder, edition, key))


def wheel(folder: Path, name: str, version: str, modules: Mapping[str, str], script: str | None = None) -> Path:
    """A wheel as pip takes it (PEP 427)."""
    distribution = f"{name.replace('-', '_')}-{version}"
    files = dict(modules) | {
        f"{distribution}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{distribution}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{distribution}.dist-info/entry_points.txt"] = f"[console_scripts]\n{script}\n"
    record = f"{distribution}.dist-info/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    place = folder / f"{distribution}-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as archive:
        for path, content in files.items():
            # One time for all: the same wheel has the same hash.
            archive.writestr(zipfile.ZipInfo(path), content)
    return place


def _lock(place: Path, locked: Path) -> None:
    name, version = locked.name.split("-")[:2]
    digest = hashlib.sha256(locked.read_bytes()).hexdigest()
    place.write_text(f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n", "utf-8")
