"""Which program this is: its release, and its sign of life."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

from edge_agent.notify import Supervisor
from edge_agent.pulse import Pulse
from edge_agent.updating.environment import release_of


def software_version() -> str:
    """What every record carries: the release by its name, or the version of what was installed without one."""
    return release_of(Path(sys.prefix)) or version("carewitness")


def release() -> str:
    """What runs: releases of one version differ in their folders, what is installed in one folder in its version."""
    return f"{version('carewitness')} {_program()}"


def open_pulse() -> Pulse:
    """The sign of life of this program: for the supervisor that started it, and in the file that it was given."""
    kept = os.environ.get("CAREWITNESS_ALIVE")
    return Pulse(Supervisor(os.environ.get("NOTIFY_SOCKET")), Path(kept) if kept else None, _program())


def _program() -> str:
    return str(Path(sys.prefix).resolve())
