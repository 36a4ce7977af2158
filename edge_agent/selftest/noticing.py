"""What a sensor must notice when somebody does something before it. Pure; the figures are set by hand."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import PositionReading, SoundBlock, ThermalFrame
from edge_agent.selftest.looks import dbfs_of_power
from edge_agent.timeline import DeviceMoved, Happening, SensorTurned
from visit_record.fitted import Fault
from visit_record.vocabulary import FixType

# A clap or a word nearby against a room's own noise, over half a second.
LOUDER_DB = 12.0
# A hand against what the array saw before, over a part of it: an AMG8833 has 64 cells.
WARMER_K, WARMER_SHARE = 2.0, 0.04
# The coolest of many frames is mostly the array's own noise, unless a few are taken together.
SMOOTHED_FRAMES = 3


@dataclass
class CoveredLens:
    """The lens is covered: as a visit notices it."""

    noticed: bool = False

    def take(self, happening: Happening) -> bool:
        """Take a turn of the camera."""
        self.noticed = self.noticed or (isinstance(happening, SensorTurned) and happening.fault is Fault.BLACK)
        return self.noticed


@dataclass
class LouderSound:
    """Something much louder than the quietest that was heard."""

    levels_db: list[float] = field(default_factory=list)

    @property
    def noticed(self) -> bool:
        """Whether it came."""
        return len(self.levels_db) > 1 and max(self.levels_db) - min(self.levels_db) >= LOUDER_DB

    def take(self, happening: Happening) -> bool:
        """Take half a second."""
        if isinstance(happening, SoundBlock):
            self.levels_db.append(dbfs_of_power(float(np.mean(np.square(happening.samples, dtype=np.float64)))))
        return self.noticed


@dataclass
class WarmHand:
    """Some cells become warmer than the coolest that they were; whoever was in sight at first may leave it."""

    noticed: bool = False
    _last: deque[NDArray[np.float32]] = field(default_factory=lambda: deque(maxlen=SMOOTHED_FRAMES))
    _coolest: NDArray[np.float32] | None = None

    def take(self, happening: Happening) -> bool:
        """Take a frame."""
        if isinstance(happening, ThermalFrame):
            self._last.append(happening.celsius)
            if len(self._last) == SMOOTHED_FRAMES:
                self._compare(np.median(np.stack(self._last), axis=0))
        return self.noticed

    def _compare(self, celsius: NDArray[np.float32]) -> None:
        # A cell that gives nothing is neither cooler nor warmer.
        self._coolest = celsius if self._coolest is None else np.fmin(self._coolest, celsius)
        risen = celsius - self._coolest >= WARMER_K
        self.noticed = self.noticed or float(np.mean(risen)) >= WARMER_SHARE


@dataclass
class FirstFix:
    """The receiver knows where it is."""

    noticed: bool = False

    def take(self, happening: Happening) -> bool:
        """Take a reading."""
        here = isinstance(happening, PositionReading) and happening.fix_type is not FixType.NONE
        self.noticed = self.noticed or here
        return self.noticed


@dataclass
class Moved:
    """The device is moved, or its case opened."""

    noticed: bool = False

    def take(self, happening: Happening) -> bool:
        """Take what befalls the device."""
        self.noticed = self.noticed or isinstance(happening, DeviceMoved)
        return self.noticed
