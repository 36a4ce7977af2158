"""What is fitted to a device, as its settings have it. Nothing is opened here."""

from collections.abc import Iterator
from functools import partial

from edge_agent.ports import Sensor, TamperGuard
from edge_agent.readings import CameraFrame, PositionReading, Reading
from edge_agent.sensor_settings import CameraSettings, PositionSettings, TamperSettings
from edge_agent.sensors.accelerometer import AccelerometerGuard
from edge_agent.sensors.camera import OpenCvCamera
from edge_agent.sensors.gpsd import GpsdReceiver
from edge_agent.sensors.i2c_bus import LinuxBus
from edge_agent.sensors.microphone import Microphone
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.sensors.pi_camera import SOURCE, PiCamera
from edge_agent.sensors.serial_receiver import SerialReceiver
from edge_agent.sensors.tamper_contact import ContactGuard, request_contact
from edge_agent.sensors.thermal_array import ThermalArray
from edge_agent.settings import Settings
from edge_agent.supervision.states import PART_OF
from visit_record.fitted import Part


def fitted(settings: Settings) -> Iterator[Sensor[Reading]]:
    """The sensors that have a section in the settings."""
    if settings.camera:
        yield camera(settings.camera)
    if settings.microphone:
        heard = settings.microphone
        yield Microphone(heard.device, heard.rate_hz, heard.channels, monotonic_ms)
    if settings.thermal:
        felt = settings.thermal
        yield ThermalArray(felt.chip, felt.address, felt.rate_hz, partial(LinuxBus, felt.bus), monotonic_ms)
    if settings.position:
        yield _receiver(settings.position)


def guards(settings: TamperSettings | None) -> Iterator[TamperGuard]:
    """What notices that the device is moved; none where nothing is fitted."""
    if settings and settings.line is not None:
        yield ContactGuard(partial(request_contact, settings.chip, settings.line), monotonic_ms)
    if settings and settings.accelerometer:
        yield AccelerometerGuard(settings.accelerometer, monotonic_ms)


def fitted_parts(settings: Settings) -> tuple[Part, ...]:
    """What the settings name, each once; a device may have two guards."""
    sensors = [PART_OF[one.modality] for one in fitted(settings)]
    return tuple(dict.fromkeys([*sensors, *(Part.GUARD for _ in guards(settings.tamper))]))


def camera(settings: CameraSettings) -> Sensor[CameraFrame]:
    """The camera by itself."""
    if settings.source == SOURCE:
        return PiCamera(settings.rate_hz, settings.width, settings.height, monotonic_ms)
    return OpenCvCamera(settings.source, settings.rate_hz, settings.width, settings.height, monotonic_ms)


def _receiver(settings: PositionSettings) -> Sensor[PositionReading]:
    if settings.serial:
        return SerialReceiver(settings.serial, settings.baud, monotonic_ms)
    return GpsdReceiver(settings.host, settings.port, monotonic_ms)
