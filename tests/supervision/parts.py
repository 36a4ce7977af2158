"""Parts of a staged device that live in real time."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.errors import SensorError
from edge_agent.readings import PositionReading, Reading, SoundBlock, TamperSign, ThermalFrame
from edge_agent.sensor_settings import SupervisionSettings
from visit_record.vocabulary import FixType, Modality

QUICK = SupervisionSettings(
    silent_after_s=1.5, lies_for_s=0.2, first_wait_s=0.05, longest_wait_s=0.1, restarts=3, give_up_after_s=20
)
STEP_S = 0.02


def clock() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass
class Live:
    """A sensor that gives what ``make`` makes, ``count`` times each time it is opened, and then does ``after``."""

    modality: Modality
    make: Callable[[int], Reading]
    count: int = 1_000_000
    after: Callable[[], None] = lambda: None
    opened: int = 0

    def readings(self) -> Iterator[Reading]:
        self.opened += 1
        for _ in range(self.count):
            time.sleep(STEP_S)
            yield self.make(clock())
        self.after()


@dataclass
class Guard:
    moves_at: Sequence[int] = (3,)

    def signs(self) -> Iterator[TamperSign]:
        for turn in range(1_000_000):
            time.sleep(STEP_S)
            yield TamperSign(clock(), turn in self.moves_at)


RNG = np.random.default_rng(1)


def fix(at_ms: int) -> Reading:
    return PositionReading(at_ms, FixType.FIX_3D, 31.2, 121.5, 5.0, 9, 1.0)


def warmth(at_ms: int) -> Reading:
    return ThermalFrame(at_ms, RNG.normal(22, 0.3, (8, 8)).astype(np.float32))


def dead_sound(at_ms: int) -> Reading:
    return SoundBlock(at_ms, np.full(320, np.nan, np.float32))


def receiver(**how: object) -> Live:
    return Live(Modality.POSITION, fix, **how)  # type: ignore[arg-type]


def array(**how: object) -> Live:
    return Live(Modality.THERMAL, warmth, **how)  # type: ignore[arg-type]


def fails(message: str = "unplugged") -> Callable[[], None]:
    def after() -> None:
        raise SensorError(message, "被拔掉了")

    return after
