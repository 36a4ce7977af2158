"""Fresh processes of one core: what one of them holds in memory is its own alone."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REGISTRY = ROOT / "models" / "registry.toml"


def figures_of(module: str, *args: object) -> dict[str, Any]:
    """Run a module of ours in a fresh process; the JSON object that it prints.

    Raises:
        subprocess.CalledProcessError: it failed; what it said went to standard error.
    """
    command = [sys.executable, "-m", module, *map(str, args)]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def tell(figures: Mapping[str, object]) -> None:
    """Print what :func:`figures_of` reads."""
    print(json.dumps(figures))


def stay_on_one_core() -> None:
    """Whatever threads a library starts, they share one core from here on."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def resident_mib(pid: int | None = None) -> float:
    """Memory that a process holds now, MiB; without its id, this one."""
    return _status_mib("VmRSS", pid)


def own_mib(pid: int) -> float:
    """What of that is a process's own: neither a library's file nor a recording's, which the kernel may take back."""
    return _status_mib("RssAnon", pid)


def most_resident_mib() -> float:
    """The most that it ever held; ``getrusage`` would tell the parent's where that was more."""
    return _status_mib("VmHWM")


def _status_mib(name: str, pid: int | None = None) -> float:
    lines = Path(f"/proc/{pid or 'self'}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
