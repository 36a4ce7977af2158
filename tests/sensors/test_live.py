"""What the settings say is fitted, and nothing else."""

from pathlib import Path

import pytest

from edge_agent.errors import SettingsError
from edge_agent.sensor_settings import TamperSettings, ThermalChip
from edge_agent.sensors.accelerometer import AccelerometerGuard
from edge_agent.sensors.camera import OpenCvCamera
from edge_agent.sensors.gpsd import GpsdReceiver
from edge_agent.sensors.live import fitted, guards
from edge_agent.sensors.microphone import Microphone
from edge_agent.sensors.pi_camera import PiCamera
from edge_agent.sensors.serial_receiver import SerialReceiver
from edge_agent.sensors.tamper_contact import ContactGuard
from edge_agent.sensors.thermal_array import ThermalArray
from edge_agent.settings import Settings
from edge_agent.settings_file import read_settings

DEVICE = 'folder = "device"\nmodels = "registry.toml"\n'
ALL = f"""{DEVICE}
[camera]
source = "http://10.0.0.7/stream"
rate_hz = 4
[microphone]
device = "hw:seeed"
channels = 2
[thermal]
chip = "mlx90640"
bus = 3
address = 0x32
[position]
[tamper]
line = 17
accelerometer = "lis3dh_accel"
"""


def settings(folder: Path, content: str) -> Settings:
    path = folder / "settings.toml"
    path.write_text(content, "utf-8")
    return read_settings(path)


def test_a_device_whose_settings_name_no_sensor_has_none(tmp_path: Path) -> None:
    plain = settings(tmp_path, DEVICE)
    assert list(fitted(plain)) == []
    assert list(guards(plain.tamper)) == []


def test_each_section_is_a_sensor_that_has_what_it_says(tmp_path: Path) -> None:
    camera, microphone, array, receiver = fitted(settings(tmp_path, ALL))
    assert isinstance(camera, OpenCvCamera)
    assert (camera.source, camera.rate_hz, camera.width) == ("http://10.0.0.7/stream", 4, 640)
    assert isinstance(microphone, Microphone)
    assert (microphone.device, microphone.rate_hz, microphone.channels) == ("hw:seeed", None, 2)
    assert isinstance(array, ThermalArray)
    assert (array.chip, array.address, array.rate_hz) == (ThermalChip.MLX90640, 0x32, 1.0)
    assert isinstance(receiver, GpsdReceiver)
    assert (receiver.host, receiver.port) == ("127.0.0.1", 2947)


def test_a_ribbon_camera_and_a_serial_receiver_are_asked_for_by_name(tmp_path: Path) -> None:
    wanted = f'{DEVICE}[camera]\nsource = "picamera2"\n[position]\nserial = "/dev/ttyACM0"\nbaud = 115200\n'
    camera, receiver = fitted(settings(tmp_path, wanted))
    assert isinstance(camera, PiCamera)
    assert isinstance(receiver, SerialReceiver)
    assert (receiver.device, receiver.baud) == ("/dev/ttyACM0", 115_200)


def test_a_guard_is_a_contact_an_accelerometer_or_both() -> None:
    assert [type(guard) for guard in guards(TamperSettings(line=17))] == [ContactGuard]
    assert [type(guard) for guard in guards(TamperSettings(accelerometer="a"))] == [AccelerometerGuard]
    assert len(list(guards(TamperSettings(line=0, accelerometer="a")))) == 2


WRONG = {
    "a chip that nobody can read": '[thermal]\nchip = "lepton"\n',
    "an address off the bus": '[thermal]\nchip = "amg8833"\naddress = 0x99\n',
    "a thermal array without its kind": "[thermal]\nbus = 1\n",
    "no pictures a second": "[camera]\nrate_hz = 0\n",
    "no way to a camera": '[camera]\nsource = ""\n',
    "a port that is none": "[position]\nport = 70000\n",
    "a misspelt line": "[tamper]\nlime = 3\n",
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_section_is_one_clear_line(tmp_path: Path, case: str) -> None:
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        settings(tmp_path, DEVICE + WRONG[case])
