"""Whether a thermal array looks at a room at all, or at the inside of a cover.

One frame cannot tell a covered lens from an empty room: both are even but for noise. Over two minutes noise averages
out. What a cover then leaves is the array's own offsets and at most a slope; a room leaves its windows, walls and bed.
"""

from enum import Enum, auto

import numpy as np

from edge_agent.perception.thermal_image import Cells, averaging

# Empty bedrooms under a real 4x4 array strayed from an even slope by 0.13 K and more.
COVERED_BELOW_K = 0.11
JUDGED_AFTER_MS, JUDGED_AFTER_FRAMES = 120_000, 60
LONGEST_GAP_MS = 60_000
# Of half of the cells from one frame to the next: a cover was put on or taken off.
JUMP_K = 1.0

_PLACES = np.array([-3, -1, 1, 3], np.float32) / np.float32(np.sqrt(20))


class Sight(Enum):
    """What is known of the lens."""

    UNSURE = auto()
    SEES = auto()
    COVERED = auto()


class LensWatch:
    """Judges the mean of at least two minutes and sixty frames at a time; that verdict holds until the next.

    It is unsure again at once where the picture jumps as a whole, and after a gap of a minute.
    """

    def __init__(self) -> None:
        self.sight = Sight.UNSURE
        self._last: Cells | None = None
        self._sum: Cells | None = None
        self._frames = 0
        self._began_ms = self._last_ms = 0

    def add(self, celsius: Cells, at_ms: int) -> Sight:
        """What is known after this frame of [rows, columns] °C; frames come in order of time."""
        if not self._goes_on(celsius, at_ms):
            self.sight, self._sum = Sight.UNSURE, None
        if self._sum is None:
            self._sum, self._frames, self._began_ms = np.zeros_like(celsius), 0, at_ms
        self._sum += celsius
        self._frames += 1
        self._last, self._last_ms = celsius, at_ms
        if self._frames >= JUDGED_AFTER_FRAMES and at_ms - self._began_ms >= JUDGED_AFTER_MS:
            covered = structure_k(self._sum / np.float32(self._frames)) < COVERED_BELOW_K
            self.sight, self._sum = Sight.COVERED if covered else Sight.SEES, None
        return self.sight

    def _goes_on(self, celsius: Cells, at_ms: int) -> bool:
        if self._last is None or self._last.shape != celsius.shape:
            return False
        follows = 0 <= at_ms - self._last_ms <= LONGEST_GAP_MS
        return follows and float(np.median(np.abs(celsius - self._last))) <= JUMP_K


def structure_k(celsius: Cells) -> float:
    """How far a picture strays from an even slope, K: the deviation of its 4x4 means from the plane nearest to them."""
    rows, columns = celsius.shape
    means = averaging(rows, 4) @ celsius @ averaging(columns, 4).T
    rest = means - means.mean()
    rest = rest - np.outer(_PLACES @ rest.mean(axis=1) * _PLACES, np.ones(4))
    rest = rest - np.outer(np.ones(4), rest.mean(axis=0) @ _PLACES * _PLACES)
    return float(rest.std())
