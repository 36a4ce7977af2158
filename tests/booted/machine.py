"""A device that systemd starts: a container with a root of its own, the card's partitions and a cable."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.whole import await_true

# systemd-nspawn's exit status where the machine started itself anew.
STARTS_ANEW = 133
CABLE, SITE_ADDRESS, DEVICE_ADDRESS = "cwsite", "10.77.0.1", "10.77.0.2"
CAP_SYS_RESOURCE = 24
SETTLED = {"running", "degraded"}


@dataclass
class Machine:
    """One device. ``root`` is its system's partition, ``boot`` and ``data`` the others, ``disk`` the card's device.

    What is on ``stick`` lies in its /mnt; ``lines`` are its serial devices, and what each is here.
    """

    root: Path
    boot: Path
    data: Path
    disk: str
    stick: Path
    lines: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, first: bool = False) -> None:
        """Start it; from the second start on its system is not written, as by overlayroot."""
        command = [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=read-only", "--boot"),
            # What a system's own root has, and a container's has not: to enlarge what is in use, to bar addresses.
            "--capability=CAP_SYS_RESOURCE,CAP_BPF,CAP_PERFMON",
            "--system-call-filter=bpf",
            *("--machine=carewitness", f"--directory={self.root}", f"--network-veth-extra={CABLE}:eth0"),
            *([] if first else ["--volatile=overlay"]),
            *(f"--{how}={what}" for how, what in self._partitions(first=first)),
        ]
        told = os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=told)
        await_true(lambda: self._ended() or _is_connected())
        assert not self._ended(), self.log.read_text("utf-8", "replace")[-3000:]
        for command in (["addr", "add", f"{SITE_ADDRESS}/24", "dev", CABLE], ["link", "set", CABLE, "up"]):
            subprocess.run(["ip", *command], check=True)

    def _partitions(self, *, first: bool) -> Iterator[tuple[str, str]]:
        yield ("bind" if first else "bind-ro"), f"{self.boot}:/boot/firmware"
        yield "bind", f"{self.data}:/var/lib/carewitness"
        for device in (self.disk, f"{self.disk}p1"):
            yield "bind", device
        yield "bind-ro", f"{self._labels()}:/dev/disk/by-label"
        yield from (("bind", f"{here}:{there}") for there, here in self.lines.items())
        yield "bind", f"{self.stick}:/mnt"

    def _labels(self) -> Path:
        """What udev would say of the card."""
        found = self.log.parent / "by-label"
        found.mkdir(exist_ok=True)
        if not (found / "carewitness-data").is_symlink():
            (found / "carewitness-data").symlink_to(f"../../{Path(self.disk).name}p1")
        return found

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def await_settled(self, timeout_s: float = 180.0) -> str:
        """Until systemd has started what it will; whether all of that runs."""
        await_true(lambda: self.said("systemctl", "is-system-running") in SETTLED, timeout_s)
        return self.said("systemctl", "is-system-running")

    def await_end(self, timeout_s: float, unless: Callable[[], bool] = lambda: False) -> int | None:
        """Until it has ended by itself, and how; ``None`` where ``unless`` came true before."""
        await_true(lambda: self._ended() or unless(), timeout_s)
        return self.process.poll() if self.process else None

    def power_cut(self) -> None:
        """Every program of it is killed at once."""
        assert self.process is not None
        os.kill(self.first(), signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        # A browser that looked at its screen may hold its end of the cable still.
        subprocess.run(["ip", "link", "delete", CABLE], check=False, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """As by its own `poweroff`."""
        if not self._ended():
            self.said("systemctl", "poweroff")
            self.await_end(120.0)

    def first(self) -> int:
        """This machine's number of its first process."""
        assert self.process is not None
        for found in _descendants(self.process.pid):
            status = Path(f"/proc/{found}/status").read_text("utf-8")
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
            if len(numbers) == 3 and numbers[-1] == "1":
                return found
        raise AssertionError("it has no first process yet")

    def inside(self, *command: str) -> list[str]:
        """A command as it is given here to be run there, by root."""
        there = ["nsenter", f"--target={self.first()}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"]
        return [*there, "env", "-i", "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", *command]

    def asked(self, *command: str, given: str = "", timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """What a command there says and ends with."""
        return subprocess.run(
            self.inside(*command), input=given, capture_output=True, text=True, timeout=timeout_s, check=False
        )

    def said(self, *command: str) -> str:
        """What a command there says, however it ends."""
        return self.asked(*command).stdout.strip()

    def done(self, *command: str, given: str = "", timeout_s: float = 120.0) -> str:
        """What a command there says, which must end well."""
        done = self.asked(*command, given=given, timeout_s=timeout_s)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def unit(self, name: str, what: str) -> str:
        """A property of a unit."""
        return self.said("systemctl", "show", "--value", f"--property={what}", name)

    def release(self, link: str) -> str:
        """The name of the release that a link leads to, ``current`` or ``proven``."""
        return Path(self.done("readlink", f"/var/lib/carewitness/releases/{link}")).name

    def journal(self, unit: str) -> str:
        """What a unit said since the machine started."""
        return self.said("journalctl", "--boot", "--no-pager", "--output=cat", f"--unit={unit}")


def _is_connected() -> bool:
    return CABLE in {name for _, name in socket.if_nameindex()}


def _descendants(pid: int) -> Iterator[int]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        yield int(child)
        yield from _descendants(int(child))


def may_enlarge() -> bool:
    """Whether a file system in use may be made larger here: some machines give their root no CAP_SYS_RESOURCE."""
    status = Path("/proc/self/status").read_text("utf-8")
    bounds = next(line for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(bounds.split()[1], 16) & 1 << CAP_SYS_RESOURCE)


@contextmanager
def card(folder: Path) -> Iterator[tuple[str, Path]]:
    """A card, whose data partition may grow where that can be tried: its device here, and where it is seen."""
    image, seen = folder / "card.img", folder / "data"
    with image.open("wb") as made:
        made.truncate(8 << 30)
    size = "3GiB" if may_enlarge() else ""
    subprocess.run(["sfdisk", "--quiet", str(image)], input=f",{size},L\n", text=True, check=True)
    disk = subprocess.check_output(["losetup", "--find", "--show", str(image)], text=True).strip()
    try:
        # Not by the kernel itself: some know no partitions, and are told.
        subprocess.run(["partx", "--add", disk], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-L", "carewitness-data", f"{disk}p1"], check=True)
        seen.mkdir()
        subprocess.run(["mount", "-o", "noatime,nodev,nosuid", f"{disk}p1", str(seen)], check=True)
        yield disk, seen
    finally:
        for command in (["umount", "--lazy", str(seen)], ["partx", "--delete", disk], ["losetup", "--detach", disk]):
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
