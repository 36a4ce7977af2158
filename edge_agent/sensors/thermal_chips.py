"""The two arrays that are sold to be soldered: what their drivers read, as °C. Adafruit's drivers do the reckoning."""

import time
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.sensor_settings import ThermalChip
from edge_agent.sensors.i2c_bus import DriverBus, names_of_blinka
from visit_record.bilingual import Words

# What the driver of the MLX90640 writes into a cell that its factory found broken.
BROKEN_CELL_C = -273.15
MLX90640_SHAPE = (24, 32)
# A frame is two half ones: at 4 Hz each is done in 250 ms, and a bus of 100 kHz brings it away in 150.
MLX90640_HZ_CODE = 0b011
# The AMG8833 begins with nothing in its registers; its data sheet gives it 50 ms after power, and frames take 100.
AMG8833_WAKES_S = 0.3


class Chip(Protocol):
    """An array that has been opened."""

    def celsius(self) -> NDArray[np.float32]:
        """The newest frame, [rows, columns]; NaN where a cell gave nothing.

        Raises:
            OSError: it does not answer.
            RuntimeError: the frame was cut short; the next may be whole.
        """
        ...


class Mlx90640:
    """Melexis MLX90640, 24 rows of 32."""

    def __init__(self, bus: DriverBus, address: int = 0x33) -> None:
        with names_of_blinka():
            from adafruit_mlx90640 import MLX90640
        # The driver keeps its broken cells with the class, and takes them for more at each opening.
        driver = type("OwnMlx90640", (MLX90640,), {"brokenPixels": [], "outlierPixels": []})
        self._chip: Any = driver(bus, address)
        self._chip.refresh_rate = MLX90640_HZ_CODE

    def celsius(self) -> NDArray[np.float32]:
        """The newest frame: two half ones, up to half a second apart."""
        cells = [0.0] * (MLX90640_SHAPE[0] * MLX90640_SHAPE[1])
        self._chip.getFrame(cells)
        frame = np.array(cells, np.float32).reshape(MLX90640_SHAPE)
        frame[frame <= BROKEN_CELL_C] = np.nan
        return frame


class Amg8833:
    """Panasonic AMG8833, 8 rows of 8."""

    def __init__(self, bus: DriverBus, address: int = 0x69) -> None:
        with names_of_blinka():
            from adafruit_amg88xx import AMG88XX
        self._chip: Any = AMG88XX(bus, address)
        time.sleep(AMG8833_WAKES_S)

    def celsius(self) -> NDArray[np.float32]:
        """The newest frame."""
        return np.array(self._chip.pixels, np.float32)


def open_chip(kind: ThermalChip, bus: DriverBus, address: int | None) -> Chip:
    """Open an array, at its own address if none is given.

    Raises:
        SensorError: nothing answers there, or what it says of itself is no such chip's.
    """
    opened = Mlx90640 if kind is ThermalChip.MLX90640 else Amg8833
    try:
        return opened(bus) if address is None else opened(bus, address)
    except (OSError, ValueError, RuntimeError, ArithmeticError) as cause:
        raise SensorError(
            f"no {kind.value} answers ({cause})",
            f"{kind.value} 没有应答",
            Words("用 i2cdetect 检查接线和地址", "check its cable and address with i2cdetect"),
        ) from cause
