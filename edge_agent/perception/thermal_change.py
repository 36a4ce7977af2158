"""What changes from frame to frame: whether the scene is another, what moved, and what kept still for how long.

Frames are averaged over four seconds, so that an array of any rate is weighed alike, and each such mean is set against
the one before. What moves at all, even somebody who only sits there, strays by more than the array's own noise.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.thermal_image import Cells

BLOCK_MS = 4_000
LONGEST_GAP_MS = 60_000
# A change of half of the cells is no person: the scene was cut, or the array was turned.
CUT_K = 0.7
# A change of one place, its noise averaged over its neighbours: somebody came, went or walked.
MOVED_K = 1.0
NEWEST_SHARE = 0.2
SMALLEST_NOISE_K = 0.03
_TO_DEVIATION = 1.48


class ThermalChange:
    """Follows kelvin above the room, [rows, columns], from frame to frame."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """As if no frame had been seen."""
        self.blocks = 0
        self.noise_k = SMALLEST_NOISE_K
        self.mean: Cells | None = None
        self.energy: Cells | None = None
        self._last: Cells | None = None
        self._sum: Cells = np.zeros((0, 0), np.float32)
        self._frames = 0
        self._began_ms = self._last_ms = 0
        self.is_cut = self.has_moved = self.ends_block = True
        self.block_ms = self.block_frames = 0

    def add(self, rise: Cells, at_ms: int) -> None:
        """Take in a frame. ``is_cut``, ``has_moved`` and ``ends_block`` then tell of this frame against the last."""
        change = self._change(rise, at_ms)
        if change is None:
            self.forget()
        else:
            self.is_cut, self.has_moved = False, float(np.abs(around(change)).max()) > MOVED_K
            self.ends_block = at_ms - self._began_ms >= BLOCK_MS
            if self.ends_block:
                self._end_block(at_ms)
        self._collect(rise, at_ms)

    def _change(self, rise: Cells, at_ms: int) -> Cells | None:
        """Against the last frame, or ``None`` where this one has nothing to do with it."""
        if self._last is None or self._last.shape != rise.shape or not 0 <= at_ms - self._last_ms <= LONGEST_GAP_MS:
            return None
        change: Cells = rise - self._last
        return change if float(np.median(np.abs(change))) <= CUT_K else None

    def _collect(self, rise: Cells, at_ms: int) -> None:
        self._last, self._last_ms = rise, at_ms
        if self._frames == 0:
            self._sum, self._began_ms = np.zeros_like(rise), at_ms
        self._sum += rise
        self._frames += 1

    def _end_block(self, at_ms: int) -> None:
        mean: Cells = self._sum / np.float32(self._frames)
        self.block_ms, self.block_frames = at_ms - self._began_ms, self._frames
        if self.mean is not None:
            self._compare(mean - self.mean)
        self.mean, self._frames = mean, 0

    def _compare(self, change: Cells) -> None:
        self.blocks += 1
        newest = max(1 / self.blocks, NEWEST_SHARE)
        change = change - np.float32(np.median(change))
        noise_k = max(SMALLEST_NOISE_K, _TO_DEVIATION * float(np.median(np.abs(change))))
        energy = around(change * change)
        self.noise_k = noise_k if self.blocks == 1 else self.noise_k + newest * (noise_k - self.noise_k)
        self.energy = energy if self.energy is None else self.energy + np.float32(newest) * (energy - self.energy)

    def stirring(self) -> Cells | None:
        """How much each place changes from block to block, in deviations of the noise; ``None`` before two blocks."""
        return None if self.energy is None else (np.sqrt(self.energy) / self.noise_k).astype(np.float32)


def around(cells: Cells) -> Cells:
    """Each cell's mean with its neighbours, over about half a metre of a room; an array of 8x8 has no such detail."""
    rows, columns = cells.shape
    down, across = _band(rows, rows // 12), _band(columns, columns // 12).T
    mean: Cells = (down @ cells @ across).astype(np.float32, copy=False)
    return mean


def about(places: NDArray[np.bool_]) -> Cells:
    """The share of places 0..1 among the cells within about half a metre of each."""
    rows, columns = places.shape
    down, across = _band(rows, rows // 6), _band(columns, columns // 6).T
    share: Cells = (down @ places.astype(np.float32) @ across).astype(np.float32, copy=False)
    return share


@lru_cache(maxsize=32)
def _band(cells: int, reach: int) -> Cells:
    at = np.arange(cells)
    near = (np.abs(at[:, None] - at[None, :]) <= reach).astype(np.float32)
    band: Cells = near / near.sum(axis=1, keepdims=True)
    return band
