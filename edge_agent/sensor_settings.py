"""What is fitted to one device: a section for each sensor. One without its section is not fitted."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from edge_agent.section import Positive, Section

Address = Annotated[int, Meta(ge=0x03, le=0x77)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Side = Annotated[int, Meta(ge=16, le=10_000)]
Text = Annotated[str, Meta(min_length=1)]


class CameraSettings(Section, frozen=True):
    """The camera that sees whoever checks in."""

    source: Text = "/dev/video0"
    """A V4L2 device, a video file, the address of an MJPEG stream, or picamera2 for a camera on the Pi's own ribbon."""

    rate_hz: Positive = 5.0
    """Pictures a second that are handed on; those between are dropped undecoded where the driver can."""

    width: Side = 640
    """Pixels across that are asked of the camera; it may have others."""

    height: Side = 480
    """Pixels down that are asked of the camera."""


class MicrophoneSettings(Section, frozen=True):
    """The microphone."""

    device: str = ""
    """Name of the device, or a part of it, as sounddevice lists it; empty takes the system's own choice."""

    rate_hz: Annotated[int, Meta(ge=4_000, le=192_000)] | None = None
    """Samples a second that are asked of it; without it those that the device likes best."""

    channels: Annotated[int, Meta(ge=1, le=8)] = 1
    """Channels that are opened, and heard as one; some I2S microphones know two only."""


class ThermalChip(StrEnum):
    """Arrays that can be read."""

    MLX90640 = "mlx90640"
    AMG8833 = "amg8833"


class ThermalSettings(Section, frozen=True):
    """The thermal array on the I2C bus."""

    chip: ThermalChip
    """Which one."""

    bus: Annotated[int, Meta(ge=0)] = 1
    """Number of the bus, as in /dev/i2c-1."""

    address: Address | None = None
    """Its address; without it the chip's own: 0x33 of an MLX90640, 0x69 of an AMG8833."""

    rate_hz: Annotated[float, Meta(gt=0, le=4)] = 1.0
    """Frames a second."""


class PositionSettings(Section, frozen=True):
    """The position receiver: through gpsd, or NMEA 0183 from a serial line of its own."""

    host: Text = "127.0.0.1"
    """Where gpsd listens."""

    port: Port = 2947
    """Its port."""

    serial: str = ""
    """A serial line, as /dev/ttyACM0; then no gpsd is asked. A line that gpsd holds cannot be read beside it."""

    baud: Annotated[int, Meta(ge=300)] = 9_600
    """Speed of that line."""


class TamperSettings(Section, frozen=True):
    """What notices that the device is moved or opened."""

    chip: Text = "/dev/gpiochip0"
    """The GPIO chip of the contact."""

    line: Annotated[int, Meta(ge=0)] | None = None
    """The line of a tilt switch or a case contact, closed to ground while all is well; without it there is none."""

    accelerometer: str = ""
    """Name of an accelerometer that the kernel knows, as lis3dh_accel in /sys/bus/iio; empty has none."""


class SupervisionSettings(Section, frozen=True):
    """How sensors are watched over."""

    silent_after_s: Positive = 10.0
    """Seconds without a reading after which a sensor is silent."""

    lies_for_s: Positive = 15.0
    """Seconds that one may give what cannot be true before it is opened anew."""

    first_wait_s: Positive = 1.0
    """Seconds before one that broke is opened anew; doubled each time."""

    longest_wait_s: Positive = 60.0
    """The longest of these waits."""

    settled_after_s: Positive = 60.0
    """Seconds that it must work before the waits begin small again."""

    restarts: Annotated[int, Meta(ge=0)] = 30
    """How often it is opened anew in one visit, at most."""

    give_up_after_s: Positive = 900.0
    """Seconds in trouble after which it is given up for this visit."""
