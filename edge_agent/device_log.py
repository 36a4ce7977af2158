"""What the device's programs said: from the system's journal, or from files that somebody names."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edge_agent.errors import SettingsError
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh

# Ours, and what carries records on, gives the position and keeps the time.
UNITS = ("carewitness-*", "mosquitto", "gpsd", "chrony")
MOST_LINES = 20_000
_PATIENCE_S = 30.0


def system_log(program: str = "journalctl") -> str:
    """The last lines of the device's units; says so where there is no such journal."""
    if shutil.which(program) is None:
        return "no journalctl on this machine\n"
    units = [f"--unit={unit}" for unit in UNITS]
    command = [program, *units, "--lines", str(MOST_LINES), "--output", "short-iso", "--no-pager"]
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
            raise SettingsError(
                f"cannot read the log {path}: {cause.strerror}",
                f"无法读取日志 {path}：{why_zh(cause)}",
                PATH_AND_RIGHTS,
            ) from cause
    return "".join(told)
