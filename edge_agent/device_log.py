"""What the device's programs said: from the system's journal, or from files that somebody names."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edge_agent.errors import SettingsError

UNITS = "carewitness-*"
MOST_LINES = 20_000
_PATIENCE_S = 30.0


def system_log(program: str = "journalctl") -> str:
    """The last lines of all units of ours; says so where there is no such journal."""
    if shutil.which(program) is None:
        return "no journalctl on this machine\n"
    command = [program, "--unit", UNITS, "--lines", str(MOST_LINES), "--output", "short-iso", "--no-pager"]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return f"journalctl: {error}\n"
    return (asked.stdout + asked.stderr).decode("utf-8", "replace")


def log_files(paths: Sequence[Path]) -> str:
    """The content of log files, each under its name.

    Raises:
        SettingsError: one cannot be read.
    """
    told = []
    for path in paths:
        try:
            told.append(f"== {path.name}\n{path.read_bytes().decode('utf-8', 'replace')}\n")
        except OSError as cause:
            raise SettingsError(f"cannot read the log {path}: {cause.strerror}") from cause
    return "".join(told)
