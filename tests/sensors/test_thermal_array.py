"""Thermal arrays through Adafruit's drivers, which ask a wire of ours."""

from collections.abc import Callable
from importlib.util import find_spec
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import ThermalFrame
from edge_agent.sensor_settings import ThermalChip
from edge_agent.sensors.i2c_bus import Bus, DriverBus, LinuxBus
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.sensors.thermal_array import MOST_STUMBLES, ThermalArray
from edge_agent.sensors.thermal_chips import Mlx90640
from tests.sensors.fake_chips import (
    CELLS,
    EXAMPLE_PLACE,
    EXAMPLE_RAW,
    FakeAmg8833,
    FakeMlx90640,
    example_frame,
    raw_words,
)
from visit_record.vocabulary import Modality

# What the extra `edge` brings besides the two drivers.
BESIDE = ("adafruit_bus_device", "adafruit_register", "smbus2")
pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in BESIDE), reason=f"not installed: {', '.join(BESIDE)}; make setup"
)


def array(bus: Bus, chip: ThermalChip = ThermalChip.MLX90640, clock: Callable[[], int] = monotonic_ms) -> ThermalArray:
    return ThermalArray(chip, None, 4.0, lambda: bus, clock, lambda _s: None)


def frames(bus: Bus, count: int, chip: ThermalChip = ThermalChip.MLX90640) -> list[NDArray[np.float32]]:
    return [reading.celsius for reading in islice(array(bus, chip).readings(), count)]


def somebody_in_bed() -> NDArray[np.float32]:
    """A warm room with a warm stretch that is neither square nor in the middle."""
    picture = np.full((24, 32), 26.0, np.float32)
    picture[3:9, 20:31] = 33.0
    picture[16, 2] = 45.0
    return picture


def test_the_worked_example_of_the_data_sheet_comes_out_as_it_is_printed() -> None:
    driver = Mlx90640(DriverBus(FakeMlx90640(), monotonic_ms))._chip
    raw = [EXAMPLE_RAW] * CELLS
    half = next(half for half in range(2) if _reads(driver, half, raw) != 0.0)
    assert driver._GetTa(example_frame(half, raw)) == pytest.approx(39.184, abs=0.001)
    # The driver takes the mean of two compensation cells where the data sheet takes one, and rounds to fewer bits.
    assert _reads(driver, half, raw) == pytest.approx(80.363, abs=0.2)


def _reads(driver: object, half: int, raw: list[int]) -> float:
    cells = [0.0] * CELLS
    driver._CalculateTo(example_frame(half, raw), 1.0, 31.0, cells)  # type: ignore[attr-defined]
    return cells[EXAMPLE_PLACE]


def test_a_picture_comes_through_the_drivers_own_reckoning_the_right_way_round() -> None:
    chip = FakeMlx90640()
    chip.show(raw_words(Mlx90640(DriverBus(chip, monotonic_ms))._chip, somebody_in_bed()))
    sensor: Sensor[ThermalFrame] = array(chip)
    assert sensor.modality is Modality.THERMAL
    seen = next(iter(sensor.readings()))
    assert seen.celsius.shape == (24, 32)
    assert seen.celsius.dtype == np.float32
    assert np.abs(seen.celsius - somebody_in_bed()).max() < 0.5


def test_a_cell_that_the_factory_found_broken_gives_nothing_however_often_the_chip_is_opened() -> None:
    for _ in range(7):
        (seen,) = frames(FakeMlx90640(broken=[5 * 32 + 7]), 1)
        assert np.argwhere(np.isnan(seen)).tolist() == [[5, 7]]


def test_a_bus_that_stumbles_costs_no_frame() -> None:
    chip = FakeMlx90640()
    readings = array(chip).readings()
    next(readings)
    chip.faults = [OSError(121, "Remote I/O error")] * (MOST_STUMBLES - 1)
    assert next(readings).celsius.shape == (24, 32)


def test_a_chip_that_is_pulled_off_is_a_sensor_that_failed_and_the_bus_is_let_go() -> None:
    chip = FakeMlx90640()
    readings = array(chip).readings()
    next(readings)
    chip.faults = [OSError(121, "Remote I/O error")] * 10_000
    with pytest.raises(SensorError, match=r"mlx90640 fails .*check its cable"):
        next(readings)
    assert chip.closed


def test_a_chip_that_never_gets_ready_is_given_up_in_bounded_time() -> None:
    chip, now_ms = FakeMlx90640(), iter(range(0, 10_000_000, 10))
    readings = array(chip, clock=lambda: next(now_ms)).readings()
    next(readings)
    chip.is_ready = False
    with pytest.raises(SensorError, match="has stopped"):
        next(readings)


@pytest.mark.parametrize("chip", ThermalChip)
def test_no_chip_on_the_bus_is_a_sensor_error_that_says_how_to_look(chip: ThermalChip) -> None:
    other = FakeAmg8833(np.zeros((8, 8), np.float32)) if chip is ThermalChip.MLX90640 else FakeMlx90640()
    with pytest.raises(SensorError, match=f"no {chip} answers.*i2cdetect"):
        next(array(other, chip).readings())
    assert other.closed


def test_no_bus_is_a_sensor_error() -> None:
    sensor = ThermalArray(ThermalChip.AMG8833, None, 1.0, lambda: LinuxBus(99), monotonic_ms)
    with pytest.raises(SensorError, match=r"no I2C bus 99.*switch I2C on"):
        next(sensor.readings())


def test_the_small_array_is_read_in_quarters_of_a_degree_above_and_below_zero() -> None:
    celsius = np.linspace(-9.75, 21.75, 64, dtype=np.float32).reshape(8, 8)
    chip = FakeAmg8833(celsius)
    (seen,) = frames(chip, 1, ThermalChip.AMG8833)
    assert seen.tolist() == celsius.tolist()
    assert chip.closed


def test_the_small_array_is_woken_and_asked_for_ten_frames_a_second() -> None:
    chip = FakeAmg8833(np.full((8, 8), 22, np.float32))
    chip.registers[0:4] = bytes((0x10, 0, 1, 3))
    frames(chip, 1, ThermalChip.AMG8833)
    assert tuple(chip.registers[0:3]) == (0x00, 0x3F, 0)
    assert chip.registers[3] & 1 == 0
