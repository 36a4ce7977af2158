"""What the machine says of itself, as far as it can; a Raspberry Pi says most."""

import shutil
import subprocess
import time
from pathlib import Path

from edge_agent.kernel_clock import is_believed, kernel_clock
from visit_record.health import MachineHealth

MEGABYTE = 1_000_000
SYS = Path("/sys")
PROC = Path("/proc")
_PATIENCE_S = 2.0
# It is asked each minute; what is older is of a time when nobody asked.
_FRESH_S = 300.0


def machine_health(folder: Path, firmware: Path | None = None, sys: Path = SYS, proc: Path = PROC) -> MachineHealth:
    """The machine now; the disk is the one that ``folder`` lies on, ``firmware`` as in :func:`throttled`."""
    disk = shutil.disk_usage(folder)
    return MachineHealth(
        temperature_c=temperature_c(sys),
        throttled=throttled(firmware),
        disk_free_mb=round(disk.free / MEGABYTE, 1),
        disk_total_mb=round(disk.total / MEGABYTE, 1),
        clock_synchronised=is_believed(kernel_clock()),
        up_s=up_s(proc),
    )


def temperature_c(sys: Path = SYS) -> float | None:
    """The processor's temperature, of the first thermal zone; ``None`` where there is none."""
    try:
        return int((sys / "class/thermal/thermal_zone0/temp").read_text("ascii")) / 1000
    except (OSError, ValueError):
        return None


def throttled(said_in: Path | None = None, program: str = "vcgencmd") -> int | None:
    """The firmware's bits: 0 is well, 1 under-voltage now, 4 throttled now, the same 16 places up since the start.

    ``said_in`` is the file of somebody who asks the firmware for those who may not; without it, it is asked here.
    ``None`` where there is no such firmware, or nobody has asked it of late.
    """
    try:
        said = _asked(program) if said_in is None else _asked_of_late(said_in)
        return int(said.strip().removeprefix("throttled="), 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _asked(program: str) -> str:
    asked = subprocess.run([program, "get_throttled"], capture_output=True, timeout=_PATIENCE_S, check=True)
    return asked.stdout.decode("ascii")


def _asked_of_late(said_in: Path) -> str:
    is_fresh = abs(time.time() - said_in.stat().st_mtime) < _FRESH_S
    return said_in.read_text("ascii") if is_fresh else ""


def up_s(proc: Path = PROC) -> float | None:
    """Seconds since the machine started."""
    try:
        return float((proc / "uptime").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
