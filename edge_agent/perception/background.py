"""Warmth that belongs to the room: sun on the floor, a heater, a kettle left to cool.

Learnt slowly and outside the bed only, where it has kept perfectly still for minutes: people stir even at rest. Cells
that still show it are shown to the model as room; cells that show anything else are left as they are.
"""

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.thermal_change import ThermalChange, about
from edge_agent.perception.thermal_image import Cells

# Fewer cells a side do not tell somebody's stirring from noise.
FEWEST_CELLS = 12
# Somebody at rest is told from sun by a mean of so many frames a block, not by one.
FEWEST_FRAMES = 3
# Until so many blocks the measure of stirring is too rough.
FIRST_BLOCKS = 8
STILL_MS = 300_000
# What moved, or had somebody moving beside it, must keep still for so long: people sit down, sun does not.
STILL_AFTER_MOVING_MS = 900_000
STIRRING = 1.3
WARM_K = 0.6
KEPT_K = 0.3
MOSTLY = 0.6
NONE = 1e-4
NEWEST_SHARE = np.float32(0.3)
_MOVED_MS = np.float32(STILL_MS - STILL_AFTER_MOVING_MS)


class Background:
    """What has kept still of one view; ``bed`` is the bed's mask in cells of the array, float32 [rows, columns]."""

    def __init__(self, bed: Cells) -> None:
        self._away = bed == 0
        self._level = np.zeros_like(bed)
        self._still_ms = np.zeros_like(bed)
        self._room = np.zeros(bed.shape, bool)
        self._begun = False

    def learn(self, change: ThermalChange) -> None:
        """Take in the block that just ended, if one has; a cut scene is learnt anew."""
        if change.is_cut:
            self._begun, self._room = False, np.zeros_like(self._room)
        stirring = change.stirring()
        if not change.ends_block or change.block_frames < FEWEST_FRAMES or change.blocks < FIRST_BLOCKS:
            return
        if stirring is None or change.mean is None:
            return
        if not self._begun:
            self._begun, self._level, self._still_ms = True, change.mean, np.zeros_like(change.mean)
        self._age(change, about(stirring > STIRRING) > NONE, change.mean)

    def _age(self, change: ThermalChange, stirs: NDArray[np.bool_], mean: Cells) -> None:
        learnt, kept = self._still_ms >= STILL_MS, self._kept(mean, change.noise_k)
        # What is learnt already stays so while somebody passes by, and is lost where they stand before it.
        anew = np.where(learnt, ~kept, stirs)
        self._still_ms = np.where(anew, _MOVED_MS, self._still_ms + np.float32(change.block_ms))
        self._level = np.where(kept, self._level + NEWEST_SHARE * (mean - self._level), mean)

        warm = self._level > WARM_K
        self._room = _mostly(warm & self._away & (self._still_ms >= STILL_MS), warm)

    def without(self, rise: Cells, noise_k: float) -> Cells:
        """The frame's kelvin above the room with what belongs to the room taken out."""
        if not self._room.any():
            return rise
        return np.where(self._room & self._kept(rise, noise_k), np.float32(0), rise)

    def _kept(self, rise: Cells, noise_k: float) -> NDArray[np.bool_]:
        kept: NDArray[np.bool_] = np.abs(rise - self._level) < np.float32(max(KEPT_K, 4 * noise_k))
        return kept


def _mostly(known: NDArray[np.bool_], warm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The known cells about which most of what is warm is known: a strip of a sun patch would be taken for a person."""
    mostly: NDArray[np.bool_] = known & (about(known) >= MOSTLY * about(warm))
    return mostly
