"""Whether an accelerometer's own place moved: pure. The figures are set by hand, not measured in homes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A device on a wall stands still to a tenth of a degree; one that is taken down tilts.
TILTED_DEG = 10.0
# Beyond what a door that slams or a washing machine beside it does, for more than half of a second's looks.
SHAKEN_M_S2 = 2.0
LOOKS = 10
# One move is one event, however long somebody carries the device.
SETTLES_MS = 10_000


@dataclass
class Movement:
    """Follows what an accelerometer says, in m/s², [x, y, z]."""

    _rest: NDArray[np.float64] | None = None
    _shaken: tuple[bool, ...] = ()
    _moved_ms: int | None = None

    def look(self, at_ms: int, acceleration: NDArray[np.float64]) -> bool:
        """Whether the device is being moved, said once for each move."""
        if self._rest is None:
            self._rest = acceleration
        strength = float(np.linalg.norm(acceleration)), float(np.linalg.norm(self._rest))
        self._shaken = (*self._shaken, abs(strength[0] - strength[1]) > SHAKEN_M_S2)[-LOOKS:]
        moves = _angle_deg(acceleration, self._rest) > TILTED_DEG or sum(self._shaken) > LOOKS // 2
        if not moves:
            return False
        is_new = self._moved_ms is None or at_ms - self._moved_ms > SETTLES_MS
        self._rest, self._moved_ms = acceleration, at_ms
        return is_new


def _angle_deg(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 0.0 if lengths == 0 else float(np.degrees(np.arccos(np.clip(one @ other / lengths, -1, 1))))
