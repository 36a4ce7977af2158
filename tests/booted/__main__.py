"""What a device under systemd is made of, fetched while there is a line: ``python -m tests.booted FOLDER``, as root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.appliance.brokers import CONFIG
from tests.booted.debian import PYTHON, make_root

TOOLS = {
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "mosquitto": "mosquitto",
    "ip": "iproute2",
    "chromium": "chromium",
}


def main(folder: Path) -> None:
    """Make a Debian and a release in a folder; what is there already stays."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        sys.exit(f"error: apt install {' '.join(missing)}")
    if os.geteuid() != 0:
        sys.exit("error: only root may make another system's root and start it: sudo make check-systemd")
    folder.mkdir(parents=True, exist_ok=True)
    make_root(folder)
    _gather_release(folder)


def _gather_release(folder: Path) -> None:
    """A release of the commit that is checked out, for this machine's processor, as a publisher gathers it."""
    release, key = folder / "release", folder / "release.pem"
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True, cwd=CONFIG)
    of = folder / "release.txt"
    if of.exists() and of.read_text("utf-8") == commit:
        return
    of.unlink(missing_ok=True)
    shutil.rmtree(release, ignore_errors=True)
    if not key.exists():
        agent = Path(sys.executable).with_name("edge-agent")
        subprocess.run([agent, "update", "key", str(key)], check=True, stdout=subprocess.DEVNULL)
    gather = [str(CONFIG / "bin" / "carewitness-release"), str(release), "1", "0.1-check", str(key), PYTHON]
    said = subprocess.check_output([*gather, os.uname().machine], text=True)
    (folder / "release.jwk.json").write_text(said.strip().splitlines()[-1], "utf-8")
    of.write_text(commit, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
