"""A Debian as the card has it before the first start, for this machine's processor: made once, kept in a folder."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.appliance.brokers import CONFIG

SUITE, PYTHON = "trixie", "3.13"
MIRROR = "http://deb.debian.org/debian"
USER_DATA = (CONFIG / "cloud-init" / "user-data").read_text("utf-8")
# In Raspberry Pi's own archive alone.
ELSEWHERE = {"python3-picamera2"}
# What Raspberry Pi OS has, of what our settings speak of; and what Debian would choose by itself, where it is not told.
THERE_BEFORE = (
    *("systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd", "udev", "kmod", "cloud-init", "sudo", "locales"),
    *("iproute2", "initramfs-tools", "zstd", "linux-image-cloud-amd64", "ca-certificates"),
)
SEED = """
datasource_list: [NoCloud, None]
datasource:
  NoCloud:
    seedfrom: file:///boot/firmware
network:
  config: disabled
"""
LINE = "[Match]\nName=eth0\n[Network]\nAddress={address}/24\nLinkLocalAddressing=no\n"


def packages() -> list[str]:
    """What is on the card before, and what the first start installs."""
    listed = re.search(r"^packages:\n((?:  .*\n)+)", USER_DATA, re.MULTILINE)
    assert listed is not None
    wanted = set(re.findall(r"^  - (.+)$", listed[1], re.MULTILINE)) - ELSEWHERE
    return sorted(wanted | set(THERE_BEFORE))


def make_root(folder: Path) -> None:
    """A root with every package already there, for a first start without a line to Debian."""
    root, wanted = folder / "root", f"{SUITE} {' '.join(packages())}"
    made_of = folder / "root.txt"
    if not made_of.exists() or made_of.read_text("utf-8") != wanted:
        made_of.unlink(missing_ok=True)
        shutil.rmtree(root, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(packages())}", SUITE, str(root), MIRROR]
        subprocess.run(command, check=True)
        made_of.write_text(wanted, "utf-8")


def as_on_the_card(root: Path, address: str) -> Path:
    """The root, with what Raspberry Pi OS brings and a cable whose address is known."""
    (root / "etc" / "fstab").write_text("", "utf-8")
    (root / "etc" / "hostname").write_text("raspberrypi\n", "utf-8")
    (root / "etc" / "resolv.conf").unlink(missing_ok=True)
    (root / "etc" / "cloud" / "cloud.cfg.d" / "99_raspberry-pi.cfg").write_text(SEED, "utf-8")
    (root / "etc" / "systemd" / "network").mkdir(parents=True, exist_ok=True)
    (root / "etc" / "systemd" / "network" / "eth0.network").write_text(LINE.format(address=address), "utf-8")
    wants = root / "etc" / "systemd" / "system" / "multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    networkd = wants / "systemd-networkd.service"
    networkd.unlink(missing_ok=True)
    networkd.symlink_to("/usr/lib/systemd/system/systemd-networkd.service")
    for group in ("gpio", "i2c"):
        subprocess.run(["chroot", str(root), "groupadd", "--system", "--force", group], check=True)
    return root


def user_data() -> str:
    """That of the card, but for what would ask Debian's network."""
    offline = re.sub(r"^(package_\w+): true$", r"\1: false", USER_DATA, flags=re.MULTILINE)
    return "".join(line for line in offline.splitlines(keepends=True) if line.strip(" -\n") not in ELSEWHERE)
