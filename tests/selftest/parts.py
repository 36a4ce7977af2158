"""Sensors that give what a test wants, as fast as they are asked: their clock runs in steps, not in real time."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import SensorError
from edge_agent.readings import CameraFrame, PositionReading, Reading, SoundBlock, TamperSign, ThermalFrame
from edge_agent.selftest.trial import Trial
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.supervision.states import MODALITY_OF
from visit_record.bilingual import Words
from visit_record.fitted import Part
from visit_record.vocabulary import FixType, Modality

RNG = np.random.default_rng(5)
QUICK = SupervisionSettings(first_wait_s=0.05, longest_wait_s=0.1)
# Slow enough that nothing is dropped from a mailbox of four pictures.
STEP_S = 0.005


@dataclass
class Staged:
    """A sensor whose n-th reading, a second after the one before, is ``make(n)``; it fails where that is ``None``."""

    modality: Modality
    make: Callable[[int], Reading | None]
    opened: int = 0
    closed: int = 0

    def readings(self) -> Iterator[Reading]:
        self.opened += 1
        try:
            for turn in range(100_000):
                time.sleep(STEP_S)
                reading = self.make(turn)
                if reading is None:
                    raise SensorError("it was unplugged", "被拔掉了", Words("请插上", "plug it in"))
                yield reading
        finally:
            self.closed += 1


@dataclass
class StagedGuard:
    """Moves at the given turns; fails at its first where there are none to come."""

    moves_at: Sequence[int] | None = ()

    def signs(self) -> Iterator[TamperSign]:
        if self.moves_at is None:
            raise SensorError("no contact on line 17", "17 号线上没有触点")
        for turn in range(100_000):
            time.sleep(STEP_S)
            yield TamperSign(monotonic_ms(), turn in self.moves_at)


def trial(part: Part, make: Callable[[int], Reading | None], patience_s: float = 5.0) -> Trial:
    return Trial(part, QUICK, patience_s, sensors=[Staged(MODALITY_OF[part], make)])


def picture(turn: int) -> Reading:
    return CameraFrame(1000 * turn, RNG.integers(60, 200, (48, 64, 3), np.uint8))


def black(turn: int) -> Reading:
    return CameraFrame(1000 * turn, RNG.integers(0, 4, (48, 64, 3), np.uint8))


def frozen(turn: int) -> Reading:
    return CameraFrame(1000 * turn, np.full((48, 64, 3), 120, np.uint8))


def sound(level: float) -> Callable[[int], Reading]:
    return lambda turn: SoundBlock(500 * turn, RNG.normal(0, level, 8_000).astype(np.float32))


def samples(value: float) -> Callable[[int], Reading]:
    return lambda turn: SoundBlock(500 * turn, np.full(8_000, value, np.float32))


def warmth(middle_c: float, shape: tuple[int, int] = (8, 8)) -> Callable[[int], Reading]:
    return lambda turn: ThermalFrame(1000 * turn, _cells(middle_c, shape))


def _cells(middle_c: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    return RNG.normal(middle_c, 0.2, shape).astype(np.float32)


def position(fix: FixType, satellites: int | None, gps_utc_ms: int | None = None) -> Callable[[int], Reading]:
    latitude_deg, longitude_deg = (None, None) if fix is FixType.NONE else (31.234567, 121.456789)
    return lambda turn: PositionReading(1000 * turn, fix, latitude_deg, longitude_deg, 5.0, satellites, 1.0, gps_utc_ms)
