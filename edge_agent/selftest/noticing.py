"""What a sensor must notice when somebody does something before it. Pure; the figures are set by hand."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import PositionReading, SoundBlock, ThermalFrame
from edge_agent.selftest.looks import dbfs_of_power
from edge_agent.supervision.states import Fault
from edge_agent.timeline import DeviceMoved, Happening, SensorTurned
from visit_record.vocabulary import FixType

# A clap or a word nearby against a room's own noise, over half a second.
LOUDER_DB = 12.0
# A hand against what the array saw before, over a part of it: an AMG8833 has 64 cells.
WARMER_K, WARMER_SHARE = 2.0, 0.04
BEFORE_FRAMES = 3


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
    """Some cells become warmer than they were at first."""

    noticed: bool = False
    _before: list[NDArray[np.float32]] = field(default_factory=list)

    def take(self, happening: Happening) -> bool:
        """Take a frame."""
        if isinstance(happening, ThermalFrame):
            if len(self._before) < BEFORE_FRAMES:
                self._before.append(happening.celsius)
            else:
                # A cell that gives nothing is no warmer.
                risen = happening.celsius - np.median(np.stack(self._before), axis=0) >= WARMER_K
                self.noticed = self.noticed or float(np.mean(risen)) >= WARMER_SHARE
        return self.noticed


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
