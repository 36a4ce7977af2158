"""What notices that the device is moved: a contact behind gpiod's interface, an accelerometer as Linux shows it."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from edge_agent.errors import SensorError
from edge_agent.ports import TamperGuard
from edge_agent.readings import TamperSign
from edge_agent.sensors.accelerometer import AccelerometerGuard
from edge_agent.sensors.movement import Movement
from edge_agent.sensors.tamper_contact import ContactGuard, request_contact


def ticks(step_ms: int = 100) -> Callable[[], int]:
    times = iter(range(0, 10_000_000, step_ms))
    return lambda: next(times)


class FakeRequest:
    """A line as gpiod's ``LineRequest`` gives it: an edge where it is told so, else the wait runs out."""

    def __init__(self, *edges: bool) -> None:
        self.edges, self.read, self.released = list(edges), 0, False

    def wait_edge_events(self, timeout: float) -> bool:
        assert timeout > 0
        if not self.edges:
            raise OSError(19, "No such device")
        return self.edges.pop(0)

    def read_edge_events(self) -> list[object]:
        self.read += 1
        return []

    def release(self) -> None:
        self.released = True


def test_each_edge_of_a_contact_is_a_move_and_each_wait_a_sign_of_life() -> None:
    request = FakeRequest(False, True, False, True)
    guard: TamperGuard = ContactGuard(lambda: request, ticks())
    signs: list[TamperSign] = []
    with pytest.raises(SensorError, match="cannot be read any more"):
        signs += iter(guard.signs())
    signs = list(islice(ContactGuard(lambda: FakeRequest(False, True), ticks()).signs(), 2))
    assert signs == [TamperSign(0, False), TamperSign(100, True)]
    assert (request.read, request.released) == (2, True)


def test_a_contact_on_a_chip_that_is_not_there_is_a_sensor_error() -> None:
    pytest.importorskip("gpiod", reason="gpiod is not installed")
    with pytest.raises(SensorError, match=r"line 17 of /dev/gpiochip-none cannot be watched.*gpioinfo"):
        request_contact("/dev/gpiochip-none", 17)


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """Two devices as /sys/bus/iio/devices shows them: a thermometer, and an accelerometer that lies flat."""
    for number, name in enumerate(("bme280", "lis3dh_accel")):
        folder = tmp_path / f"iio:device{number}"
        folder.mkdir()
        (folder / "name").write_text(f"{name}\n", "ascii")
    lie(tmp_path, 0, 0, 1024)
    (tmp_path / "iio:device1" / "in_accel_scale").write_text("0.009577\n", "ascii")
    return tmp_path


def lie(kernel: Path, *raw: int) -> None:
    for axis, value in zip("xyz", raw, strict=True):
        (kernel / "iio:device1" / f"in_accel_{axis}_raw").write_text(f"{value}\n", "ascii")


def accelerometer(kernel: Path, name: str = "lis3dh_accel") -> Iterator[TamperSign]:
    guard: TamperGuard = AccelerometerGuard(name, ticks(), kernel, lambda _s: None)
    return guard.signs()


def test_an_accelerometer_that_the_kernel_knows_tells_that_it_was_tilted(kernel: Path) -> None:
    signs = accelerometer(kernel)
    assert not any(next(signs).moved for _ in range(50))
    lie(kernel, 700, 0, 750)
    assert next(signs).moved
    assert not any(next(signs).moved for _ in range(50))


def test_an_accelerometer_that_is_not_there_or_gone_is_a_sensor_error(kernel: Path) -> None:
    with pytest.raises(SensorError, match="no accelerometer adxl345"):
        next(accelerometer(kernel, "adxl345"))
    signs = accelerometer(kernel)
    next(signs)
    (kernel / "iio:device1" / "in_accel_y_raw").write_text("", "ascii")
    with pytest.raises(SensorError, match="cannot be read"):
        next(signs)


RNG = np.random.default_rng(4)
FLAT = np.array([0.0, 0.0, 9.81])


def moves(*stretches: tuple[int, float, float]) -> list[int]:
    """Moments of moves over stretches of (looks, tilt in degrees, shaking in m/s²), ten looks a second."""
    movement, at_ms, found = Movement(), 0, list[int]()
    for looks, tilt_deg, shaking in stretches:
        for _ in range(looks):
            angle = np.radians(tilt_deg)
            acceleration = 9.81 * np.array([np.sin(angle), 0.0, np.cos(angle)]) + [0, 0, shaking * RNG.choice([-1, 1])]
            found += [at_ms] if movement.look(at_ms, acceleration) else []
            at_ms += 100
    return found


def test_a_device_that_hangs_still_or_beside_a_washing_machine_does_not_move() -> None:
    assert moves((600, 0, 0.05), (600, 0, 1.0)) == []


def test_a_door_that_slams_is_no_move() -> None:
    assert moves((100, 0, 0.05), (3, 0, 6.0), (100, 0, 0.05)) == []


def test_a_device_that_is_taken_down_and_put_elsewhere_moves_once() -> None:
    assert moves((100, 0, 0.05), (20, 40, 3.0), (200, 80, 0.05)) == [10_000]


def test_a_device_that_is_carried_level_is_moved_by_its_shaking() -> None:
    assert len(moves((100, 0, 0.05), (50, 0, 4.0), (100, 0, 0.05))) == 1


def test_two_moves_far_apart_are_two() -> None:
    assert len(moves((50, 0, 0.05), (200, 30, 0.05), (50, 0, 0.05))) == 2
