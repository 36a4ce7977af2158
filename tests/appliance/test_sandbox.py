"""The programs of the appliance, by what their units let them call: the kernel ends whatever calls more."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_agent.identity import create_identity
from sim.recording import a_short_visit, write_recording
from tests.appliance.brokers import CONFIG
from tests.appliance.sandbox import library
from tests.appliance.unit_files import required
from tests.sensors.pulse import portaudio_or_skip

UNITS = CONFIG / "systemd"
_ASK = "from edge_agent.kernel_clock import kernel_clock; print(kernel_clock().source.value)"
# How a device of a kind that is fitted is opened, where there is none.
_OPEN = """
import cv2, gpiod, sounddevice
from edge_agent.errors import SensorError
from edge_agent.sensors.i2c_bus import LinuxBus
cv2.VideoCapture("/dev/nothing", cv2.CAP_V4L2).isOpened()
for opened in (lambda: gpiod.Chip("/dev/nothing"), lambda: LinuxBus(99), sounddevice.query_devices):
    try:
        opened()
    except (OSError, SensorError):
        pass
"""


@pytest.fixture(autouse=True)
def tools() -> None:
    required("systemd-analyze", "systemd")
    if library() is None:
        pytest.skip("libseccomp is not installed; apt install libseccomp2")


@pytest.fixture
def device(tmp_path: Path, registry: Path) -> Path:
    create_identity(tmp_path / "device", "device-1", "agency-a")
    settings = f'folder = "device"\nmodels = "{registry}"\n[position]\n[kiosk]\nport = 0\n'
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    return tmp_path


def command(unit: str, *words: object) -> list[str]:
    """Python, within the unit's sandbox."""
    place = str(UNITS / f"carewitness-{unit}.service")
    return [sys.executable, "-m", "tests.appliance.sandbox", place, sys.executable, *map(str, words)]


def done(unit: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(unit, *words), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("barred", ["import socket; socket.socket(socket.AF_NETLINK)", "import os; os.chroot('/')"])
def test_what_is_barred_ends_the_program(barred: str) -> None:
    assert done("agent", "-c", barred).returncode == -signal.SIGSYS


def test_memory_that_is_written_is_not_run() -> None:
    # 6 is to be written and to be run.
    assert done("agent", "-c", "import mmap; mmap.mmap(-1, 4096, prot=6)").returncode == -signal.SIGSYS


@pytest.mark.parametrize("unit", ["agent", "retention"])
def test_the_kernel_may_be_asked_whether_its_clock_is_set(unit: str) -> None:
    told = done(unit, "-c", _ASK)
    assert told.returncode == 0, told.stderr
    assert told.stdout == subprocess.check_output([sys.executable, "-c", _ASK], text=True)


def test_the_kinds_of_sensor_may_be_opened() -> None:
    portaudio_or_skip()
    assert done("agent", "-c", _OPEN).returncode == 0


def test_a_visit_is_witnessed_and_the_house_is_kept(device: Path) -> None:
    """With the models that are here, from first reading to seal."""
    write_recording(a_short_visit(1), device / "recording")
    settings = device / "settings.toml"
    run = ("-m", "edge_agent", "run", "--settings", settings, "--replay", device / "recording" / "visit.toml")
    witnessed = done("agent", *run, "--speed", 20)
    assert witnessed.returncode == 0, witnessed.stderr
    assert witnessed.stdout.startswith("已封存 sealed: 1 ")
    kept = done("retention", "-m", "edge_agent", "housekeeping", "--settings", settings)
    assert kept.returncode == 0, kept.stderr


@contextmanager
def screen(device: Path) -> Iterator[subprocess.Popen[str]]:
    words = command("agent", "-m", "edge_agent", "run", "--settings", device / "settings.toml", "--kiosk")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as agent:
        yield agent


def test_the_screen_comes_up_and_goes_when_it_is_asked_to(device: Path) -> None:
    with screen(device) as agent:
        assert agent.stdout is not None
        said = agent.stdout.readline()
        agent.send_signal(signal.SIGTERM)
        _, errors = agent.communicate(timeout=60)
    assert said.startswith("屏幕 screen: http://127.0.0.1:"), errors
    assert agent.returncode == 0, errors
