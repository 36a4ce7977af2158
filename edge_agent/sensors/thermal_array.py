"""The thermal array on the I2C bus."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.readings import ThermalFrame
from edge_agent.sensor_settings import ThermalChip
from edge_agent.sensors.i2c_bus import Bus, DriverBus
from edge_agent.sensors.monotonic import Clock
from edge_agent.sensors.thermal_chips import Chip, open_chip
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

FRAME_S = 2.0
# A bus beside a motor or a long cable stumbles now and then: that is no failure yet.
MOST_STUMBLES = 5


@dataclass(frozen=True)
class ThermalArray:
    """Implements ``Sensor[ThermalFrame]``; ends only by failing. ``open_bus`` gives the bus that the chip is on."""

    chip: ThermalChip
    address: int | None
    rate_hz: float
    open_bus: Callable[[], Bus]
    clock: Clock
    pause: Callable[[float], None] = time.sleep

    @property
    def modality(self) -> Modality:
        """Heat."""
        return Modality.THERMAL

    def readings(self) -> Iterator[ThermalFrame]:
        """Yield ``rate_hz`` frames a second, or as many as the chip has.

        Raises:
            SensorError: no such chip answers, or it has stopped.
        """
        with closing(self.open_bus()) as raw:
            bus = DriverBus(raw, self.clock)
            bus.allow(FRAME_S)
            chip = open_chip(self.chip, bus, self.address)
            while True:
                began_ms = self.clock()
                celsius = self._frame(chip, bus)
                yield ThermalFrame(self.clock(), celsius)
                self.pause(max(0.0, 1 / self.rate_hz - (self.clock() - began_ms) / 1000))

    def _frame(self, chip: Chip, bus: DriverBus) -> NDArray[np.float32]:
        stumbled: Exception | None = None
        for _ in range(MOST_STUMBLES):
            bus.allow(FRAME_S)
            try:
                return chip.celsius()
            except TimeoutError as cause:
                raise SensorError(
                    f"the {self.chip.value} has stopped ({cause})",
                    f"{self.chip.value} 停住了",
                    Words("断电再接上", "take its power away and back"),
                ) from cause
            # What a bus garbles may also come out as a root of something negative, or a division by nothing.
            except (OSError, RuntimeError, ValueError, ArithmeticError) as cause:
                stumbled = cause
        raise SensorError(
            f"the {self.chip.value} fails ({stumbled})",
            f"{self.chip.value} 反复出错",
            Words("检查接线和 3.3 V", "check its cable and its 3.3 V"),
        ) from stumbled
