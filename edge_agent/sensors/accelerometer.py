"""An accelerometer that the kernel drives (Linux IIO): any chip, as numbers in files."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.readings import TamperSign
from edge_agent.sensors.monotonic import Clock
from edge_agent.sensors.movement import Movement
from visit_record.bilingual import Words

DEVICES = Path("/sys/bus/iio/devices")
EVERY_S = 0.1
AXES = "xyz"


@dataclass(frozen=True)
class AccelerometerGuard:
    """Implements ``TamperGuard`` over the device of that name; ``devices`` is where the kernel shows them."""

    name: str
    clock: Clock
    devices: Path = DEVICES
    pause: Callable[[float], None] = time.sleep

    def signs(self) -> Iterator[TamperSign]:
        """Yield ten times a second.

        Raises:
            SensorError: there is no such accelerometer, or it cannot be read.
        """
        folder, movement = self._folder(), Movement()
        while True:
            acceleration, now_ms = self._acceleration(folder), self.clock()
            yield TamperSign(now_ms, movement.look(now_ms, acceleration))
            self.pause(EVERY_S)

    def _folder(self) -> Path:
        for named in sorted(self.devices.glob("iio:device*/name")):
            if named.read_text("ascii").strip() == self.name:
                return named.parent
        raise SensorError(
            f"the kernel knows no accelerometer {self.name}",
            f"内核没有加速度计 {self.name}",
            Words(f"检查它的 overlay 和 {self.devices}", f"check its overlay, and {self.devices}"),
        )

    def _acceleration(self, folder: Path) -> NDArray[np.float64]:
        """m/s², as the kernel's ABI for IIO has it: raw times scale."""
        try:
            raw = [float((folder / f"in_accel_{axis}_raw").read_text("ascii")) for axis in AXES]
            return np.array(raw) * float((folder / "in_accel_scale").read_text("ascii"))
        except (OSError, ValueError) as cause:
            raise SensorError(
                f"the accelerometer {self.name} cannot be read ({cause})",
                f"加速度计 {self.name} 读不出",
                Words("检查接线", "check its cable"),
            ) from cause
