"""What the machine says of itself, as far as it can; a Raspberry Pi says most."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from edge_agent.kernel_clock import is_believed, kernel_clock
from visit_record.health import MachineHealth

MEGABYTE = 1_000_000
SYS = Path("/sys")
PROC = Path("/proc")
_PATIENCE_S = 2.0
# It is asked each minute; what is older is of a time when nobody asked.
_FRESH_S = 300.0


def ask_firmware(program: str = "vcgencmd") -> str:
    """What the firmware says of voltage and throttling.

    Raises:
        OSError: there is no such program.
        subprocess.SubprocessError: it failed.
    """
    asked = subprocess.run([program, "get_throttled"], capture_output=True, timeout=_PATIENCE_S, check=True)
    return asked.stdout.decode("ascii")


class FirmwareWord:
    """The same out of a file of somebody who asks for those who may not; empty where nobody has asked of late."""

    def __init__(self, place: Path) -> None:
        self._place, self._is_told = place, False

    def __call__(self) -> str:
        """What the file says; that it is there and cannot be read is told once.

        Raises:
            OSError: it cannot be read, or is not there.
        """
        try:
            is_fresh = abs(time.time() - self._place.stat().st_mtime) < _FRESH_S
            return self._place.read_text("ascii") if is_fresh else ""
        except FileNotFoundError:
            raise
        except OSError as cause:
            self._tell(cause)
            raise

    def _tell(self, cause: OSError) -> None:
        if not self._is_told:
            structlog.get_logger().warning("firmware_word_unread", file=str(self._place), reason=cause.strerror)
        self._is_told = True


def machine_health(
    folder: Path, firmware: Callable[[], str] = ask_firmware, sys: Path = SYS, proc: Path = PROC
) -> MachineHealth:
    """The machine now; the disk is the one that ``folder`` lies on, ``firmware`` says what :func:`throttled` reads."""
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


def throttled(firmware: Callable[[], str] = ask_firmware) -> int | None:
    """The firmware's bits: 0 is well, 1 under-voltage now, 4 throttled now, the same 16 places up since the start.

    ``None`` where there is no such firmware, or nobody has asked it of late.
    """
    try:
        return int(firmware().strip().removeprefix("throttled="), 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def up_s(proc: Path = PROC) -> float | None:
    """Seconds since the machine started."""
    try:
        return float((proc / "uptime").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def boot_id(proc: Path = PROC) -> str:
    """The kernel's name for this start of the machine (random(4)); empty where it has none: no power was lost then."""
    try:
        return (proc / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
