"""One device from its card to its days, and a site for it. What tests do to it they mend again."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sim.demo.children import command
from tests.appliance.brokers import CONFIG, Site
from tests.booted.debian import as_on_the_card, user_data
from tests.booted.machine import DEVICE_ADDRESS, SITE_ADDRESS, STARTS_ANEW, Machine, card
from tests.booted.receiver import receiver, terminal
from tests.chromium import ARGUMENTS
from tests.whole import ROOT, Server, running_server

SCREEN = "http://127.0.0.1:8600"
FIRST_START_S = 1200.0
SITE_LINES = f"""DEVICE=device-1
AGENCY=agency-a
BROKER_HOST={SITE_ADDRESS}
BROKER_PORT=8883
TIME_SERVERS={SITE_ADDRESS}
LATITUDE=31.22
LONGITUDE=121.47
CAMERA=
MICROPHONE=
THERMAL=
POSITION=gps
"""
# One for each visit that a test makes.
ORDER = """
[[order]]
order = "{name}"
caregiver = "caregiver-1"
recipient = "recipient-1"
planned_start = {now}
planned_duration_s = 600
items = ["feeding", "oral_care"]
"""


@pytest.fixture(scope="session")
def kept() -> Path:
    """The folder of what was made before; see ``__main__``."""
    # What is mounted and connected here must end with these tests.
    if os.geteuid() != 0 or len(Path("/proc/self/net/route").read_text("utf-8").splitlines()) > 1:
        pytest.skip("needs root and namespaces of its own: sudo make check-systemd")
    return Path(os.environ.get("CACHE", ROOT / "var" / "systemd")).resolve()


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("systemd")


@pytest.fixture(scope="session")
def site(work: Path) -> Iterator[Site]:
    """The broker beside the server, with the settings that ship, at the other end of the device's cable."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    made = Site(work, address=SITE_ADDRESS, device_port=8883)
    made.server.start()
    yield made
    made.server.stop()


@pytest.fixture(scope="session")
def server(work: Path, site: Site) -> Iterator[Server]:
    folder = work / "serving"
    folder.mkdir()
    with running_server(folder, f"mqtt://127.0.0.1:{site.server_port}") as started:
        yield started


@pytest.fixture(scope="session")
def boot(work: Path, kept: Path) -> Path:
    """The card's first partition, as docs/appliance.md has an installer fill it."""
    folder = work / "boot"
    there = folder / "carewitness"
    there.mkdir(parents=True)
    shutil.copytree(CONFIG, there / "firmware_config")
    shutil.copytree(kept / "release", there / "release", copy_function=os.link)
    shutil.copy(kept / "release.jwk.json", there)
    (there / "site.env").write_text(SITE_LINES, "utf-8")
    shutil.copy(CONFIG / "cloud-init" / "meta-data", folder)
    (folder / "user-data").write_text(user_data(), "utf-8")
    (folder / "cmdline.txt").write_text("console=serial0,115200 console=tty1 root=/dev/mmcblk0p2 rootwait\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def machine(work: Path, kept: Path, boot: Path) -> Iterator[Machine]:
    """A device after its first start, by cloud-init, and its second."""
    root, upper, layer, stick = (work / name for name in ("root", "upper", "layer", "stick"))
    for folder in (root, upper, layer, stick):
        folder.mkdir()
    debian = as_on_the_card(kept / "root", DEVICE_ADDRESS)
    layers = f"lowerdir={debian},upperdir={upper},workdir={layer}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(root)], check=True)
    with card(work) as (disk, data), receiver() as gps, terminal() as tty:
        lines = {"/dev/carewitness/gps": gps, "/dev/tty1": tty}
        made = Machine(root, boot, data, disk, stick, lines, work / "console.log")
        try:
            made.start(first=True)
            assert made.await_end(FIRST_START_S, lambda: failed(made)) == STARTS_ANEW, told(made)
            add_screen(root)
            made.start()
            made.await_settled()
            yield made
        finally:
            made.stop()
            subprocess.run(["umount", "--lazy", str(root)], check=False)


def add_screen(root: Path) -> None:
    """The compositor's stand-in for a panel: a container has none, and no log-in at one."""
    folder = root / "etc" / "systemd" / "system" / "carewitness-kiosk.service.d"
    folder.mkdir()
    panel = "WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman XDG_RUNTIME_DIR=/run/carewitness-kiosk"
    (folder / "panel.conf").write_text(f"[Service]\nEnvironment={panel}\n", "utf-8")


def failed(machine: Machine) -> bool:
    """Whether cloud-init has seen the script fail."""
    return "Failed to run module scripts-user" in told(machine)


def told(machine: Machine) -> str:
    """What the first start said."""
    log = machine.root / "var" / "log" / "cloud-init-output.log"
    return log.read_text("utf-8", "replace") if log.exists() else ""


@pytest.fixture(scope="session")
def device(machine: Machine, site: Site, server: Server) -> Machine:
    """The device once it is enrolled by a stick, and has orders, as an installer and an administrator do it."""
    card = machine.boot / "carewitness"
    request, data_dir = card / "device-1.request.json", server.service.data_dir
    command(["ingest_server", "devices", "import", str(request), "--data-dir", str(data_dir)])
    (machine.stick / "device-1.crt").write_bytes(site.authority.signed((card / "device-1.csr").read_bytes()))
    (machine.stick / "ca.crt").write_bytes(site.authority.pem())
    (machine.stick / "server.jwk.json").write_text(server.service.public_key(), "utf-8")
    (machine.stick / "site.env").write_text(SITE_LINES, "utf-8")
    machine.done("carewitness-enrol", "/mnt")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    machine.done(
        "tee",
        "/var/lib/carewitness/device/orders.toml",
        given="".join(ORDER.format(name=name, now=now) for name in ("morning", "noon")),
    )
    return machine


@pytest.fixture
def screen(device: Machine, work: Path) -> Iterator[Page]:
    """A browser on the device, whose screen is there; the device may start anew meanwhile, the browser not."""
    there = work / "chromium"
    there.write_text(f'#!/bin/sh\nexec nsenter --target={device.first()} --net /usr/bin/chromium "$@"\n', "utf-8")
    there.chmod(there.stat().st_mode | stat.S_IXUSR)
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=str(there), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 800, "height": 480}, has_touch=True)
        page.goto(SCREEN)
        yield page
        browser.close()
