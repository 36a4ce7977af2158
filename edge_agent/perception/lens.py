"""Whether a thermal array looks at a room at all, or at the inside of a cover.

One frame cannot tell a covered lens from an empty room: both are even but for noise. Over two minutes noise averages
out. What a cover then leaves is the array's own offsets and at most a slope; a room leaves its windows, walls and bed.
"""

from enum import Enum, auto

import numpy as np

from edge_agent.perception.thermal_image import Cells, averaging

# Empty bedrooms under a real 4x4 array strayed from an even slope by 0.13 K and more.
COVERED_BELOW_K = 0.11
UNCOVERED_ABOVE_K = 2 * COVERED_BELOW_K
JUDGED_AFTER_MS, JUDGED_AFTER_FRAMES = 120_000, 60
UNCOVERED_AFTER_FRAMES = 10
LONGEST_GAP_MS = 60_000

_PLACES = np.array([-3, -1, 1, 3], np.float32) / np.float32(np.sqrt(20))


class Sight(Enum):
    """What is known of the lens."""

    UNSURE = auto()
    SEES = auto()
    COVERED = auto()


class LensWatch:
    """Judges the mean of at least two minutes and sixty frames at a time; that verdict holds until the next.

    A lens that was called covered is free again as soon as ten frames show a room.
    """

    def __init__(self) -> None:
        self.sight = Sight.UNSURE
        self._sum: Cells | None = None
        self._frames = 0
        self._began_ms = self._last_ms = 0

    def add(self, celsius: Cells, at_ms: int) -> Sight:
        """What is known after this frame of [rows, columns] °C. After a gap of a minute it is unsure again."""
        if self._sum is not None and not self._goes_on(celsius, at_ms):
            self.sight, self._sum = Sight.UNSURE, None
        if self._sum is None:
            self._sum, self._frames, self._began_ms = np.zeros(celsius.shape, np.float32), 0, at_ms
        self._sum += celsius
        self._frames, self._last_ms = self._frames + 1, at_ms
        self._judge(at_ms)
        return self.sight

    def _goes_on(self, celsius: Cells, at_ms: int) -> bool:
        alike = self._sum is not None and self._sum.shape == celsius.shape
        return alike and 0 <= at_ms - self._last_ms <= LONGEST_GAP_MS

    def _judge(self, at_ms: int) -> None:
        if self._sum is None:
            return
        whole = self._frames >= JUDGED_AFTER_FRAMES and at_ms - self._began_ms >= JUDGED_AFTER_MS
        freed = self.sight is Sight.COVERED and self._frames % UNCOVERED_AFTER_FRAMES == 0
        if not whole and not freed:
            return
        strays_k = structure_k(self._sum / np.float32(self._frames))
        if freed and strays_k > UNCOVERED_ABOVE_K:
            self.sight, self._sum = Sight.SEES, None
        elif whole:
            self.sight, self._sum = (Sight.COVERED if strays_k < COVERED_BELOW_K else Sight.SEES), None


def structure_k(celsius: Cells) -> float:
    """How far a picture strays from an even slope, K: the deviation of its 4x4 means from the plane nearest to them."""
    rows, columns = celsius.shape
    means = averaging(rows, 4) @ celsius @ averaging(columns, 4).T
    rest = means - means.mean()
    rest = rest - np.outer(_PLACES @ rest.mean(axis=1) * _PLACES, np.ones(4))
    rest = rest - np.outer(np.ones(4), rest.mean(axis=0) @ _PLACES * _PLACES)
    return float(rest.std())
